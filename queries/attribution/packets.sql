-- The REJECT records to judge: the packet's own addresses, and the snapshots that judge it.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with rejects as (
    select
        *,
        -- srcaddr and dstaddr show the interface's primary address in place of its others:
        -- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
        coalesce(pkt_srcaddr, srcaddr) as src_ip,
        coalesce(pkt_dstaddr, dstaddr) as dst_ip
    from flows
    where
        action = 'REJECT'
        and coalesce(log_status, 'OK') not in ('NODATA', 'SKIPDATA')
        and ($since::timestamptz is null or start_time >= $since)
        and ($until::timestamptz is null or start_time < $until)
),

-- Without flow-direction: the interface's own address is the destination of what comes in.
own as (
    select distinct interface_id, address
    from interface_addresses
),

directed as (
    select
        r.*,
        case
            when flow_direction is not null then flow_direction
            when d.address is not null and s.address is null then 'ingress'
            when s.address is not null and d.address is null then 'egress'
        end as direction
    from rejects as r
    left join own as s on r.interface_id = s.interface_id and r.srcaddr = s.address
    left join own as d on r.interface_id = d.interface_id and r.dstaddr = d.address
)

select
    d.object_id,
    d.line_number,
    d.interface_id,
    d.account_id,
    d.vpc_id,
    d.subnet_id,
    d.direction,
    d.src_ip,
    d.dst_ip,
    case d.direction when 'ingress' then d.src_ip when 'egress' then d.dst_ip end as peer_ip,
    d.srcport as src_port,
    d.dstport as dst_port,
    d.protocol,
    d.tcp_flags,
    d.reject_reason,
    d.start_time,
    d.end_time,
    d.packets,
    d.bytes,
    e.observed_before,
    e.observed_after,
    coalesce(e.observed_before, e.observed_after) as moment,
    case when e.observed_before is not null then e.observed_after end as next_moment
from directed as d
left join known_interfaces as k on d.interface_id = k.interface_id
left join epochs as e
    on
        k.observer_id = e.observer_id
        and k.region = e.region
        and d.start_time >= e.from_time
        and d.start_time < e.until_time
