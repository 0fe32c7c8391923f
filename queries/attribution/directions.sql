-- Which way a packet went whose record has no flow-direction: the interface's own address is the
-- destination of what comes in and the source of what goes out. Told from the snapshot that judges.
with ends as (
    select distinct interface_id, moment, srcaddr, dstaddr
    from rejects
    where coalesce(flow_direction not in ('ingress', 'egress'), true) and moment is not null
),

own as (
    select
        e.interface_id,
        e.moment,
        e.srcaddr,
        e.dstaddr,
        bool_or(n.block = e.srcaddr) as leaves,
        bool_or(n.block = e.dstaddr) as arrives
    from ends as e
    inner join known_interfaces as k on e.interface_id = k.interface_id
    inner join scopes as s on k.scope = s.scope
    inner join interface_addresses as a on k.scope = a.scope and e.interface_id = a.interface_id
    inner join networks as held on a.address = held.block
    inner join networks as n
        on
            n.block in (e.srcaddr, e.dstaddr)
            and n.family = held.family
            and n.first_address between held.first_address and held.last_address
    where in_force(a.valid_from, a.valid_to, s.first_observed, e.moment)
    group by e.interface_id, e.moment, e.srcaddr, e.dstaddr
)

select
    interface_id,
    moment,
    srcaddr,
    dstaddr,
    case when arrives and not leaves then 'ingress' when leaves and not arrives then 'egress' end
        as direction
from own
