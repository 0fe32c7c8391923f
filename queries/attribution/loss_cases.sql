-- Each packet that may have been lost, with the snapshots that judge it: that before its records and
-- the one after it. Without a snapshot no way is known, and nothing is judged.
select
    k.lost_key_id,
    e.observed_before,
    e.observed_after,
    e.moment,
    case when e.observed_before is not null then e.observed_after end as next_moment
from lost_keys as k
inner join slots as s on k.slot = s.slot
inner join known_interfaces as i on k.interface_id = i.interface_id
inner join epochs as e
    on
        i.observer_id is not distinct from e.observer_id
        and i.region is not distinct from e.region
        and s.from_time >= e.from_time
        and s.from_time < e.until_time
where e.moment is not null
