-- The accepted records of what an interface sent from an address of its own, and that may have been
-- lost: of TCP those that show a SYN alone, or a SYN-ACK alone, and nothing of a connection that
-- came about. Where there are no flags, no packet of theirs was larger than such a one is.
-- A flow is known by its hash here: of all accepted records only these may be many.
create macro sending(first_start, last_start) as table
select
    f.*,
    own_address(f.pkt_srcaddr, f.srcaddr) as src_ip,
    own_address(f.pkt_dstaddr, f.dstaddr) as dst_ip,
    f.pkt_srcaddr is not null or o.is_sole as is_exact,
    hash(f.interface_id) as interface_hash,
    flow_hash(
        own_address(f.pkt_srcaddr, f.srcaddr), own_address(f.pkt_dstaddr, f.dstaddr), f.srcport,
        f.dstport, f.protocol
    ) as sent_hash
from flows as f
inner join own_ends as o
    on f.interface_id = o.interface_id and own_address(f.pkt_srcaddr, f.srcaddr) = o.address
where
    is_accepted(f.action, f.log_status)
    and coalesce(f.flow_direction, 'egress') = 'egress'
    and not o.forwards
    and own_address(f.pkt_dstaddr, f.dstaddr) <> o.address
    and f.start_time is not null
    and f.protocol is not null
    and (f.protocol not in (6, 17) or (f.srcport is not null and f.dstport is not null))
    and (
        f.protocol <> 6
        or (coalesce(f.tcp_flags, 2) in (2, 18) and coalesce(f.bytes <= 84 * f.packets, true))
    )
    and (first_start is null or f.start_time >= first_start)
    and (last_start is null or f.start_time < last_start)
