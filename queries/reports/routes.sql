-- Routes that lead nowhere, ways back that are missing, and attachments that carry nothing.
-- param until      timestamptz  the configuration as of then; NULL for now
with moment as (
    select coalesce($until::timestamptz, now()) as moment
),

held_routes as (
    select distinct
        r.account_id, r.region, r.vpc_id, r.route_table_id, r.destination, r.target, r.state,
        coalesce(r.destination, r.destination_prefix_list_id) as named
    from routes as r
    cross join moment as m
    where held_at(r.valid_from, r.valid_to, m.moment)
),

held_associations as (
    select distinct a.route_table_id, a.vpc_id, a.subnet_id, a.is_main
    from route_table_associations as a
    cross join moment as m
    where
        held_at(a.valid_from, a.valid_to, m.moment)
        and coalesce(a.state, 'associated') = 'associated'
),

-- A subnet without a table of its own is served by the VPC's main one.
-- https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
serving as (
    select s.subnet_id, s.vpc_id, s.availability_zone, coalesce(o.route_table_id, n.route_table_id)
        as route_table_id
    from (
        select distinct n.subnet_id, n.vpc_id, n.availability_zone
        from subnets as n
        cross join moment as m
        where held_at(n.valid_from, n.valid_to, m.moment)
    ) as s
    left join held_associations as o on s.subnet_id = o.subnet_id
    left join held_associations as n
        on s.vpc_id = n.vpc_id and n.is_main and n.subnet_id is null
),

served as (
    select route_table_id, vpc_id, list(distinct subnet_id order by subnet_id) as subnet_ids
    from serving
    where route_table_id is not null
    group by route_table_id, vpc_id
),

known_targets as (
    select vpc_peering_connection_id as target from peerings
    union
    select transit_gateway_id from transit_gateways
    union
    select transit_gateway_id from transit_gateway_attachments
    union
    select nat_gateway_id from nat_gateways
    union
    select internet_gateway_id from internet_gateways
),

-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html tells how long one that
-- was deleted is listed still: two days at most.
blackholes as (
    select
        'route_blackhole' as finding,
        r.account_id, r.region, r.vpc_id,
        'route-table' as element_type,
        r.route_table_id as element_id,
        list_filter(
            [
                format('{} leads to {}, which is gone or not usable', r.named, r.target),
                case
                    when r.target like 'pcx-%' and k.target is null
                        then format('{} is in no snapshot: it was deleted some time ago', r.target)
                end,
                case
                    when s.subnet_ids is null then 'it serves no subnet'
                    else format('it serves {}', array_to_string(s.subnet_ids, ', '))
                end
            ],
            lambda line: line is not null
        ) as details
    from held_routes as r
    left join served as s on r.route_table_id = s.route_table_id
    left join known_targets as k on r.target = k.target
    where r.state = 'blackhole'
),

active_peerings as (
    select
        p.vpc_peering_connection_id,
        max(p.requester_vpc_id) as requester_vpc_id,
        max(p.accepter_vpc_id) as accepter_vpc_id
    from peerings as p
    cross join moment as m
    where held_at(p.valid_from, p.valid_to, m.moment)
    group by p.vpc_peering_connection_id
    having bool_and(p.status = 'active')
),

connected as (
    select vpc_peering_connection_id, requester_vpc_id as vpc_id, accepter_vpc_id as peer_vpc_id
    from active_peerings
    union all
    select vpc_peering_connection_id, accepter_vpc_id, requester_vpc_id
    from active_peerings
),

-- What the other side sends over the connection reaches all subnets; those whose table has no route
-- into it cannot answer.
one_way as (
    select
        'route_missing' as finding,
        t.account_id, t.region, c.vpc_id,
        'route-table' as element_type,
        s.route_table_id as element_id,
        [
            format(
                'no route leads to {} over {}, which routes {} here',
                c.peer_vpc_id, c.vpc_peering_connection_id,
                array_to_string(list(distinct b.named order by b.named), ', ')
            ),
            format('it serves {}', array_to_string(any_value(s.subnet_ids), ', '))
        ] as details
    from connected as c
    inner join served as s on c.vpc_id = s.vpc_id
    inner join (
        select distinct r.account_id, r.region, r.route_table_id from route_tables as r
        cross join moment as m
        where held_at(r.valid_from, r.valid_to, m.moment)
    ) as t on s.route_table_id = t.route_table_id
    inner join held_routes as b
        on c.peer_vpc_id = b.vpc_id and c.vpc_peering_connection_id = b.target
    where not exists (
        from held_routes as f
        where f.route_table_id = s.route_table_id and f.target = c.vpc_peering_connection_id
    )
    group by
        t.account_id, t.region, c.vpc_id, s.route_table_id,
        c.peer_vpc_id, c.vpc_peering_connection_id
),

attachments as (
    select
        a.transit_gateway_attachment_id,
        max(a.transit_gateway_id) as transit_gateway_id,
        max(a.account_id) as account_id,
        max(a.region) as region,
        max(a.resource_type) as resource_type,
        max(a.resource_id) as resource_id,
        arg_max(a.state, a.valid_from) as state,
        max(a.transit_gateway_route_table_id) filter (
            where coalesce(a.association_state, 'associated') = 'associated'
        ) as route_table_id
    from transit_gateway_attachments as a
    cross join moment as m
    where held_at(a.valid_from, a.valid_to, m.moment)
    group by a.transit_gateway_attachment_id
),

-- https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
idle as (
    select
        case
            when state not in ('available', 'modifying') then 'tgw_attachment_state'
            else 'tgw_not_associated'
        end as finding,
        account_id, region,
        case when resource_type = 'vpc' then resource_id end as vpc_id,
        'transit-gateway-attachment' as element_type,
        transit_gateway_attachment_id as element_id,
        [case
            when state not in ('available', 'modifying')
                then format('it attaches {} to {} and is {}', resource_id, transit_gateway_id, state)
            else format(
                'it attaches {} to {} and is looked up in no route table',
                resource_id, transit_gateway_id
            )
        end] as details
    from attachments
    where state not in ('available', 'modifying') or route_table_id is null
),

attached_zones as (
    select distinct v.vpc_id, v.transit_gateway_id, n.availability_zone
    from transit_gateway_vpc_attachments as v
    inner join transit_gateway_attachment_subnets as s
        on v.transit_gateway_attachment_id = s.transit_gateway_attachment_id
    inner join subnets as n on s.subnet_id = n.subnet_id
    cross join moment as m
    where
        held_at(v.valid_from, v.valid_to, m.moment)
        and held_at(s.valid_from, s.valid_to, m.moment)
        and held_at(n.valid_from, n.valid_to, m.moment)
),

unserved_zones as (
    select
        'tgw_zone' as finding,
        r.account_id, r.region, r.vpc_id,
        'subnet' as element_type,
        s.subnet_id as element_id,
        [format(
            '{} routes {} to {}, which is attached in no subnet of {}',
            r.route_table_id,
            array_to_string(list(distinct r.named order by r.named), ', '),
            r.target, s.availability_zone
        )] as details
    from held_routes as r
    inner join serving as s on r.route_table_id = s.route_table_id
    where
        r.target like 'tgw-%'
        and exists (
            from attached_zones as z
            where z.vpc_id = r.vpc_id and z.transit_gateway_id = r.target
        )
        and not exists (
            from attached_zones as z
            where
                z.vpc_id = r.vpc_id and z.transit_gateway_id = r.target
                and z.availability_zone = s.availability_zone
        )
    group by
        r.account_id, r.region, r.vpc_id, r.route_table_id, r.target,
        s.subnet_id, s.availability_zone
),

transit_routes as (
    select distinct
        t.transit_gateway_route_table_id,
        t.state,
        contains(t.destination, ':') as is_ipv6,
        host_bits(t.destination) as free_bits,
        first_in(address_number(split_part(t.destination, '/', 1)), host_bits(t.destination))
            as first_address,
        last_in(address_number(split_part(t.destination, '/', 1)), host_bits(t.destination))
            as last_address
    from transit_gateway_routes as t
    cross join moment as m
    where
        held_at(t.valid_from, t.valid_to, m.moment)
        and t.destination is not null
),

-- A table is judged only where a snapshot has its routes: participants of a share do not see them.
through_transit as (
    select
        r.account_id, r.region, r.vpc_id, r.route_table_id, r.named, r.target,
        a.route_table_id as transit_gateway_route_table_id,
        (
            select arg_min(t.state, t.free_bits)
            from transit_routes as t
            where
                t.transit_gateway_route_table_id = a.route_table_id
                and t.is_ipv6 = contains(r.destination, ':')
                and address_number(split_part(r.destination, '/', 1))
                    between t.first_address and t.last_address
        ) as state
    from held_routes as r
    inner join attachments as a
        on r.target = a.transit_gateway_id and r.vpc_id = a.resource_id
    where
        r.state = 'active'
        and r.destination is not null
        and a.route_table_id in (select transit_gateway_route_table_id from transit_routes)
),

lost_in_transit as (
    select
        case when state is null then 'tgw_no_route' else 'tgw_blackhole' end as finding,
        account_id, region, vpc_id,
        'transit-gateway-route-table' as element_type,
        transit_gateway_route_table_id as element_id,
        [format(
            '{} routes {} to {}, whose table {}',
            route_table_id, named, target,
            case
                when state is null then 'has no route to it'
                else 'drops it'
            end
        )] as details
    from through_transit
    where state is distinct from 'active'
)

from blackholes
union all
from one_way
union all
from idle
union all
from unserved_zones
union all
from lost_in_transit
order by finding, element_id, details
