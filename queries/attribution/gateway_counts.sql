-- What flow logs of transit gateways count of each of these: lost there, and why, or passed on.
-- `counted_by` is the gateway that lost it, where only one did.
-- https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with counted as (
    select
        m.object_id,
        m.line_number,
        coalesce(sum(g.packets_lost_no_route), 0) as no_route,
        coalesce(sum(g.packets_lost_blackhole), 0) as blackhole,
        coalesce(sum(g.packets_lost_mtu_exceeded), 0) as mtu,
        coalesce(sum(g.packets_lost_ttl_expired), 0) as ttl,
        list(distinct g.tgw_id) filter (
            where g.packets_lost_no_route > 0 or g.packets_lost_blackhole > 0
        ) as losing,
        bool_or(g.packets_lost_no_route is not null) as counts
    from transit_gateway_flows as g
    inner join missed as m
        on
            g.srcaddr = m.src_ip
            and g.dstaddr = m.dst_ip
            and g.protocol = m.protocol
            and port_of(g.srcport, g.protocol) = coalesce(m.src_port, 0)
            and port_of(g.dstport, g.protocol) = coalesce(m.dst_port, 0)
    where
        ($since::timestamptz is null or g.start_time >= $since::timestamptz - interval 1 day)
        and ($until::timestamptz is null or g.start_time < $until::timestamptz + interval 1 day)
        and g.start_time <= m.end_time + interval 60 second
        and coalesce(g.end_time, g.start_time) >= m.start_time - interval 60 second
    group by m.object_id, m.line_number
)

select
    object_id,
    line_number,
    case
        when no_route > 0 then 'no_route'
        when blackhole > 0 then 'blackhole'
        when mtu > 0 then 'mtu'
        when ttl > 0 then 'ttl'
        when counts then 'passed'
    end as gateway_says,
    case when len(losing) = 1 then losing[1] end as counted_by
from counted
