-- What the same interface shows of the other direction of what it sent: whether that came before,
-- as the phase is told by it, and whether something came back, until five minutes
-- after, or more than one RST and more than a SYN did. Records may be a minute off.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
select
    s.interface_hash,
    s.sent_hash,
    s.start_time,
    bool_or(
        a.action = 'ACCEPT'
        and a.start_time <= s.start_time
        and not idle_longer(
            coalesce(a.end_time, a.start_time),
            s.start_time,
            tracked_seconds(a.protocol, t.tcp_established_timeout, t.udp_stream_timeout)
        )
    ) as asked,
    bool_or(coalesce(a.end_time, a.start_time) >= s.start_time - interval 60 second) as answered,
    bool_or(
        coalesce(a.end_time, a.start_time) >= s.start_time - interval 60 second
        and a.tcp_flags is distinct from 4
    ) as answered_otherwise,
    bool_or(
        coalesce(a.end_time, a.start_time) >= s.start_time - interval 60 second
        and (
            a.action <> 'ACCEPT'
            or coalesce(a.tcp_flags, 2) <> 2
            or coalesce(a.bytes > 84 * a.packets, false)
        )
    ) as more_than_asked
from flows as a
inner join sent as s
    on
        flow_hash(
            own_address(a.pkt_dstaddr, a.dstaddr), own_address(a.pkt_srcaddr, a.srcaddr),
            a.dstport, a.srcport, a.protocol
        ) = s.sent_hash
        and hash(a.interface_id) = s.interface_hash
left join idle_timeouts as t
    on
        a.interface_id = t.interface_id
        and s.start_time >= t.from_time
        and s.start_time < t.until_time
where
    a.action is not null
    and ($since::timestamptz is null or a.start_time >= $since::timestamptz - interval 1 hour)
    and ($until::timestamptz is null or a.start_time < $until::timestamptz + interval 1 day)
    and a.start_time between s.start_time - interval 1 hour and s.end_time + interval 5 minute
group by s.interface_hash, s.sent_hash, s.start_time
