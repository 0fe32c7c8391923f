-- The days to write judgements of, and how many refused records each has. A record without a start
-- has none.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with found as (
    select start_time::date as day, 1 as refused
    from rejects($since::timestamptz, $until::timestamptz)
    union all
    select start_time::date, 0
    from loss_judgements
)

select
    day,
    sum(refused)::bigint as records
from found
group by day
