-- How the Amazon DNS server of a VPC answers a name, as far as the snapshots have it: by the private
-- zone or the forwarding rule whose name is nearest, a rule before a zone of the same name. What is
-- in no zone and under no rule is asked of the internet.
-- https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
-- param wanted  text         the name, without the dot at its end
-- param vpc_id  text         the VPC that asks
-- param moment  timestamptz  the configuration as of then; before the first snapshot the first one
with zones as (
    select distinct z.hosted_zone_id, rtrim(lower(z.name), '.') as name
    from hosted_zones as z
    inner join scopes as s on z.scope = s.scope
    where
        z.private_zone
        and is_below($wanted, rtrim(z.name, '.'))
        and in_force(z.valid_from, z.valid_to, s.first_observed, $moment::timestamptz)
),

zones_of_vpcs as (
    select distinct z.hosted_zone_id, z.name, v.vpc_id
    from zones as z
    inner join hosted_zone_vpcs as v on z.hosted_zone_id = v.hosted_zone_id
    inner join scopes as s on v.scope = s.scope
    where in_force(v.valid_from, v.valid_to, s.first_observed, $moment::timestamptz)
),

rules as (
    select
        r.resolver_rule_id,
        rtrim(lower(max(r.domain_name)), '.') as name,
        max(r.rule_type) as rule_type,
        list_sort(list(distinct r.target_ip)) as target_ips
    from resolver_rules as r
    inner join scopes as s on r.scope = s.scope
    inner join resolver_rule_vpcs as v on r.resolver_rule_id = v.resolver_rule_id
    inner join scopes as sv on v.scope = sv.scope
    where
        v.vpc_id = $vpc_id
        and coalesce(v.status, 'COMPLETE') = 'COMPLETE'
        and is_below($wanted, rtrim(r.domain_name, '.'))
        and in_force(r.valid_from, r.valid_to, s.first_observed, $moment::timestamptz)
        and in_force(v.valid_from, v.valid_to, sv.first_observed, $moment::timestamptz)
    group by r.resolver_rule_id
),

own_zone as (
    from zones_of_vpcs
    where vpc_id = $vpc_id
    order by len(name) desc, hosted_zone_id
    limit 1
),

-- A rule of the type SYSTEM has the names below it answered as if there were no rule.
own_rule as (
    from rules
    where rule_type in ('FORWARD', 'SYSTEM')
    order by len(name) desc, resolver_rule_id
    limit 1
),

-- The name itself, else the wildcard nearest above it.
-- https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
records as (
    select
        rtrim(lower(replace(r.name, '\052', '*')), '.') as name,
        r.type,
        coalesce(rtrim(r.alias, '.'), r.value) as value,
        r.alias is not null as is_alias
    from own_zone as z
    inner join hosted_zone_records as r on z.hosted_zone_id = r.hosted_zone_id
    inner join scopes as s on r.scope = s.scope
    where in_force(r.valid_from, r.valid_to, s.first_observed, $moment::timestamptz)
),

answering as (
    select
        name,
        list_sort(list(distinct {'type': type, 'value': value, 'is_alias': is_alias})) as records
    from records
    where
        type in ('A', 'AAAA', 'CNAME')
        and (
            name = lower($wanted)
            or (starts_with(name, '*.') and ends_with(lower($wanted), substr(name, 2)))
        )
    group by name
    order by name = lower($wanted) desc, len(name) desc
    limit 1
),

-- Whether the zone was listed, or the name in it asked for.
asked as (
    select bool_or(
        ends_with(s.scope, '/' || z.hosted_zone_id)
        or ends_with(s.scope, '/' || lower($wanted) || '.')
    ) as is_known
    from own_zone as z
    inner join scopes as s
        on s.call = 'list-resource-record-sets' and s.subject_id = z.hosted_zone_id
),

attributes as (
    select
        bool_and(a.is_on) filter (where a.attribute = 'enableDnsSupport') as has_support,
        bool_and(a.is_on) filter (where a.attribute = 'enableDnsHostnames') as has_hostnames
    from vpc_attributes as a
    inner join scopes as s on a.scope = s.scope
    where
        a.vpc_id = $vpc_id
        and in_force(a.valid_from, a.valid_to, s.first_observed, $moment::timestamptz)
),

elsewhere as (
    select list_sort(list(distinct hosted_zone_id || ' (' || name || ')')) as zones
    from zones_of_vpcs
    where hosted_zone_id not in (select hosted_zone_id from own_zone)
)

select
    t.has_support,
    t.has_hostnames,
    z.hosted_zone_id,
    z.name as zone_name,
    coalesce(k.is_known, false) as zone_is_known,
    r.resolver_rule_id,
    r.name as rule_name,
    r.rule_type,
    r.target_ips,
    a.records,
    e.zones as zones_elsewhere,
    (select count(*) > 0 from scopes where call = 'list-hosted-zones') as zones_are_listed
from attributes as t
left join own_zone as z on true
left join own_rule as r on true
left join answering as a on true
left join asked as k on true
left join elsewhere as e on true
