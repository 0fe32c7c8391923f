-- The REJECT records to judge: the packet's own addresses, and the snapshots that judge it.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
select
    f.object_id,
    f.line_number,
    f.interface_id,
    f.account_id,
    f.vpc_id,
    f.subnet_id,
    f.flow_direction,
    f.srcaddr,
    f.dstaddr,
    -- srcaddr and dstaddr show the interface's primary address in place of its others:
    -- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
    coalesce(f.pkt_srcaddr, f.srcaddr) as src_ip,
    coalesce(f.pkt_dstaddr, f.dstaddr) as dst_ip,
    f.srcport as src_port,
    f.dstport as dst_port,
    f.protocol,
    f.tcp_flags,
    f.reject_reason,
    f.start_time,
    f.end_time,
    f.packets,
    f.bytes,
    e.observed_before,
    e.observed_after,
    e.moment,
    case when e.observed_before is not null then e.observed_after end as next_moment
from flows as f
left join known_interfaces as k on f.interface_id = k.interface_id
left join epochs as e
    on
        k.observer_id is not distinct from e.observer_id
        and k.region is not distinct from e.region
        and f.start_time >= e.from_time
        and f.start_time < e.until_time
where
    f.action = 'REJECT'
    and coalesce(f.log_status, 'OK') not in ('NODATA', 'SKIPDATA')
    and ($since::timestamptz is null or f.start_time >= $since)
    and ($until::timestamptz is null or f.start_time < $until)
