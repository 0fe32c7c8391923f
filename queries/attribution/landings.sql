-- The VPC that each end's way leads into: its own by the local route, another's over a peering
-- connection, or the one behind the last transit gateway. `in_blocks` is whether the address is
-- one of its own, NULL where no snapshot has its blocks.
with reached as (
    select
        e.end_id, e.moment, e.family, e.number, e.vpc_id,
        'local' as over, null::varchar as transit_gateway_id, null::varchar as attachment_id
    from ends as e
    left join next_hops as h on e.end_id = h.end_id
    left join vpc_blocks_at as b
        on
            e.moment = b.moment
            and e.vpc_id = b.vpc_id
            and e.family = b.family
            and e.number between b.first_address and b.last_address
    -- Every table has the VPC's own route, also one that is in no snapshot.
    where
        h.target = 'local'
        or coalesce(e.is_neighbour, false)
        or (h.route_table_id is null and b.vpc_id is not null)
    union
    select e.end_id, e.moment, e.family, e.number, p.peer_vpc_id, 'peering', null, null
    from ends as e
    inner join peering_hops as p on e.end_id = p.end_id
    where p.peer_vpc_id is not null and p.in_blocks is distinct from false
    union
    select
        e.end_id, e.moment, e.family, e.number, h.resource_id, 'transit-gateway',
        h.transit_gateway_id, h.next_attachment_id
    from ends as e
    inner join (
        select end_id, transit_gateway_id, next_attachment_id, resource_type, resource_id, route_state
        from gateway_hops
        union all
        select end_id, transit_gateway_id, next_attachment_id, resource_type, resource_id, route_state
        from far_hops
    ) as h on e.end_id = h.end_id
    where h.resource_type = 'vpc' and h.route_state = 'active' and h.resource_id is not null
)

select
    r.*,
    bool_or(
        r.over = 'local'
        or (r.family = b.family and r.number between b.first_address and b.last_address)
    ) as in_blocks
from reached as r
left join far_blocks_at as b on r.moment = b.moment and r.vpc_id = b.vpc_id
group by all
