-- The interfaces of the rejected packets as each snapshot shows them.
select
    m.interface_id,
    m.moment,
    i.account_id,
    i.region,
    i.vpc_id,
    i.subnet_id,
    i.interface_type,
    i.group_count,
    i.tcp_established_timeout,
    i.udp_timeout,
    k.scope,
    observed_apart(s.first_observed, s.lapses, m.moment) as late
from moments as m
inner join known_interfaces as k on m.interface_id = k.interface_id
inner join scopes as s on k.scope = s.scope
inner join interfaces as i on k.scope = i.scope and m.interface_id = i.interface_id
where in_force(i.valid_from, i.valid_to, s.first_observed, m.moment)
