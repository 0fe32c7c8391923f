-- The times at which another snapshot begins to judge some account's records, in order. A record's
-- slot is the last one that is not after its start; slot 0 is before all of them.
with bounds as (
    select distinct from_time from epochs where isfinite(from_time)
)

select
    row_number() over (order by from_time) as slot,
    from_time
from bounds
union all
select
    0,
    '-infinity'::timestamptz
