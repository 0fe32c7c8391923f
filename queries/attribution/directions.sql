-- Which way a packet went whose record has no flow-direction: the interface's own address is the
-- destination of what comes in and the source of what goes out. Told from the snapshot that judges.
with ends as (
    select distinct interface_id, moment, shown_src, shown_dst
    from cases
    where told_direction is null and moment is not null
),

own as (
    select
        e.interface_id,
        e.moment,
        e.shown_src,
        e.shown_dst,
        bool_or(n.block = e.shown_src) as leaves,
        bool_or(n.block = e.shown_dst) as arrives
    from ends as e
    inner join known_interfaces as k on e.interface_id = k.interface_id
    inner join scopes as s on k.scope = s.scope
    inner join interface_addresses as a on k.scope = a.scope and e.interface_id = a.interface_id
    inner join networks as held on a.address = held.block
    inner join networks as n
        on
            n.block in (e.shown_src, e.shown_dst)
            and n.family = held.family
            and n.first_address between held.first_address and held.last_address
    where in_force(a.valid_from, a.valid_to, s.first_observed, e.moment)
    group by e.interface_id, e.moment, e.shown_src, e.shown_dst
)

select
    interface_id,
    moment,
    shown_src,
    shown_dst,
    case when arrives and not leaves then 'ingress' when leaves and not arrives then 'egress' end
        as direction
from own
