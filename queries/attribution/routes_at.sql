-- The routes that serve each rejected interface's subnet at each moment: those of the associated
-- table, else of the VPC's main one. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
with tables as (
    select
        i.interface_id,
        i.moment,
        a.route_table_id,
        a.scope,
        s.first_observed
    from interfaces_at as i
    inner join route_table_associations as a
        on
            i.subnet_id = a.subnet_id
            or (i.vpc_id = a.vpc_id and a.is_main and a.subnet_id is null)
    inner join scopes as s on a.scope = s.scope
    where
        in_force(a.valid_from, a.valid_to, s.first_observed, i.moment)
        and coalesce(a.state, 'associated') = 'associated'
    qualify row_number() over (
        partition by i.interface_id, i.moment
        order by
            a.subnet_id is null,
            s.observer_id is distinct from a.account_id,
            a.route_table_id,
            a.scope
    ) = 1
)

select
    t.interface_id,
    t.moment,
    t.route_table_id,
    r.destination,
    r.destination_prefix_list_id,
    r.target,
    r.state,
    r.origin
from tables as t
inner join routes as r on t.scope = r.scope and t.route_table_id = r.route_table_id
where in_force(r.valid_from, r.valid_to, t.first_observed, t.moment)
