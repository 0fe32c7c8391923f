-- Each key with the snapshots that judge it: that before its records and the one after it. The
-- direction of a record that does not say it is told from the snapshot that judges.
with dated as (
    select
        t.tuple_id,
        t.interface_id,
        t.told_direction,
        t.shown_src,
        t.shown_dst,
        unnest(t.met, recursive := true)
    from tuples as t
)

select
    d.*,
    e.observed_before,
    e.observed_after,
    e.moment,
    case when e.observed_before is not null then e.observed_after end as next_moment
from dated as d
left join slots as s on d.slot = s.slot
left join known_interfaces as k on d.interface_id = k.interface_id
left join epochs as e
    on
        k.observer_id is not distinct from e.observer_id
        and k.region is not distinct from e.region
        and s.from_time >= e.from_time
        and s.from_time < e.until_time
