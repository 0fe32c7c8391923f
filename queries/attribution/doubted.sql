-- The refused records that may be of a connection that was there before: all but those that begin
-- one, as their flags say. Each is to be held against the accepted flows of its interface.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
select
    object_id,
    line_number,
    interface_id,
    flow_direction,
    own_address(pkt_srcaddr, srcaddr) as src_ip,
    own_address(pkt_dstaddr, dstaddr) as dst_ip,
    srcport as src_port,
    dstport as dst_port,
    protocol,
    start_time,
    coalesce(end_time, start_time) as end_time
from flows
where
    is_refused(action, log_status)
    and protocol is not null
    and (protocol <> 6 or tcp_flags is null or tcp_flags & 18 <> 2)
    and ($since::timestamptz is null or start_time >= $since)
    and ($until::timestamptz is null or start_time < $until)
