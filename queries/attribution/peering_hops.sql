-- What a peering connection does with what a route sends into it. It carries only what is for a
-- block of the VPC at its other side: `in_blocks`, NULL where no snapshot has them. `goes_on` is
-- whether that VPC could reach the address itself, which helps nobody: a peering is not transitive.
-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
with entering as (
    select
        e.end_id,
        e.moment,
        e.family,
        e.number,
        e.is_private,
        h.target as vpc_peering_connection_id,
        h.state as route_state,
        p.peer_vpc_id,
        p.is_active,
        p.status,
        coalesce(p.doubtful, false) as doubtful
    from ends as e
    inner join next_hops as h on e.end_id = h.end_id
    left join peerings_at as p
        on
            e.moment = p.moment
            and h.target = p.vpc_peering_connection_id
            and e.vpc_id = p.vpc_id
    where h.target like 'pcx-%'
),

beyond as (
    select distinct q.end_id
    from entering as q
    inner join far_blocks_at as b
        on
            q.moment = b.moment
            and q.family = b.family
            and q.number between b.first_address and b.last_address
    inner join vpc_links_at as l
        on q.moment = l.moment and q.peer_vpc_id = l.vpc_id and b.vpc_id = l.peer_vpc_id
    left join peerings_at as p
        on l.moment = p.moment and l.vpc_id = p.vpc_id and l.peer_vpc_id = p.peer_vpc_id
    where p.is_active or l.over_gateway is not null
)

select
    q.* exclude (family, number, is_private),
    bool_or(q.family = b.family and q.number between b.first_address and b.last_address)
        as in_blocks,
    coalesce(bool_and(b.late), false) as blocks_late,
    bool_or(not q.is_private or g.end_id is not null) as goes_on
from entering as q
left join far_blocks_at as b on q.moment = b.moment and q.peer_vpc_id = b.vpc_id
left join beyond as g on q.end_id = g.end_id
group by all
