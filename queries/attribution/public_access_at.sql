-- Each VPC's Block Public Access mode at each moment, the owner's word first.
select m.moment, v.vpc_id, v.internet_gateway_block_mode as mode
from (select distinct moment from moments) as m
inner join scopes as s on s.call = 'describe-vpcs'
inner join vpcs as v on s.scope = v.scope
where in_force(v.valid_from, v.valid_to, s.first_observed, m.moment)
qualify row_number() over (
    partition by m.moment, v.vpc_id
    order by s.observer_id is distinct from v.account_id, s.scope
) = 1
