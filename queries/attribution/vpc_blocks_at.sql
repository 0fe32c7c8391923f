-- The blocks of every VPC at each moment; those being associated or taken away do not count.
select
    m.moment,
    c.vpc_id,
    n.family,
    n.first_address,
    n.last_address,
    bool_and(observed_apart(s.first_observed, s.lapses, m.moment)) as late
from (select distinct moment from moments) as m
inner join scopes as s on s.call = 'describe-vpcs'
inner join vpc_cidrs as c on s.scope = c.scope
inner join networks as n on c.cidr = n.block
where
    in_force(c.valid_from, c.valid_to, s.first_observed, m.moment)
    and coalesce(c.state, 'associated') = 'associated'
group by m.moment, c.vpc_id, n.family, n.first_address, n.last_address
