-- Routes that lead nowhere, ways back that are missing, and attachments that carry nothing.
-- param until      timestamptz  the configuration as of then; NULL for now
with asked as (
    select distinct call, account_id, region, subject_id
    from observations
    where complete and finished <= coalesce($until::timestamptz, now())
),

held_routes as (
    select distinct
        account_id, region, vpc_id, route_table_id, destination, destination_prefix_list_id,
        target, state,
        coalesce(destination, destination_prefix_list_id) as named
    from held('routes', $until)
    qualify observed = max(observed) over (partition by route_table_id)
),

held_associations as (
    select distinct route_table_id, vpc_id, subnet_id, is_main
    from held('route_table_associations', $until)
    where coalesce(state, 'associated') = 'associated'
    qualify observed = max(observed) over (partition by vpc_id, subnet_id, gateway_id)
),

-- Accounts have names of their own for zones, all have the same ids.
-- https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
held_subnets as (
    select
        subnet_id,
        any_value(vpc_id) as vpc_id,
        max(availability_zone_id) as zone_id,
        max(availability_zone) filter (where observer_id = account_id) as zone
    from held('subnets', $until)
    group by subnet_id
),

-- A subnet without a table of its own is served by the VPC's main one.
-- https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
serving as (
    select s.*, coalesce(o.route_table_id, n.route_table_id) as route_table_id
    from held_subnets as s
    left join held_associations as o on s.subnet_id = o.subnet_id
    left join held_associations as n
        on s.vpc_id = n.vpc_id and n.is_main and n.subnet_id is null
),

served as (
    select route_table_id, list(distinct subnet_id order by subnet_id) as subnet_ids
    from serving
    where route_table_id is not null
    group by route_table_id
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
                    when
                        r.target like 'pcx-%'
                        and r.target not in (select vpc_peering_connection_id from peerings)
                        and exists (
                            from asked as a
                            where
                                a.call = 'describe-vpc-peering-connections'
                                and a.account_id = r.account_id and a.region = r.region
                        )
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
    where r.state = 'blackhole'
),

held_attachments as (
    from attachments('transit_gateway_attachments', $until)
),

transit_routes as (
    select distinct
        transit_gateway_route_table_id,
        destination,
        state,
        transit_gateway_attachment_id,
        range_of(destination) as block
    from held('transit_gateway_routes', $until)
    where destination is not null and coalesce(state, 'active') not in ('deleting', 'deleted')
),

-- A route to a prefix list of which no snapshot has the entries leads to an unknown block.
ranged_routes as (
    select r.*, range_of(coalesce(r.destination, e.cidr)) as block
    from held_routes as r
    left join (
        select distinct prefix_list_id, cidr from held('prefix_list_entries', $until)
    ) as e on r.destination_prefix_list_id = e.prefix_list_id
),

-- In a subnet that has interfaces of a transit gateway and no others, nobody asks or answers.
-- https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html
subnet_blocks as (
    select s.subnet_id, s.vpc_id, s.route_table_id, c.cidr, range_of(c.cidr) as block
    from serving as s
    inner join (
        select distinct subnet_id, cidr from held('subnet_cidrs', $until)
        where coalesce(state, 'associated') = 'associated'
    ) as c on s.subnet_id = c.subnet_id
    left join (
        select subnet_id, bool_and(interface_type = 'transit_gateway') as is_transit
        from held('interfaces', $until)
        group by subnet_id
    ) as i on s.subnet_id = i.subnet_id
    where s.route_table_id is not null and not coalesce(i.is_transit, false)
),

-- Where each table of a transit gateway passes each subnet on to: the longest prefix decides.
passed_on as (
    select
        t.transit_gateway_route_table_id,
        b.subnet_id,
        b.cidr,
        arg_min(
            {'state': t.state, 'attachment_id': t.transit_gateway_attachment_id}, t.block.bits
        ) as next
    from transit_routes as t
    inner join subnet_blocks as b on meets(t.block, b.block)
    group by all
),

-- Which VPC may send to which subnet of another, over what.
reachable as (
    select p.vpc_peering_connection_id as over, p.vpc_id, b.subnet_id, b.cidr
    from peering_sides('peerings', $until) as p
    inner join subnet_blocks as b on p.peer_vpc_id = b.vpc_id
    where p.status = 'active'
    union
    select a.transit_gateway_id, a.resource_id, t.subnet_id, t.cidr
    from held_attachments as a
    inner join passed_on as t
        on a.transit_gateway_route_table_id = t.transit_gateway_route_table_id
    inner join held_attachments as e on t.next.attachment_id = e.transit_gateway_attachment_id
    inner join held_subnets as s on t.subnet_id = s.subnet_id and e.resource_id = s.vpc_id
    where a.carries and e.carries and t.next.state = 'active' and a.resource_id <> e.resource_id
),

-- Which table sends over what to the subnets of which other table.
sending as (
    select
        r.route_table_id as from_table,
        r.vpc_id as from_vpc,
        r.target as over,
        b.route_table_id as to_table,
        b.block.is_ipv6 as is_ipv6,
        list(distinct r.named) as routed,
        list(distinct b.subnet_id) as subnet_ids
    from ranged_routes as r
    inner join reachable as l on r.target = l.over and r.vpc_id = l.vpc_id
    inner join subnet_blocks as b
        on l.subnet_id = b.subnet_id and l.cidr = b.cidr and meets(r.block, b.block)
    where
        r.state = 'active'
        and not exists (
            from ranged_routes as n
            where
                n.route_table_id = r.route_table_id and n.target <> r.target
                and n.block.bits < r.block.bits and meets(n.block, b.block)
        )
    group by all
),

-- What is sent from a subnet wants a way back to it. Gateways to the internet, NAT and other
-- peerings are none; what an interface or an endpoint does with a packet is not known.
unanswered as (
    select
        s.to_table, s.over, s.from_vpc, s.routed, s.subnet_ids,
        list(distinct b.cidr order by b.cidr) as cidrs
    from sending as s
    inner join subnet_blocks as b
        on s.from_table = b.route_table_id and s.is_ipv6 = b.block.is_ipv6
    where not exists (
        from ranged_routes as r
        where
            r.route_table_id = s.to_table
            and r.state is distinct from 'blackhole'
            and coalesce(meets(r.block, b.block), true)
            and (
                r.target = s.over
                or not coalesce(
                    regexp_matches(r.target, '^(local$|igw-|eigw-|cagw-|nat-|pcx-)'), false
                )
            )
    )
    group by all
),

one_way as (
    select
        'route_missing' as finding,
        t.account_id, t.region, t.vpc_id,
        'route-table' as element_type,
        u.to_table as element_id,
        list_concat(
            list(distinct format(
                'no route leads to {} of {} over {}, which routes {} here',
                array_to_string(u.cidrs, ', '), u.from_vpc, u.over,
                array_to_string(list_sort(u.routed), ', ')
            )),
            [format(
                'it serves {}',
                array_to_string(list_sort(list_distinct(flatten(list(u.subnet_ids)))), ', ')
            )]
        ) as details
    from unanswered as u
    inner join (
        select
            route_table_id,
            any_value(account_id) as account_id,
            any_value(region) as region,
            any_value(vpc_id) as vpc_id
        from held('route_tables', $until)
        group by route_table_id
    ) as t on u.to_table = t.route_table_id
    group by t.account_id, t.region, t.vpc_id, u.to_table, u.over
),

-- One that is gone, or was turned away, is no attachment any more.
-- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayAttachment.html
idle as (
    select
        case when carries then 'tgw_not_associated' else 'tgw_attachment_state' end as finding,
        account_id, region,
        case when resource_type = 'vpc' then resource_id end as vpc_id,
        'transit-gateway-attachment' as element_type,
        transit_gateway_attachment_id as element_id,
        [case
            when carries then format(
                'it attaches {} to {} and is looked up in no route table',
                resource_id, transit_gateway_id
            )
            else format('it attaches {} to {} and is {}', resource_id, transit_gateway_id, state)
        end] as details
    from held_attachments
    where
        coalesce(state, 'deleted') not in ('deleting', 'deleted', 'rejecting', 'rejected')
        and (not carries or (is_owners_view and transit_gateway_route_table_id is null))
),

attached_zones as (
    select distinct v.vpc_id, v.transit_gateway_id, n.zone_id, n.zone
    from held('transit_gateway_vpc_attachments', $until) as v
    inner join held('transit_gateway_attachment_subnets', $until) as s
        on v.transit_gateway_attachment_id = s.transit_gateway_attachment_id
    left join held_subnets as n on s.subnet_id = n.subnet_id
    where coalesce(v.state, 'available') in ('available', 'modifying')
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
            r.target, coalesce(s.zone, s.zone_id)
        )] as details
    from held_routes as r
    inner join serving as s on r.route_table_id = s.route_table_id
    where
        r.target like 'tgw-%'
        and exists (
            from attached_zones as z
            where z.vpc_id = r.vpc_id and z.transit_gateway_id = r.target
        )
        -- A subnet that no snapshot has may be in any zone.
        and not exists (
            from attached_zones as z
            where
                z.vpc_id = r.vpc_id and z.transit_gateway_id = r.target
                and coalesce(z.zone_id = s.zone_id, z.zone = s.zone, true)
        )
    group by
        r.account_id, r.region, r.vpc_id, r.route_table_id, r.target,
        s.subnet_id, s.zone, s.zone_id
),

-- A table is judged only where a snapshot has its routes: participants of a share do not see them.
through_transit as (
    select
        r.account_id, r.region, r.vpc_id, r.route_table_id, r.named, r.target,
        a.transit_gateway_route_table_id,
        t.destination, t.state, t.block.bits as bits,
        min(t.block.bits) filter (where covers(t.block, r.block)) over (
            partition by r.route_table_id, r.named, a.transit_gateway_attachment_id
        ) as covering_bits
    from ranged_routes as r
    inner join held_attachments as a
        on r.target = a.transit_gateway_id and r.vpc_id = a.resource_id and a.carries
    inner join asked as o
        on
            o.call = 'search-transit-gateway-routes'
            and a.transit_gateway_route_table_id = o.subject_id
    left join transit_routes as t
        on
            a.transit_gateway_route_table_id = t.transit_gateway_route_table_id
            and meets(t.block, r.block)
    where r.state = 'active' and r.destination is not null
),

-- What has a longer prefix is decided by that: https://docs.aws.amazon.com/vpc/latest/tgw/
-- how-transit-gateways-work.html#tgw-route-evaluation-overview
dropping as (
    select
        account_id, region, vpc_id, route_table_id, named, target,
        transit_gateway_route_table_id,
        count(destination) as overlapping,
        bool_and(state = 'blackhole' and covering_bits is not null) as drops_all,
        list(distinct destination order by destination) filter (where state = 'blackhole') as drops
    from through_transit
    where bits is null or covering_bits is null or bits <= covering_bits
    group by all
),

lost_in_transit as (
    select
        case when overlapping = 0 then 'tgw_no_route' else 'tgw_blackhole' end as finding,
        account_id, region, vpc_id,
        'transit-gateway-route-table' as element_type,
        transit_gateway_route_table_id as element_id,
        [format(
            '{} routes {} to {}, whose table {}',
            route_table_id, named, target,
            case
                when overlapping = 0 then 'has no route to it'
                when drops_all then 'drops it'
                else format(
                    'drops a part of it: {}, but for longer prefixes',
                    array_to_string(drops, ', ')
                )
            end
        )] as details
    from dropping
    where overlapping = 0 or drops is not null
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
