-- What the flow logs of both ends saw of a packet and of what answered it, nearest to a time first.
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
        *,
        own_address(pkt_srcaddr, srcaddr) as src_ip,
        own_address(pkt_dstaddr, dstaddr) as dst_ip
    from flows
    where
        interface_id in (select unnest($interface_ids))
        and start_time >= $since::timestamptz
        and start_time < $until::timestamptz
        and protocol = $protocol
)

select
    start_time,
    end_time,
    interface_id,
    flow_direction as direction,
    action,
    src_ip,
    srcport as src_port,
    dst_ip,
    dstport as dst_port,
    protocol,
    tcp_flags,
    packets,
    bytes,
    src_ip = $one as is_forward,
    object_id,
    line_number
from between
where
    (
        src_ip = $one and dst_ip = $other
        and ($port is null or dstport = $port)
        and ($source_port is null or srcport = $source_port)
    )
    or (
        src_ip = $other and dst_ip = $one
        and ($port is null or srcport = $port)
        and ($source_port is null or dstport = $source_port)
    )
order by abs(epoch(start_time) - epoch($at::timestamptz)), start_time, interface_id, line_number
limit $most
