-- Since when others' SYNs were answered than those that nothing came back to, by the snapshot that
-- judges: between the same addresses and to the same port, from whatever port. SYN-ACK shows that the
-- way leads there and back, be it that it was refused. As of what was let begin, see passed_starts.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with sought as (
    select distinct
        interface_id,
        src_ip,
        dst_ip,
        dst_port
    from missed
    where leg = 'forward' and protocol = 6
),

answered as (
    select
        s.interface_id,
        s.src_ip,
        s.dst_ip,
        s.dst_port,
        min(a.start_time) as first_answered
    from flows as a
    inner join sought as s
        on
            a.interface_id = s.interface_id
            and own_address(a.pkt_dstaddr, a.dstaddr) = s.src_ip
            and own_address(a.pkt_srcaddr, a.srcaddr) = s.dst_ip
            and a.srcport = s.dst_port
    left join hours as h on hour_number(a.start_time) = h.hour
    where
        a.action is not null
        and a.protocol = 6
        and a.tcp_flags & 18 = 18
        and a.dstport is not null
        and coalesce(a.flow_direction, 'ingress') = 'ingress'
        and ($since::timestamptz is null or a.start_time >= $since::timestamptz - interval 2 day)
        and ($until::timestamptz is null or a.start_time < $until::timestamptz + interval 1 hour)
    group by
        s.interface_id, s.src_ip, s.dst_ip, s.dst_port, hour_number(a.start_time),
        len(list_filter(h.within, lambda bound: bound <= a.start_time))
)

select
    a.interface_id,
    a.src_ip,
    a.dst_ip,
    a.dst_port,
    p.from_time,
    p.until_time,
    min(a.first_answered) as first_answered
from answered as a
inner join known_interfaces as k on a.interface_id = k.interface_id
inner join stretches as p
    on
        k.observer_id is not distinct from p.observer_id
        and k.region is not distinct from p.region
        and a.first_answered >= p.from_time
        and a.first_answered < p.until_time
group by a.interface_id, a.src_ip, a.dst_ip, a.dst_port, p.from_time, p.until_time
