-- Every peering connection: its status, routes and DNS on both sides, and what cannot work across it.
-- param until      timestamptz  the configuration as of then; NULL for now
with asked as (
    select distinct account_id, region
    from observations
    where
        call = 'describe-vpc-peering-connections' and complete
        and finished <= coalesce($until::timestamptz, now())
),

sides as (
    from peering_sides('peerings', $until)
),

connections as (
    from sides where side = 'requester'
),

blocks as (
    select distinct vpc_id, cidr
    from held('vpc_cidrs', $until)
    where coalesce(state, 'associated') = 'associated'
    union
    select distinct vpc_id, cidr
    from held('peering_cidrs', $until)
),

ranges as (
    select vpc_id, cidr, range_of(cidr) as block
    from blocks
),

overlapping as (
    select
        c.vpc_peering_connection_id,
        list(format('{} with {}', a.cidr, b.cidr) order by a.cidr, b.cidr) as pairs
    from connections as c
    inner join ranges as a on c.vpc_id = a.vpc_id
    inner join ranges as b on c.peer_vpc_id = b.vpc_id and meets(a.block, b.block)
    where c.vpc_id <> c.peer_vpc_id
    group by c.vpc_peering_connection_id
),

across as (
    select distinct
        s.vpc_peering_connection_id,
        s.side,
        r.route_table_id,
        s.peer_vpc_id,
        s.status,
        coalesce(r.destination, r.destination_prefix_list_id) as destination,
        r.destination as block,
        r.destination_prefix_list_id,
        r.state
    from sides as s
    inner join (
        from held('routes', $until)
        qualify observed = max(observed) over (partition by route_table_id)
    ) as r on s.vpc_peering_connection_id = r.target and s.vpc_id = r.vpc_id
),

-- A connection carries what is for the VPC behind it and nothing else: neither to a gateway there nor
-- to a third VPC. The blocks of a VPC have no address in common, so their shares of a route add up.
-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations
led as (
    select distinct a.* exclude (block), range_of(coalesce(a.block, e.cidr)) as block
    from across as a
    left join held('prefix_list_entries', $until) as e
        on a.destination_prefix_list_id = e.prefix_list_id
    where a.status = 'active' and a.state = 'active'
),

shares as (
    select
        l.vpc_peering_connection_id, l.route_table_id, l.destination, l.peer_vpc_id, l.block,
        sum(
            case
                when not meets(l.block, r.block) then 0
                else pow(2, least(r.block.bits - l.block.bits, 0))
            end
        ) as share,
        list(r.cidr order by r.cidr) as cidrs
    from led as l
    inner join ranges as r on l.peer_vpc_id = r.vpc_id
    where l.block.first_address is not null
    group by all
),

going_beyond as (
    select
        vpc_peering_connection_id,
        list(distinct format(
            '{} in {} {} the blocks of {} ({}): {} is dropped',
            destination, route_table_id,
            case when share = 0 then 'is for none of' else 'is for more than' end,
            peer_vpc_id, array_to_string(cidrs, ', '),
            case when share = 0 then 'all of it' else 'the rest' end
        )) as said
    from shares
    where share < 1
    group by vpc_peering_connection_id
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

-- A side whose route tables nobody listed is unknown, not without routes, and participants of a
-- shared VPC see some of its tables.
-- https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
listed as (
    select distinct vpc_id
    from held('route_tables', $until)
    where observer_id = account_id
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
-- describe-stale-security-groups. Where it says neither, the connection tells.
-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
said_stale as (
    select vpc_peering_connection_id, group_id, account_id, region, referenced_group_id,
        coalesce(nullif(peering_status, 'active'), 'the group is gone') as why
    from held('stale_security_group_rules', $until)
    where vpc_peering_connection_id is not null
),

referring as (
    select
        r.vpc_peering_connection_id,
        r.group_id,
        r.referenced_group_id,
        any_value(r.account_id) as account_id,
        any_value(r.region) as region,
        max(coalesce(s.why, nullif(r.peering_status, 'active'))) as stale
    from held('security_group_rules', $until) as r
    left join said_stale as s using (vpc_peering_connection_id, group_id, referenced_group_id)
    where r.vpc_peering_connection_id is not null
    group by all
    union
    select vpc_peering_connection_id, group_id, referenced_group_id, account_id, region, why
    from said_stale
),

explained as (
    select
        r.* exclude (stale),
        coalesce(
            r.stale,
            case
                when c.status in ('deleting', 'deleted', 'rejected', 'expired', 'failed')
                    then c.status
                when c.vpc_peering_connection_id is null and a.account_id is not null
                    then 'the connection is gone'
            end
        ) as stale,
        c.vpc_peering_connection_id is null as is_unheld,
        coalesce(c.region <> c.peer_region, false) as is_across_regions
    from referring as r
    left join connections as c using (vpc_peering_connection_id)
    left join asked as a on r.account_id = a.account_id and r.region = a.region
),

told_of_references as (
    select
        *,
        format(
            '{} refers to {}{}',
            group_id,
            referenced_group_id,
            case
                when is_across_regions then ', which works in one Region only'
                when stale is not null then format(', which is stale ({})', stale)
                else ''
            end
        ) as said
    from explained
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
                    else 'its route tables are in no snapshot of its owner'
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
            case when c.status <> 'active' then 'peering_not_active' end,
            case when b.has_blackhole then 'route_blackhole' end,
            case when c.status = 'active' and b.lacks_route then 'route_missing' end,
            case when g.said is not null then 'outside_peer_cidr' end,
            case when o.pairs is not null then 'cidrs_overlap' end,
            case when r.any_across_regions then 'sg_reference_across_regions' end,
            case when r.any_stale then 'sg_reference_stale' end,
            case when b.has_no_dns then 'dns_resolution_off' end
        ],
        lambda finding: finding is not null
    ) as findings,
    c.account_id,
    c.region,
    'peering' as element_type,
    c.vpc_peering_connection_id as element_id,
    list_concat(
        [format(
            'status {}{}',
            c.status,
            case when c.status_message is null then '' else format(' ({})', c.status_message) end
        )],
        b.ends,
        coalesce(b.resolving, []::varchar[]),
        coalesce(list_sort(g.said), []::varchar[]),
        coalesce(
            list_transform(o.pairs, lambda pair: 'blocks overlap: ' || pair), []::varchar[]
        ),
        coalesce(r.said, []::varchar[])
    ) as details,
    c.status,
    c.vpc_id,
    c.peer_vpc_id,
    c.peer_account_id,
    c.peer_region
from connections as c
inner join by_connection as b using (vpc_peering_connection_id)
left join going_beyond as g using (vpc_peering_connection_id)
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
