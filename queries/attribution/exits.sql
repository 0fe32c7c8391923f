-- The gateways, endpoints and appliances that a route leads to: that of the interface's subnet, or,
-- behind a transit gateway, that of all of the gateway's subnets alike.
with behind as (
    select
        h.end_id,
        min(h.target) as target,
        min(h.destination) as destination,
        max(h.state) as state
    from home_hops as h
    group by h.end_id
    having count(distinct h.target) = 1 and count(*) = count(h.target)
)

select
    e.end_id, e.moment, e.family, e.number, e.is_private, e.interface_id, e.vpc_id, h.target, h.destination,
    h.state, false as is_behind
from ends as e
inner join next_hops as h on e.end_id = h.end_id
where
    e.is_followed
    and not coalesce(e.is_neighbour, false)
    and h.target <> 'local' and h.target not like 'pcx-%' and h.target not like 'tgw-%'
union all
select
    e.end_id, e.moment, e.family, e.number, e.is_private, null, l.vpc_id, b.target, b.destination,
    b.state, true
from behind as b
inner join ends as e on b.end_id = e.end_id
inner join landings as l on b.end_id = l.end_id
where b.target <> 'local'
