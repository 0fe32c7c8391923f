-- The attachments of every transit gateway at each moment: their state, and the table that they
-- are looked up in. Several accounts see an attachment: where they disagree it is not sure, and the
-- state that carries nothing is believed. `surely_alone` is where it surely has no table: its owner
-- lists the tables of all others, or what each table is for.
-- https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
with views as (
    select
        a.transit_gateway_attachment_id, a.transit_gateway_id, a.resource_type, a.resource_id,
        a.state, a.scope, a.valid_from, a.valid_to,
        case when coalesce(a.association_state, 'associated') = 'associated'
            then a.transit_gateway_route_table_id end as route_table_id,
        coalesce(s.observer_id = a.transit_gateway_account_id, false)
        and a.scope in (
            select scope from transit_gateway_attachments where association_state is not null
        ) as tells_tables
    from transit_gateway_attachments as a
    inner join scopes as s on a.scope = s.scope
    union all
    select
        transit_gateway_attachment_id, transit_gateway_id, 'vpc', vpc_id, state, scope, valid_from,
        valid_to, null, false
    from transit_gateway_vpc_attachments
    union all
    select
        p.transit_gateway_attachment_id, p.transit_gateway_id, p.resource_type, p.resource_id, null,
        p.scope, p.valid_from, p.valid_to, null, false
    from (
        select a.*, t.transit_gateway_id
        from transit_gateway_associations as a
        inner join (
            select distinct transit_gateway_route_table_id, transit_gateway_id
            from transit_gateway_route_tables
        ) as t on a.transit_gateway_route_table_id = t.transit_gateway_route_table_id
    ) as p
),

agreed as (
    select
        m.moment,
        v.transit_gateway_id,
        v.transit_gateway_attachment_id,
        max(v.resource_type) as resource_type,
        max(v.resource_id) as resource_id,
        max_by(v.state, v.state not in ('available', 'modifying')) as state,
        count(distinct v.state in ('available', 'modifying')) > 1
        or coalesce(
            bool_and(observed_apart(s.first_observed, s.lapses, m.moment)) filter (
                where v.state is not null
            ), false
        ) as doubtful,
        max(v.route_table_id) as route_table_id,
        bool_or(v.tells_tables) as tells_tables,
        bool_and(observed_apart(s.first_observed, s.lapses, m.moment)) filter (
            where v.tells_tables or v.route_table_id is not null
        ) as tables_late
    from (select distinct moment from moments) as m
    cross join views as v
    inner join scopes as s on v.scope = s.scope
    where in_force(v.valid_from, v.valid_to, s.first_observed, m.moment)
    group by m.moment, v.transit_gateway_id, v.transit_gateway_attachment_id
),

-- The gateways of which each table was asked what is associated with it.
asked_gateways as (
    select
        m.moment,
        t.transit_gateway_id,
        bool_or(observed_apart(s.first_observed, s.lapses, m.moment)) as late
    from (select distinct moment from moments) as m
    cross join (
        select distinct transit_gateway_id, transit_gateway_route_table_id
        from transit_gateway_route_tables
    ) as t
    left join scopes as s
        on
            s.call = 'get-transit-gateway-route-table-associations'
            and t.transit_gateway_route_table_id = s.subject_id
    group by m.moment, t.transit_gateway_id
    having bool_and(s.scope is not null)
)

select
    a.* exclude (route_table_id, tells_tables, tables_late),
    coalesce(t.transit_gateway_route_table_id, a.route_table_id) as route_table_id,
    t.transit_gateway_route_table_id is null and a.route_table_id is null
    and (a.tells_tables or g.transit_gateway_id is not null) as surely_alone,
    coalesce(t.late, g.late, a.tables_late, false)
    or coalesce(t.transit_gateway_route_table_id <> a.route_table_id, false) as table_doubtful
from agreed as a
left join asked_gateways as g
    on a.moment = g.moment and a.transit_gateway_id = g.transit_gateway_id
left join associations_at as t
    on
        a.moment = t.moment
        and a.transit_gateway_attachment_id = t.transit_gateway_attachment_id
        and a.transit_gateway_id = coalesce(t.transit_gateway_id, a.transit_gateway_id)
qualify row_number() over (
    partition by a.moment, a.transit_gateway_id, a.transit_gateway_attachment_id
    order by t.transit_gateway_route_table_id
) = 1
