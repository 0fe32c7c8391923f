-- Which of what was sent another interface shows whose address it is for: it arrived there, be it
-- that it was refused. An interface that no snapshot has may be the one.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
select distinct
    s.interface_hash,
    s.sent_hash,
    s.start_time
from flows as a
left join own_ends as o
    on a.interface_id = o.interface_id and own_address(a.pkt_dstaddr, a.dstaddr) = o.address
left join known_interfaces as k on a.interface_id = k.interface_id
inner join sent as s
    on
        flow_hash(
            own_address(a.pkt_srcaddr, a.srcaddr), own_address(a.pkt_dstaddr, a.dstaddr),
            a.srcport, a.dstport, a.protocol
        ) = s.sent_hash
        and hash(a.interface_id) <> s.interface_hash
where
    a.action is not null
    and (o.address is not null or k.interface_id is null)
    and ($since::timestamptz is null or a.start_time >= $since::timestamptz - interval 1 hour)
    and ($until::timestamptz is null or a.start_time < $until::timestamptz + interval 1 day)
    and a.start_time <= s.end_time + interval 60 second
    and coalesce(a.end_time, a.start_time) >= s.start_time - interval 60 second
