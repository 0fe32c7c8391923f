-- The NAT gateways at each moment, and where they stand.
select
    m.moment,
    g.nat_gateway_id,
    g.vpc_id,
    g.subnet_id,
    g.state,
    g.connectivity_type,
    observed_apart(s.first_observed, s.lapses, m.moment) as late
from (select distinct moment from moments) as m
cross join nat_gateways as g
inner join scopes as s on g.scope = s.scope
inner join views_at as v on m.moment = v.moment and g.scope = v.scope
where in_force(g.valid_from, g.valid_to, s.first_observed, m.moment)
qualify row_number() over (
    partition by m.moment, g.nat_gateway_id
    order by v.seen desc nulls last, s.observer_id is distinct from g.account_id, s.scope
) = 1
