-- How many of the IPv4 addresses of each interface have a public one, at each moment.
-- https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
with elastic as (
    select m.moment, a.interface_id, a.private_ip
    from (select distinct moment from moments) as m
    inner join scopes as s on s.call = 'describe-addresses'
    inner join addresses as a on s.scope = a.scope
    where in_force(a.valid_from, a.valid_to, s.first_observed, m.moment)
)

select
    i.interface_id,
    i.moment,
    a.address,
    bool_or(a.public_ip is not null or e.private_ip is not null) as is_public
from interfaces_at as i
inner join scopes as s on i.scope = s.scope
inner join interface_addresses as a on i.scope = a.scope and i.interface_id = a.interface_id
left join elastic as e
    on i.moment = e.moment and i.interface_id = e.interface_id and a.address = e.private_ip
where
    in_force(a.valid_from, a.valid_to, s.first_observed, i.moment)
    and not contains(a.address, ':')
group by i.interface_id, i.moment, a.address
