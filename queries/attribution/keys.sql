-- The distinct decision keys of the records.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with found as (
    select distinct
        key_hash,
        text_hash,
        protocol,
        dst_port,
        src_port,
        sign,
        reverse_seen,
        earlier_seen,
        let_pass,
        is_mixed,
        log_is_whole,
        idle,
        tells_reason,
        slot,
        sender_id
    from rejects($since::timestamptz, $until::timestamptz)
)

select
    row_number() over () as key_id,
    *
from found
