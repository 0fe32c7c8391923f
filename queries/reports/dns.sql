-- Names that resolve elsewhere: attributes that are off, zones and rules that a VPC does not have.
-- param until      timestamptz  the configuration as of then; NULL for now
with moment as (
    select coalesce($until::timestamptz, now()) as moment
),

owners as (
    select v.vpc_id, max(v.account_id) as account_id, max(v.region) as region
    from vpcs as v
    cross join moment as m
    where held_at(v.valid_from, v.valid_to, m.moment)
    group by v.vpc_id
),

attributes as (
    select a.vpc_id, a.attribute, arg_max(a.is_on, a.valid_from) as is_on
    from vpc_attributes as a
    cross join moment as m
    where held_at(a.valid_from, a.valid_to, m.moment)
    group by a.vpc_id, a.attribute
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
    from attributes as a
    left join owners as o on a.vpc_id = o.vpc_id
    where not a.is_on
),

joined as (
    select
        p.vpc_peering_connection_id,
        max(p.requester_vpc_id) as requester_vpc_id,
        max(p.accepter_vpc_id) as accepter_vpc_id,
        max(p.requester_account_id) as account_id,
        max(p.requester_region) as region,
        bool_or(p.requester_allow_dns_resolution_from_remote_vpc) as requester_resolves,
        bool_or(p.accepter_allow_dns_resolution_from_remote_vpc) as accepter_resolves
    from peerings as p
    cross join moment as m
    where held_at(p.valid_from, p.valid_to, m.moment)
    group by p.vpc_peering_connection_id
    having bool_and(p.status = 'active')
),

-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html
peerings_off as (
    select
        'dns_resolution_off' as finding,
        account_id, region,
        requester_vpc_id as vpc_id,
        'peering' as element_type,
        vpc_peering_connection_id as element_id,
        list_filter(
            [
                case when not requester_resolves then format(
                    'from {} the public names of {} resolve to public addresses',
                    accepter_vpc_id, requester_vpc_id
                ) end,
                case when not accepter_resolves then format(
                    'from {} the public names of {} resolve to public addresses',
                    requester_vpc_id, accepter_vpc_id
                ) end
            ],
            lambda line: line is not null
        ) as details
    from joined
    where not requester_resolves or not accepter_resolves
),

connected as (
    select vpc_peering_connection_id as over, requester_vpc_id as vpc_id,
        accepter_vpc_id as peer_vpc_id
    from joined
    union
    select vpc_peering_connection_id, accepter_vpc_id, requester_vpc_id
    from joined
    union
    select a.transit_gateway_id, a.vpc_id, b.vpc_id
    from transit_gateway_vpc_attachments as a
    inner join transit_gateway_vpc_attachments as b
        on a.transit_gateway_id = b.transit_gateway_id and a.vpc_id <> b.vpc_id
    cross join moment as m
    where
        held_at(a.valid_from, a.valid_to, m.moment)
        and held_at(b.valid_from, b.valid_to, m.moment)
),

zones as (
    select distinct z.hosted_zone_id, z.name, v.vpc_id
    from hosted_zones as z
    inner join hosted_zone_vpcs as v on z.hosted_zone_id = v.hosted_zone_id
    cross join moment as m
    where
        z.private_zone
        and held_at(z.valid_from, z.valid_to, m.moment)
        and held_at(v.valid_from, v.valid_to, m.moment)
),

unassociated as (
    select
        'zone_not_associated' as finding,
        o.account_id, o.region,
        c.peer_vpc_id as vpc_id,
        'hosted-zone' as element_type,
        z.hosted_zone_id as element_id,
        [format(
            '{} is known in {} and not in {}, which is connected to it by {}',
            z.name, z.vpc_id, c.peer_vpc_id, c.over
        )] as details
    from zones as z
    inner join connected as c on z.vpc_id = c.vpc_id
    left join owners as o on c.peer_vpc_id = o.vpc_id
    where not exists (
        from zones as other
        where other.hosted_zone_id = z.hosted_zone_id and other.vpc_id = c.peer_vpc_id
    )
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
    from vpc_endpoints as e
    inner join attributes as a on e.vpc_id = a.vpc_id
    cross join moment as m
    where
        e.private_dns_enabled and not a.is_on
        and held_at(e.valid_from, e.valid_to, m.moment)
    group by e.vpc_id, e.vpc_endpoint_id
),

resolvers as (
    select
        r.resolver_endpoint_id,
        max(r.account_id) as account_id,
        max(r.region) as region,
        max(r.vpc_id) as vpc_id,
        arg_max(r.status, r.valid_from) as status,
        arg_max(r.status_message, r.valid_from) as status_message
    from resolver_endpoints as r
    cross join moment as m
    where held_at(r.valid_from, r.valid_to, m.moment)
    group by r.resolver_endpoint_id
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

rules_unused as (
    select
        'resolver_rule_not_associated' as finding,
        o.account_id, o.region,
        c.peer_vpc_id as vpc_id,
        'resolver-rule' as element_type,
        r.resolver_rule_id as element_id,
        [format(
            'names below {} are forwarded for {} and not for {}, which is connected to it by {}',
            r.domain_name, v.vpc_id, c.peer_vpc_id, c.over
        )] as details
    from (
        select distinct r.resolver_rule_id, r.domain_name
        from resolver_rules as r
        cross join moment as m
        where
            r.rule_type = 'FORWARD'
            and held_at(r.valid_from, r.valid_to, m.moment)
    ) as r
    inner join resolver_rule_vpcs as v on r.resolver_rule_id = v.resolver_rule_id
    inner join connected as c on v.vpc_id = c.vpc_id
    left join owners as o on c.peer_vpc_id = o.vpc_id
    cross join moment as m
    where
        held_at(v.valid_from, v.valid_to, m.moment)
        and not exists (
            from resolver_rule_vpcs as w
            where
                w.resolver_rule_id = r.resolver_rule_id and w.vpc_id = c.peer_vpc_id
                and held_at(w.valid_from, w.valid_to, m.moment)
        )
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
