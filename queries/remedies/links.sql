-- What leads from a route table to the VPC of a lost packet's other end, as things stand now: the
-- peering connections and transit gateways that join the two. Where the tables of that VPC have a way
-- to the packet's own address, only what that way takes is meant: two ways of one connection that
-- differ meet other firewalls. A route to a prefix list of which no snapshot has the entries may be
-- such a way.
-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html
-- https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
with held_attachments as (
    from attachments('transit_gateway_attachments', null)
),

joined as (
    select vpc_id, peer_vpc_id, vpc_peering_connection_id as target
    from peering_sides('peerings', null)
    where status = 'active'
    union
    select a.resource_id, b.resource_id, a.transit_gateway_id
    from held_attachments as a
    inner join held_attachments as b on a.transit_gateway_id = b.transit_gateway_id
    where
        a.carries and b.carries and a.resource_type = 'vpc' and b.resource_type = 'vpc'
        and a.resource_id <> b.resource_id
),

held_routes as (
    select distinct r.route_table_id, r.vpc_id, r.target,
        range_of(coalesce(r.destination, e.cidr)) as block
    from (
        from held('routes', null)
        qualify observed = max(observed) over (partition by route_table_id)
    ) as r
    left join held('prefix_list_entries', null) as e
        on r.destination_prefix_list_id = e.prefix_list_id
    where r.state = 'active'
),

-- The longest prefix decides in each table. What leads to the internet, or stays, is no way here.
ways_back as (
    select distinct finding, target
    from (
        select l.finding, r.target
        from lost as l
        inner join held_routes as r on l.peer_vpc_id = r.vpc_id
        where r.block.first_address is null or covers(r.block, range_of(l.own_ip))
        qualify
            r.block.first_address is null
            or r.block.bits = min(r.block.bits) filter (
                where r.block.first_address is not null
            ) over (partition by l.finding, l.own_ip, r.route_table_id)
    ) as led
    where not regexp_matches(target, '^(local$|igw-|eigw-|cagw-|nat-)')
)

select l.finding, list(distinct j.target order by j.target) as targets
from lost as l
inner join joined as j on l.vpc_id = j.vpc_id and l.peer_vpc_id = j.peer_vpc_id
where
    l.element_id not in (select route_table_id from route_tables where vpc_id <> l.vpc_id)
    and (
        l.finding not in (select finding from ways_back)
        or (
            exists (from ways_back as w where w.finding = l.finding and w.target = j.target)
            -- Which of several tables is the peer's is not asked: none may go by something else.
            and not exists (
                from ways_back as w
                where w.finding = l.finding and w.target not in (select target from joined)
            )
        )
    )
group by l.finding
order by all
