-- Which interface sent a refused packet whose source address several VPCs have, where the logs name
-- one and no other: the record itself by its next hop, which is the sender of what comes in, or an
-- interface that has the address and let the same packet out. Where several VPCs have the destination
-- too, its record has to name the receiver: what it sent may have gone to another. A next hop that no
-- snapshot has may be who sent it, too, and has no place then, see origins.sql.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with sought as (
    select
        f.object_id,
        f.line_number,
        f.interface_id,
        f.next_hop_interface_id,
        f.next_hop_interface_type,
        f.protocol,
        f.start_time,
        coalesce(f.end_time, f.start_time) as end_time,
        own_address(f.pkt_srcaddr, f.srcaddr) as src_ip,
        own_address(f.pkt_dstaddr, f.dstaddr) as dst_ip,
        f.srcport as src_port,
        f.dstport as dst_port,
        d.address is not null as is_shared
    from flows as f
    inner join shared_addresses as s on own_address(f.pkt_srcaddr, f.srcaddr) = s.address
    left join shared_addresses as d on own_address(f.pkt_dstaddr, f.dstaddr) = d.address
    where
        is_refused(f.action, f.log_status)
        and f.flow_direction is distinct from 'egress'
        and ($since::timestamptz is null or f.start_time >= $since)
        and ($until::timestamptz is null or f.start_time < $until)
),

shown as (
    select object_id, line_number, src_ip, next_hop_interface_id as interface_id,
        next_hop_interface_type is null as may_be_unknown
    from sought
    union
    select s.object_id, s.line_number, s.src_ip, c.interface_id, false
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
        is_accepted(c.action, c.log_status)
        and c.flow_direction is distinct from 'ingress'
        and ($since::timestamptz is null or c.start_time >= $since::timestamptz - interval 1 day)
        and ($until::timestamptz is null or c.start_time < $until::timestamptz + interval 1 hour)
        and c.start_time <= s.end_time + interval 60 second
        and coalesce(c.end_time, c.start_time) >= s.start_time - interval 60 second
        -- The next hop of a kind is a middlebox, and any other the one that gets it.
        and case
            when c.next_hop_interface_type is null and c.next_hop_interface_id is not null
                then c.next_hop_interface_id = s.interface_id
            else not s.is_shared
        end
)

select
    s.object_id,
    s.line_number,
    min(s.interface_id) as sender_id
from shown as s
left join own_ends as o on s.interface_id = o.interface_id and s.src_ip = o.address
left join known_interfaces as k on s.interface_id = k.interface_id
where
    s.interface_id is not null
    and case when k.interface_id is null then s.may_be_unknown else not o.forwards end
group by s.object_id, s.line_number
having count(distinct s.interface_id) = 1
