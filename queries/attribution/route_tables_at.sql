-- The route table that serves each of these subnets at each moment: the associated one, else the
-- VPC's main one; of several views that have its routes the last one, and of one time the owner's.
-- https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
with candidates as (
    select c.moment, c.subnet_id, a.route_table_id, a.scope, a.account_id, a.valid_from,
        a.valid_to, false as is_main
    from crossed_subnets as c
    inner join route_table_associations as a on c.subnet_id = a.subnet_id
    where coalesce(a.state, 'associated') = 'associated'
    union all
    select c.moment, c.subnet_id, a.route_table_id, a.scope, a.account_id, a.valid_from,
        a.valid_to, true
    from crossed_subnets as c
    inner join route_table_associations as a on c.vpc_id = a.vpc_id
    where a.is_main and a.subnet_id is null and coalesce(a.state, 'associated') = 'associated'
)

select
    c.moment,
    c.subnet_id,
    c.route_table_id,
    c.scope,
    s.first_observed,
    observed_apart(s.first_observed, s.lapses, c.moment)
    or coalesce(max(v.seen) over (partition by c.moment, c.subnet_id) > v.seen, false) as late
from candidates as c
inner join scopes as s on c.scope = s.scope
inner join views_at as v on c.moment = v.moment and c.scope = v.scope
left join (
    select distinct scope, route_table_id from routes
) as r on c.scope = r.scope and c.route_table_id = r.route_table_id
where in_force(c.valid_from, c.valid_to, s.first_observed, c.moment)
qualify row_number() over (
    partition by c.moment, c.subnet_id
    order by
        c.is_main,
        r.scope is null,
        v.seen desc nulls last,
        s.observer_id is distinct from c.account_id,
        c.route_table_id,
        c.scope
) = 1
