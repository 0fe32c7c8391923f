-- Every private address and prefix of every interface at each moment; `late` is where every view of
-- it was first observed later.
select
    m.moment,
    i.interface_id,
    i.account_id,
    i.vpc_id,
    i.subnet_id,
    n.family,
    n.first_address,
    n.last_address,
    i.group_count,
    i.interface_type,
    s.region,
    bool_and(observed_apart(s.first_observed, s.lapses, m.moment)) as late
from (select distinct moment from moments) as m
inner join scopes as s on s.call = 'describe-network-interfaces'
inner join interfaces as i on s.scope = i.scope
inner join interface_addresses as a on i.scope = a.scope and i.interface_id = a.interface_id
inner join networks as n on a.address = n.block
where
    in_force(i.valid_from, i.valid_to, s.first_observed, m.moment)
    and in_force(a.valid_from, a.valid_to, s.first_observed, m.moment)
group by all
