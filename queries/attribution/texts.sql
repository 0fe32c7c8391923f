-- The distinct texts of the refused records that an answer may depend on, and their hash, by which
-- the later stages know them.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with found as (
    select
        interface_id,
        account_id,
        vpc_id,
        subnet_id,
        flow_direction,
        srcaddr,
        dstaddr,
        pkt_srcaddr,
        pkt_dstaddr,
        reject_reason
    from flows
    where
        is_refused(action, log_status)
        and ($since::timestamptz is null or start_time >= $since)
        and ($until::timestamptz is null or start_time < $until)
    group by all
)

select
    *,
    hash(
        interface_id, account_id, vpc_id, subnet_id, flow_direction, srcaddr, dstaddr, pkt_srcaddr,
        pkt_dstaddr, reject_reason
    ) as text_hash
from found
