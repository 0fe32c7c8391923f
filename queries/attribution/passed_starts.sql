-- Connections that an interface let begin since the snapshot that judges: of each refused text and
-- port from when on. What groups and ACL let begin they refuse only once they have changed. Any source
-- port counts, and only a SYN alone, for an answer passes groups by tracking. A snapshot judges from a
-- minute after it was finished, so what began then passed after it. Windows that are judged alone
-- look back two days, which is more than daily snapshots take.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with sought as (
    select
        text_hash,
        interface_id,
        flow_direction,
        own_address(pkt_srcaddr, srcaddr) as src_ip,
        own_address(pkt_dstaddr, dstaddr) as dst_ip
    from texts
),

-- The first of each hour, and of each part of it that another snapshot judges: for those few alone
-- is looked up which one that is.
begun as (
    select
        s.text_hash,
        a.interface_id,
        a.dstport as dst_port,
        min(a.start_time) as first_passed
    from flows as a
    inner join sought as s
        on
            a.interface_id = s.interface_id
            and own_address(a.pkt_srcaddr, a.srcaddr) = s.src_ip
            and own_address(a.pkt_dstaddr, a.dstaddr) = s.dst_ip
            and coalesce(a.flow_direction = s.flow_direction, true)
    left join hours as h on hour_number(a.start_time) = h.hour
    where
        is_accepted(a.action, a.log_status)
        and a.protocol = 6
        and a.tcp_flags & 18 = 2
        and ($since::timestamptz is null or a.start_time >= $since::timestamptz - interval 2 day)
        and ($until::timestamptz is null or a.start_time < $until::timestamptz + interval 1 hour)
    group by
        s.text_hash, a.interface_id, a.dstport, hour_number(a.start_time),
        len(list_filter(h.within, lambda bound: bound <= a.start_time))
)

select
    b.text_hash,
    b.dst_port,
    p.from_time,
    p.until_time,
    min(b.first_passed) as first_passed
from begun as b
inner join known_interfaces as k on b.interface_id = k.interface_id
inner join stretches as p
    on
        k.observer_id is not distinct from p.observer_id
        and k.region is not distinct from p.region
        and b.first_passed >= p.from_time
        and b.first_passed < p.until_time
group by b.text_hash, b.dst_port, p.from_time, p.until_time
