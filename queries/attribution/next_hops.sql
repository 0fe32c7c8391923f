-- Where the route of each interface towards each peer leads: the longest prefix wins, then static
-- before prefix-list before propagated routes; a blackhole keeps its prefix.
-- https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
with ends as (
    select distinct interface_id, moment, peer_ip
    from asked
    where moment is not null and peer_ip is not null
),

ranged as (
    select r.*, n.family, n.first_address, n.last_address, n.bits
    from routes_at as r
    inner join networks as n on r.destination = n.block
    union all
    select r.*, b.block.family, b.block.first_address, b.block.last_address, b.block.bits
    from routes_at as r
    inner join prefix_lists_at as p
        on r.moment = p.moment and r.destination_prefix_list_id = p.prefix_list_id
    cross join lateral (select unnest(p.blocks) as block) as b
)

select
    e.interface_id,
    e.moment,
    e.peer_ip,
    p.family as peer_family,
    p.first_address as peer_number,
    r.route_table_id,
    r.target,
    r.state as route_state
from ends as e
inner join networks as p on e.peer_ip = p.block
left join ranged as r
    on
        e.interface_id = r.interface_id
        and e.moment = r.moment
        and p.family = r.family
        and p.first_address between r.first_address and r.last_address
qualify row_number() over (
    partition by e.interface_id, e.moment, e.peer_ip
    order by
        r.bits nulls last,
        coalesce(r.origin, '') = 'EnableVgwRoutePropagation',
        r.destination_prefix_list_id is not null,
        r.target
) = 1
