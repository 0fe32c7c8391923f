-- When each of these was sent, as few bytes each as there can be.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
select distinct
    interface_hash,
    sent_hash,
    start_time,
    coalesce(end_time, start_time) as end_time
from sending($since::timestamptz, $until::timestamptz)
