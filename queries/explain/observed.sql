-- What the flow logs of both ends saw of a packet and of what answered it, nearest to a time first.
-- `is_contradicted` is whether the interface both accepted and refused the flow within one window: the
-- configuration changed within it, or the tracking of the connection ended.
-- param interface_ids  varchar[]    the interfaces of both ends
-- param one            text         the address of one end
-- param other          text         that of the other
-- param protocol       integer      the protocol's number
-- param port           integer      the port of the side that is asked; NULL for any
-- param source_port    integer      the port of the side that asks; NULL for any
-- param since          timestamptz  records from here on
-- param until          timestamptz  and before then
-- param at             timestamptz  the time that is asked about
-- param most           integer      so many records
with between as (
    select
        start_time,
        end_time,
        interface_id,
        flow_direction as direction,
        action,
        own_address(pkt_srcaddr, srcaddr) as src_ip,
        srcport as src_port,
        own_address(pkt_dstaddr, dstaddr) as dst_ip,
        dstport as dst_port,
        protocol,
        tcp_flags,
        packets,
        bytes,
        own_address(pkt_srcaddr, srcaddr) = $one as is_forward,
        object_id,
        line_number
    from flows
    where
        interface_id in (select unnest($interface_ids))
        and start_time >= $since::timestamptz
        and start_time < $until::timestamptz
        and protocol = $protocol
),

met as (
    select *
    from between
    where
        (
            src_ip = $one and dst_ip = $other
            and ($port is null or dst_port = $port)
            and ($source_port is null or src_port = $source_port)
        )
        or (
            src_ip = $other and dst_ip = $one
            and ($port is null or src_port = $port)
            and ($source_port is null or dst_port = $source_port)
        )
)

select
    m.*,
    exists (
        from met as o
        where
            o.interface_id = m.interface_id
            and o.action <> m.action
            and o.direction is not distinct from m.direction
            and o.is_forward = m.is_forward
            and o.src_port is not distinct from m.src_port
            and o.dst_port is not distinct from m.dst_port
            and o.start_time <= coalesce(m.end_time, m.start_time)
            and coalesce(o.end_time, o.start_time) >= m.start_time
    ) as is_contradicted
from met as m
order by abs(epoch(m.start_time) - epoch($at::timestamptz)), m.start_time, m.interface_id, m.line_number
limit $most
