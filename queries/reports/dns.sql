-- Names that resolve elsewhere: attributes that are off, zones and rules that a VPC does not have.
-- param until      timestamptz  the configuration as of then; NULL for now
with asked as (
    select distinct call, account_id, region
    from observations
    where complete and finished <= coalesce($until::timestamptz, now())
),

sides as (
    from peering_sides('peerings', $until)
),

held_attachments as (
    from attachments('transit_gateway_attachments', $until)
    where carries and resource_type = 'vpc'
),

-- A VPC's account and Region: as it says itself, else as what knows it does.
owners as (
    select vpc_id, arg_min(account_id, rank) as account_id, arg_min(region, rank) as region
    from (
        select vpc_id, account_id, region, 1 as rank from held('vpcs', $until)
        union all
        select vpc_id, account_id, region, 2 from sides
        union all
        select resource_id, account_id, region, 3 from held_attachments
        union all
        select vpc_id, account_id, region, 4 from held('vpc_attributes', $until)
    )
    group by vpc_id
),

held_attributes as (
    select vpc_id, attribute, arg_max(is_on, observed) as is_on
    from held('vpc_attributes', $until)
    group by vpc_id, attribute
),

-- https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
attributes_off as (
    select
        case
            when a.attribute = 'enableDnsSupport' then 'dns_support_off' else 'dns_hostnames_off'
        end as finding,
        o.account_id, o.region, a.vpc_id,
        'vpc' as element_type,
        a.vpc_id as element_id,
        [case
            when a.attribute = 'enableDnsSupport'
                then 'enableDnsSupport is off: the resolver that AWS provides answers nobody in it'
            else 'enableDnsHostnames is off: its private zones and endpoints resolve to no private '
                || 'address, and its instances have no public names'
        end] as details
    from held_attributes as a
    left join owners as o on a.vpc_id = o.vpc_id
    where not a.is_on
),

-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html
peerings_off as (
    select
        'dns_resolution_off' as finding,
        arg_max(account_id, side) as account_id,
        arg_max(region, side) as region,
        arg_max(vpc_id, side) as vpc_id,
        'peering' as element_type,
        vpc_peering_connection_id as element_id,
        list(
            format(
                'from {} the public names of {} resolve to public addresses', peer_vpc_id, vpc_id
            )
            order by side desc
        ) filter (where not resolves) as details
    from sides
    group by vpc_peering_connection_id
    having bool_or(not resolves)
),

-- The tables of a transit gateway that lead to which attachment.
leads_on as (
    select distinct transit_gateway_route_table_id, transit_gateway_attachment_id
    from held('transit_gateway_routes', $until)
    where state = 'active'
),

joined as (
    select vpc_peering_connection_id as over, vpc_id, peer_vpc_id
    from sides
    where status = 'active'
    union
    select a.transit_gateway_id, a.resource_id, b.resource_id
    from held_attachments as a
    inner join held_attachments as b
        on a.transit_gateway_id = b.transit_gateway_id and a.resource_id <> b.resource_id
    inner join leads_on as there
        on
            a.transit_gateway_route_table_id = there.transit_gateway_route_table_id
            and b.transit_gateway_attachment_id = there.transit_gateway_attachment_id
    inner join leads_on as back
        on
            b.transit_gateway_route_table_id = back.transit_gateway_route_table_id
            and a.transit_gateway_attachment_id = back.transit_gateway_attachment_id
),

-- A VPC whose owner listed its route tables uses what they lead to; of others that is not known.
unrouted as (
    select j.over, j.vpc_id
    from joined as j
    inner join held('route_tables', $until) as t on j.vpc_id = t.vpc_id
    where t.observer_id = t.account_id
    except
    select target, vpc_id from held('routes', $until)
    where state is distinct from 'blackhole'
),

connected as (
    select over, vpc_id, peer_vpc_id
    from joined
    where
        (over, vpc_id) not in (from unrouted)
        and (over, peer_vpc_id) not in (from unrouted)
),

zones as (
    select distinct z.hosted_zone_id, rtrim(z.name, '.') as name, v.vpc_id
    from held('hosted_zones', $until) as z
    inner join held('hosted_zone_vpcs', $until) as v on z.hosted_zone_id = v.hosted_zone_id
    where z.private_zone
),

rules as (
    select
        resolver_rule_id,
        rtrim(arg_max(domain_name, observed), '.') as name,
        arg_max(rule_type, observed) as rule_type,
        list(distinct target_ip) as target_ips
    from held('resolver_rules', $until)
    group by resolver_rule_id
),

-- The rules of each VPC, but for the one that every VPC has: to ask the internet.
-- https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverRuleAssociation.html
ruled as (
    select distinct r.*, v.vpc_id, coalesce(v.status, 'COMPLETE') = 'COMPLETE' as is_complete
    from rules as r
    inner join held('resolver_rule_vpcs', $until) as v on r.resolver_rule_id = v.resolver_rule_id
    where
        coalesce(v.status, 'COMPLETE') not in ('FAILED', 'DELETING')
        and r.rule_type in ('FORWARD', 'SYSTEM')
),

-- A VPC may know a name by a zone of its own, or ask elsewhere by a rule, whichever fits.
-- https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
unassociated as (
    select
        'zone_not_associated' as finding,
        any_value(o.account_id) as account_id,
        any_value(o.region) as region,
        c.peer_vpc_id as vpc_id,
        'hosted-zone' as element_type,
        z.hosted_zone_id as element_id,
        [format(
            '{} is associated with {} and not with {}, which is connected by {}',
            z.name,
            few(list(distinct z.vpc_id)),
            c.peer_vpc_id,
            few(list(distinct c.over))
        )] as details
    from zones as z
    inner join connected as c on z.vpc_id = c.vpc_id
    left join owners as o on c.peer_vpc_id = o.vpc_id
    where
        not exists (
            from zones as other where other.vpc_id = c.peer_vpc_id and other.name = z.name
        )
        and not exists (
            from ruled as r
            where
                r.vpc_id = c.peer_vpc_id and r.rule_type = 'FORWARD' and is_below(z.name, r.name)
        )
    group by z.hosted_zone_id, z.name, c.peer_vpc_id
),

-- https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
endpoints_off as (
    select
        'private_dns_without_attributes' as finding,
        max(e.account_id) as account_id,
        max(e.region) as region,
        e.vpc_id,
        'vpc-endpoint' as element_type,
        e.vpc_endpoint_id as element_id,
        [format(
            'its private names for {} want {} of {}, which is off',
            max(e.service_name), array_to_string(list(distinct a.attribute), ' and '), e.vpc_id
        )] as details
    from held('vpc_endpoints', $until) as e
    inner join held_attributes as a on e.vpc_id = a.vpc_id
    where e.private_dns_enabled and not a.is_on
    group by e.vpc_id, e.vpc_endpoint_id
),

resolvers as (
    select
        resolver_endpoint_id,
        max(account_id) as account_id,
        max(region) as region,
        max(vpc_id) as vpc_id,
        arg_max(status, observed) as status,
        arg_max(status_message, observed) as status_message
    from held('resolver_endpoints', $until)
    group by resolver_endpoint_id
),

-- https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverEndpoint.html
resolvers_down as (
    select
        'resolver_endpoint_not_operational' as finding,
        account_id, region, vpc_id,
        'resolver-endpoint' as element_type,
        resolver_endpoint_id as element_id,
        [format('it is {}: {}', status, coalesce(status_message, 'AWS does not say why'))]
            as details
    from resolvers
    where status <> 'OPERATIONAL'
),

-- Who answers for a name wants no rule that asks elsewhere for it: that would go round in a circle.
-- https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-resolver-endpoints.html
answering as (
    select vpc_id, range_of(cidr) as block
    from (
        select distinct vpc_id, cidr from held('vpc_cidrs', $until)
        where coalesce(state, 'associated') = 'associated'
        union
        select distinct vpc_id, cidr from held('peering_cidrs', $until)
    )
),

-- An account is told of associations with its own VPCs alone.
-- https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ListResolverRuleAssociations.html
rules_unused as (
    select
        'resolver_rule_not_associated' as finding,
        o.account_id, o.region,
        c.peer_vpc_id as vpc_id,
        'resolver-rule' as element_type,
        r.resolver_rule_id as element_id,
        [format(
            'names below {} are forwarded for {} and not for {}, which is connected by {}',
            r.name,
            few(list(distinct r.vpc_id)),
            c.peer_vpc_id,
            few(list(distinct c.over))
        )] as details
    from ruled as r
    inner join connected as c on r.vpc_id = c.vpc_id
    inner join owners as o on c.peer_vpc_id = o.vpc_id
    inner join asked as k
        on
            k.call = 'list-resolver-rule-associations'
            and o.account_id = k.account_id and o.region = k.region
    where
        r.rule_type = 'FORWARD' and r.is_complete
        and not exists (
            from ruled as other
            where other.vpc_id = c.peer_vpc_id and is_below(r.name, other.name)
        )
        and not exists (
            from zones as z
            where
                z.vpc_id = c.peer_vpc_id
                and (is_below(r.name, z.name) or is_below(z.name, r.name))
        )
        and not exists (
            from answering as a
            cross join (select unnest(r.target_ips) as target_ip) as t
            where a.vpc_id = c.peer_vpc_id and covers(a.block, range_of(t.target_ip))
        )
    group by o.account_id, o.region, c.peer_vpc_id, r.resolver_rule_id, r.name
)

from attributes_off
union all
from peerings_off
union all
from unassociated
union all
from endpoints_off
union all
from resolvers_down
union all
from rules_unused
order by finding, element_id, details
