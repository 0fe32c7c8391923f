-- The days to write judgements of, with how many refused records each has, and how many losses. A
-- record without a start has none.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with found as (
    select start_time::date as day, count(*) as records, 0 as lost
    from flows
    where
        is_refused(action, log_status)
        and ($since::timestamptz is null or start_time >= $since)
        and ($until::timestamptz is null or start_time < $until)
    group by all
    union all
    select m.start_time::date, 0, count(*)
    from (select class_id, unnest(records, recursive := true) from loss_classes) as r
    semi join loss_decisions as d on r.class_id = d.class_id
    inner join missed as m on r.object_id = m.object_id and r.line_number = m.line_number
    group by all
    union all
    select start_time::date, 0, 0
    from loss_judgements
)

select
    day,
    sum(records)::bigint as records,
    sum(lost)::bigint as lost
from found
group by day
