-- Which part of a connection each packet belongs to, at each moment that judges it.
-- TCP flags are ORed over the window, so SYN without ACK can only be the start, SYN-ACK only the
-- answer. https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
-- Without flags the ports decide: to an ephemeral port, from a well-known port or from one that
-- the interface's groups name in the other direction, is probably an answer. A rule over all
-- ports names none. Without ports to go by (UDP, ICMP) the phase is unknown.
with looked_at as (
    select distinct
        interface_id, direction, protocol, src_port, dst_port, tcp_flags, at_moment as moment
    from (
        select *, moment as at_moment from packets
        union all
        select *, next_moment as at_moment from packets where next_moment is not null
    )
),

named as (
    select distinct
        l.interface_id, l.direction, l.src_port, l.moment
    from looked_at as l
    inner join carried_groups as c on l.interface_id = c.interface_id and l.moment = c.moment
    inner join group_rules as r
        on
            c.group_id = r.group_id
            and c.moment = r.moment
            and l.direction is distinct from r.direction
            and r.protocol = 6
            and l.src_port between r.first_port and r.last_port
    where
        l.protocol = 6
        and l.tcp_flags is null
        and not (r.first_port = 0 and r.last_port = 65535)
)

select
    l.*,
    case
        when l.protocol is distinct from 6 then 'unknown'
        when l.tcp_flags & 18 = 2 then 'initial'
        when l.tcp_flags & 18 = 18 then 'reply'
        when l.tcp_flags is not null then 'late'
        when
            l.dst_port >= 1024
            and (l.src_port < 1024 or (l.src_port < l.dst_port and n.src_port is not null))
            then 'reply'
        else 'initial'
    end as phase,
    case
        when l.protocol is distinct from 6 then null
        when l.tcp_flags is not null then 'flags'
        else 'heuristic'
    end as phase_source
from looked_at as l
left join named as n
    on
        l.interface_id is not distinct from n.interface_id
        and l.moment is not distinct from n.moment
        and l.direction is not distinct from n.direction
        and l.src_port = n.src_port
