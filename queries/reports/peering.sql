-- Every peering connection: its status, routes and DNS on both sides, and what cannot work across it.
-- param until      timestamptz  the configuration as of then; NULL for now
with moment as (
    select coalesce($until::timestamptz, now()) as moment
),

-- Both parties see a connection, and only an active one says all of itself.
held as (
    select
        p.vpc_peering_connection_id,
        arg_max(p.status, p.valid_from) as status,
        arg_max(p.status_message, p.valid_from) as status_message,
        max(p.requester_vpc_id) as requester_vpc_id,
        max(p.requester_account_id) as requester_account_id,
        max(p.requester_region) as requester_region,
        max(p.accepter_vpc_id) as accepter_vpc_id,
        max(p.accepter_account_id) as accepter_account_id,
        max(p.accepter_region) as accepter_region,
        bool_or(p.requester_allow_dns_resolution_from_remote_vpc) as requester_resolves,
        bool_or(p.accepter_allow_dns_resolution_from_remote_vpc) as accepter_resolves
    from peerings as p
    cross join moment as m
    where held_at(p.valid_from, p.valid_to, m.moment)
    group by p.vpc_peering_connection_id
),

sides as (
    select
        vpc_peering_connection_id, 'requester' as side, requester_vpc_id as vpc_id,
        requester_account_id as account_id, requester_region as region,
        accepter_vpc_id as peer_vpc_id, requester_resolves as resolves
    from held
    union all
    select
        vpc_peering_connection_id, 'accepter', accepter_vpc_id,
        accepter_account_id, accepter_region,
        requester_vpc_id, accepter_resolves
    from held
),

blocks as (
    select distinct c.vpc_id, c.cidr
    from vpc_cidrs as c
    cross join moment as m
    where
        held_at(c.valid_from, c.valid_to, m.moment)
        and coalesce(c.state, 'associated') = 'associated'
    union
    select distinct c.vpc_id, c.cidr
    from peering_cidrs as c
    cross join moment as m
    where held_at(c.valid_from, c.valid_to, m.moment)
),

ranges as (
    select
        vpc_id,
        cidr,
        contains(cidr, ':') as is_ipv6,
        first_in(address_number(split_part(cidr, '/', 1)), host_bits(cidr)) as first_address,
        last_in(address_number(split_part(cidr, '/', 1)), host_bits(cidr)) as last_address
    from blocks
),

overlapping as (
    select
        h.vpc_peering_connection_id,
        list(format('{} with {}', a.cidr, b.cidr) order by a.cidr, b.cidr) as pairs
    from held as h
    inner join ranges as a on h.requester_vpc_id = a.vpc_id
    inner join ranges as b
        on
            h.accepter_vpc_id = b.vpc_id
            and a.is_ipv6 = b.is_ipv6
            and a.first_address <= b.last_address
            and b.first_address <= a.last_address
    where h.requester_vpc_id <> h.accepter_vpc_id
    group by h.vpc_peering_connection_id
),

across as (
    select distinct
        s.vpc_peering_connection_id,
        s.side,
        r.route_table_id,
        coalesce(r.destination, r.destination_prefix_list_id) as destination,
        r.state
    from sides as s
    inner join routes as r on s.vpc_peering_connection_id = r.target and s.vpc_id = r.vpc_id
    cross join moment as m
    where held_at(r.valid_from, r.valid_to, m.moment)
),

routed as (
    select
        vpc_peering_connection_id,
        side,
        bool_or(state = 'blackhole') as has_blackhole,
        list(
            format('{} in {}: {}', destination, route_table_id, coalesce(state, 'state unknown'))
            order by destination, route_table_id
        ) as routes
    from across
    group by vpc_peering_connection_id, side
),

-- A side whose route tables nobody listed is unknown, not without routes.
listed as (
    select distinct t.vpc_id
    from route_tables as t
    cross join moment as m
    where held_at(t.valid_from, t.valid_to, m.moment)
),

told as (
    select
        s.*,
        l.vpc_id is not null as is_listed,
        coalesce(r.routes, []::varchar[]) as routes,
        coalesce(r.has_blackhole, false) as has_blackhole
    from sides as s
    left join listed as l on s.vpc_id = l.vpc_id
    left join routed as r
        on s.vpc_peering_connection_id = r.vpc_peering_connection_id and s.side = r.side
),

-- AWS says that a rule is stale by the status of the peering, and where the group alone is gone by
-- describe-stale-security-groups.
-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
said_stale as (
    select s.vpc_peering_connection_id, s.group_id, s.account_id, s.region, s.referenced_group_id,
        coalesce(nullif(s.peering_status, 'active'), 'the group is gone') as why
    from stale_security_group_rules as s
    cross join moment as m
    where held_at(s.valid_from, s.valid_to, m.moment) and s.vpc_peering_connection_id is not null
),

referring as (
    select
        r.vpc_peering_connection_id,
        r.group_id,
        r.referenced_group_id,
        any_value(r.account_id) as account_id,
        any_value(r.region) as region,
        max(coalesce(s.why, nullif(r.peering_status, 'active'))) as stale
    from security_group_rules as r
    left join said_stale as s using (vpc_peering_connection_id, group_id, referenced_group_id)
    cross join moment as m
    where
        held_at(r.valid_from, r.valid_to, m.moment) and r.vpc_peering_connection_id is not null
    group by all
    union
    select vpc_peering_connection_id, group_id, referenced_group_id, account_id, region, why
    from said_stale
),

told_of_references as (
    select
        r.*,
        h.vpc_peering_connection_id is null as is_unheld,
        coalesce(h.requester_region <> h.accepter_region, false) as is_across_regions,
        format(
            '{} refers to {}{}',
            r.group_id,
            r.referenced_group_id,
            case
                when h.requester_region <> h.accepter_region
                    then ', which works in one Region only'
                when r.stale is not null then format(', which is stale ({})', r.stale)
                else ''
            end
        ) as said
    from referring as r
    left join held as h using (vpc_peering_connection_id)
),

references_across as (
    select
        vpc_peering_connection_id,
        any_value(account_id) as account_id,
        any_value(region) as region,
        bool_or(is_unheld) as is_unheld,
        bool_or(is_across_regions) as any_across_regions,
        bool_or(stale is not null) as any_stale,
        list(distinct said order by said) as said
    from told_of_references
    group by vpc_peering_connection_id
),

by_connection as (
    select
        vpc_peering_connection_id,
        bool_or(is_listed and len(routes) = 0) as lacks_route,
        bool_or(has_blackhole) as has_blackhole,
        bool_or(resolves = false) as has_no_dns,
        list(
            format(
                '{} {} of account {} in {}: {}',
                side, vpc_id, account_id, region,
                case
                    when len(routes) > 0 then format('routes {}', array_to_string(routes, ', '))
                    when is_listed then 'no route leads into the connection'
                    else 'its route tables are in no snapshot'
                end
            )
            order by side desc
        ) as ends,
        list(
            format(
                'names of the {} resolve to {} addresses from the other side',
                side,
                case when resolves then 'private' else 'public' end
            )
            order by side desc
        ) filter (where resolves is not null) as resolving
    from told
    group by vpc_peering_connection_id
)

select
    list_filter(
        [
            case when h.status <> 'active' then 'peering_not_active' end,
            case when b.has_blackhole then 'route_blackhole' end,
            case when b.lacks_route then 'route_missing' end,
            case when o.pairs is not null then 'cidrs_overlap' end,
            case when r.any_across_regions then 'sg_reference_across_regions' end,
            case when r.any_stale then 'sg_reference_stale' end,
            case when b.has_no_dns then 'dns_resolution_off' end
        ],
        lambda finding: finding is not null
    ) as findings,
    h.requester_account_id as account_id,
    h.requester_region as region,
    'peering' as element_type,
    h.vpc_peering_connection_id as element_id,
    list_concat(
        [format(
            'status {}{}',
            h.status,
            case when h.status_message is null then '' else format(' ({})', h.status_message) end
        )],
        b.ends,
        coalesce(b.resolving, []::varchar[]),
        coalesce(
            list_transform(o.pairs, lambda pair: 'blocks overlap: ' || pair), []::varchar[]
        ),
        coalesce(r.said, []::varchar[])
    ) as details,
    h.status,
    h.requester_vpc_id as vpc_id,
    h.accepter_vpc_id as peer_vpc_id,
    h.accepter_account_id as peer_account_id,
    h.accepter_region as peer_region
from held as h
inner join by_connection as b using (vpc_peering_connection_id)
left join overlapping as o using (vpc_peering_connection_id)
left join references_across as r using (vpc_peering_connection_id)
union all by name
-- A connection that is gone leaves the rules that refer to groups across it.
select
    ['sg_reference_stale'] as findings,
    account_id,
    region,
    'peering' as element_type,
    vpc_peering_connection_id as element_id,
    list_concat(['the connection is in no snapshot'], said) as details
from references_across
where is_unheld and any_stale
order by len(findings) = 0, status is not distinct from 'active', element_id
