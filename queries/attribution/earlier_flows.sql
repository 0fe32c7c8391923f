-- For each doubted record, whether its interface let packets of the same connection pass within the
-- hour before: in the other direction, or in both; whether any of them closed it (FIN or RST), and
-- when the last was seen, and when the last of its own direction began. Starts have whole seconds,
-- so one in the same second counts as earlier.
-- `is_answer` is whether the record is of the side that answers, as the flags of the flow show that
-- began the connection or answered its start; NULL where none does.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with sought as (
    select object_id, line_number, true as reversed, interface_id, protocol, flow_direction,
        start_time, dst_ip as src_ip, src_ip as dst_ip, dst_port as src_port, src_port as dst_port
    from doubted
    where protocol not in (6, 17) or (src_port is not null and dst_port is not null)
    union all
    select object_id, line_number, false, interface_id, protocol, flow_direction,
        start_time, src_ip, dst_ip, src_port, dst_port
    from doubted
    where protocol not in (6, 17) or (src_port is not null and dst_port is not null)
)

select
    s.object_id,
    s.line_number,
    bool_or(s.reversed) as reverse_seen,
    bool_or(s.reversed) and not bool_and(s.reversed) as both_seen,
    coalesce(bool_or(a.protocol = 6 and a.tcp_flags & 5 <> 0), false) as is_closed,
    max(coalesce(a.end_time, a.start_time)) as last_seen,
    max(a.start_time) filter (where not s.reversed) as same_last,
    case
        when bool_and(
            case a.tcp_flags & 18 when 2 then s.reversed when 18 then not s.reversed end
        ) then true
        when not bool_or(
            case a.tcp_flags & 18 when 2 then s.reversed when 18 then not s.reversed end
        ) then false
    end as is_answer
from flows as a
inner join sought as s
    on
        a.interface_id = s.interface_id
        and a.protocol = s.protocol
        and own_address(a.pkt_srcaddr, a.srcaddr) = s.src_ip
        and own_address(a.pkt_dstaddr, a.dstaddr) = s.dst_ip
        and port_of(a.srcport, a.protocol) = coalesce(s.src_port, 0)
        and port_of(a.dstport, a.protocol) = coalesce(s.dst_port, 0)
where
    a.action = 'ACCEPT'
    and ($since::timestamptz is null or a.start_time >= $since::timestamptz - interval 1 hour)
    and ($until::timestamptz is null or a.start_time < $until)
    and a.start_time between s.start_time - interval 1 hour and s.start_time
    and coalesce((a.flow_direction <> s.flow_direction) = s.reversed, true)
group by s.object_id, s.line_number
