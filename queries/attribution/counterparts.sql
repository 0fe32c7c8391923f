-- What other interfaces show of each of these. `arrived_id` and `refused_id` are the interface at the
-- address that shows it, accepted or refused; `other_ids` are those that show the other
-- direction, sent from there, `only_reset_there` whether with RST alone; `passed` are those in between,
-- whether they let it pass, and whether as what they sent on. An interface that no snapshot has may be at
-- the address.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with sought as (
    select object_id, line_number, false as reversed, interface_id, protocol, start_time,
        end_time, src_ip, dst_ip, src_port, dst_port
    from missed
    union all
    select object_id, line_number, true, interface_id, protocol, start_time, end_time,
        dst_ip, src_ip, dst_port, src_port
    from missed
),

met as (
    select
        s.object_id,
        s.line_number,
        s.reversed,
        c.interface_id,
        c.action,
        c.tcp_flags,
        c.flow_direction,
        own_address(c.pkt_srcaddr, c.srcaddr) as src_ip,
        own_address(c.pkt_dstaddr, c.dstaddr) as dst_ip
    from flows as c
    inner join sought as s
        on
            own_address(c.pkt_srcaddr, c.srcaddr) = s.src_ip
            and own_address(c.pkt_dstaddr, c.dstaddr) = s.dst_ip
            and c.protocol = s.protocol
            and port_of(c.srcport, c.protocol) = coalesce(s.src_port, 0)
            and port_of(c.dstport, c.protocol) = coalesce(s.dst_port, 0)
            and c.interface_id <> s.interface_id
    where
        c.action is not null
        and ($since::timestamptz is null or c.start_time >= $since::timestamptz - interval 1 day)
        and ($until::timestamptz is null or c.start_time < $until::timestamptz + interval 1 day)
        and c.start_time <= s.end_time
            + case when s.reversed then interval 5 minute else interval 60 second end
        and coalesce(c.end_time, c.start_time) >= s.start_time - interval 60 second
),

placed as (
    select
        m.*,
        t.address is not null or k.interface_id is null as is_at_end,
        f.address is not null as is_from_end
    from met as m
    left join own_ends as t on m.interface_id = t.interface_id and m.dst_ip = t.address
    left join own_ends as f on m.interface_id = f.interface_id and m.src_ip = f.address
    left join known_interfaces as k on m.interface_id = k.interface_id
)

select
    m.object_id,
    m.line_number,
    min(m.interface_id) filter (
        where not m.reversed and m.is_at_end and m.action = 'ACCEPT'
    ) as arrived_id,
    min(m.interface_id) filter (
        where not m.reversed and m.is_at_end and m.action <> 'ACCEPT'
    ) as refused_id,
    list_sort(list(distinct m.interface_id) filter (where m.reversed and m.is_from_end)) as other_ids,
    coalesce(
        bool_and(m.tcp_flags = 4 and m.action = 'ACCEPT')
            filter (where m.reversed and m.is_from_end),
        false
    ) as only_reset_there,
    list_sort(
        list(distinct {
            'interface_id': m.interface_id,
            'is_accepted': m.action = 'ACCEPT',
            'is_sent_on': m.flow_direction is distinct from 'ingress'
        })
            filter (where not m.reversed and not m.is_at_end)
    ) as passed
from placed as m
group by m.object_id, m.line_number
