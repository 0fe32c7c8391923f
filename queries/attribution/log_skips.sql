-- When records of these interfaces were skipped.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
select
    f.interface_id,
    f.start_time,
    coalesce(f.end_time, f.start_time) as end_time
from flows as f
semi join watched_at as w on f.interface_id = w.interface_id
where
    f.log_status = 'SKIPDATA'
    and ($since::timestamptz is null or f.start_time >= $since::timestamptz - interval 1 day)
    and ($until::timestamptz is null or f.start_time < $until::timestamptz + interval 1 day)
