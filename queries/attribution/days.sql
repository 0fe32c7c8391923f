-- The days of the records to judge, and how many records each has. A record without a start has none.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
select
    start_time::date as day,
    count(*) as records
from rejects($since::timestamptz, $until::timestamptz)
group by all
