-- For each doubted record, whether its interface let packets of the same connection pass within the
-- hour before: in the other direction, or in both; whether any of them closed it (FIN or RST), and
-- when the last was seen, and when the last of its own direction began. Starts have whole seconds,
-- so one in the same second counts as earlier.
-- `is_answer` is whether the record is of the side that answers, as the flags of the flow show that
-- began the connection or answered its start; NULL where none does.
-- `is_mixed` is whether the flow itself passed within the window of the record, too: what decides
-- changed within it, or the tracking ended.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with sought as (
    select object_id, line_number, true as reversed, interface_id, protocol, flow_direction,
        start_time, end_time, dst_ip as src_ip, src_ip as dst_ip, dst_port as src_port,
        src_port as dst_port
    from doubted
    where protocol not in (6, 17) or (src_port is not null and dst_port is not null)
    union all
    select object_id, line_number, false, interface_id, protocol, flow_direction,
        start_time, end_time, src_ip, dst_ip, src_port, dst_port
    from doubted
    where protocol not in (6, 17) or (src_port is not null and dst_port is not null)
),

met as (
    select
        s.object_id,
        s.line_number,
        s.reversed,
        a.protocol,
        a.tcp_flags,
        a.start_time,
        coalesce(a.end_time, a.start_time) as end_time,
        a.start_time <= s.start_time as is_earlier,
        not s.reversed and coalesce(a.end_time, a.start_time) >= s.start_time as is_within,
        case a.tcp_flags & 18 when 2 then s.reversed when 18 then not s.reversed end
            as shows_answer
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
        and ($until::timestamptz is null or a.start_time < $until::timestamptz + interval 1 hour)
        and a.start_time >= s.start_time - interval 1 hour
        and a.start_time <= case when s.reversed then s.start_time else s.end_time end
        and coalesce((a.flow_direction <> s.flow_direction) = s.reversed, true)
)

select
    object_id,
    line_number,
    bool_or(is_earlier) as earlier_seen,
    bool_or(reversed) filter (where is_earlier) as reverse_seen,
    bool_or(reversed) filter (where is_earlier)
    and not bool_and(reversed) filter (where is_earlier) as both_seen,
    coalesce(bool_or(protocol = 6 and tcp_flags & 5 <> 0) filter (where is_earlier), false)
        as is_closed,
    max(end_time) filter (where is_earlier) as last_seen,
    max(start_time) filter (where is_earlier and not reversed) as same_last,
    case
        when bool_and(shows_answer) filter (where is_earlier) then true
        when not bool_or(shows_answer) filter (where is_earlier) then false
    end as is_answer,
    bool_or(is_within) as is_mixed
from met
group by object_id, line_number
