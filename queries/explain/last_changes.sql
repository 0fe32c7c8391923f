-- When elements were last changed before a time: between which snapshots, and by which event of
-- CloudTrail that names them.
-- param elements  varchar[]    their ids
-- param at        timestamptz  the time that is asked about
select
    resource_id as element_id,
    max(seen) as seen,
    max_by(event, (event.event_time, event.event_id)) as event
from resource_changes
where
    list_contains($elements, resource_id)
    and coalesce(event.event_time, seen) <= $at::timestamptz
group by resource_id
order by resource_id
