-- When elements were last changed before a time: between which snapshots, and by which event of
-- CloudTrail that names them. One of before the last observation without a change is not behind it.
-- param elements  varchar[]    their ids
-- param at        timestamptz  the time that is asked about
with last_changes as (
    select
        resource_id as element_id,
        max(not_before) as not_before,
        max(seen) as seen,
        max_by(event, (event.event_time, event.event_id)) as event
    from resource_changes
    where
        list_contains($elements, resource_id)
        and coalesce(event.event_time, seen) <= $at::timestamptz
    group by resource_id
)

select
    element_id,
    seen,
    case when not_before is null or event.event_time >= not_before then event end as event
from last_changes
order by element_id
