-- The blocks of every subnet at each moment; those being associated or taken away do not count.
select distinct
    m.moment,
    z.vpc_id,
    c.subnet_id,
    n.family,
    n.first_address,
    n.last_address
from (select distinct moment from moments) as m
inner join scopes as s on s.call = 'describe-subnets'
inner join subnet_cidrs as c on s.scope = c.scope
inner join networks as n on c.cidr = n.block
left join subnet_zones as z on c.subnet_id = z.subnet_id
where
    in_force(c.valid_from, c.valid_to, s.first_observed, m.moment)
    and coalesce(c.state, 'associated') = 'associated'
