-- The other end of each packet: its VPC along the way, never by a look-up of the address alone, for
-- two VPCs may hold the same one. Where the way names no VPC, those that hold it are listed.
with resolved as (
    select
        e.*,
        h.target,
        coalesce(h.late, false) as route_late,
        l.over = 'local' or b.vpc_id is not null as is_local,
        case
            when b.vpc_id is not null then e.vpc_id
            when l.in_blocks is distinct from false then l.vpc_id
        end as peer_vpc_id
    from ends as e
    left join next_hops as h on e.end_id = h.end_id
    left join landings as l on e.end_id = l.end_id
    left join vpc_blocks_at as b
        on
            e.moment = b.moment
            and e.vpc_id = b.vpc_id
            and e.family = b.family
            and e.number between b.first_address and b.last_address
    qualify row_number() over (partition by e.end_id) = 1
),

named as (
    select
        *,
        case
            when is_local then 'local'
            when target like 'pcx-%' then 'peering'
            when target like 'tgw-%' then 'transit-gateway'
            when target like 'igw-%' or target like 'eigw-%' or target like 'cagw-%' then 'internet'
            when target like 'nat-%' then 'nat'
            when target like 'vgw-%' then 'vpn'
            when target like 'vpce-%' then 'endpoint'
            else 'unknown'
        end as path
    from resolved
),

-- The interface that holds the address, in the VPC that the way names.
holders as (
    select
        r.end_id,
        min(h.interface_id) as peer_interface_id,
        min(h.account_id) as peer_account_id,
        bool_and(h.late) as peer_late
    from named as r
    inner join addresses_at as h
        on
            r.moment = h.moment
            and r.peer_vpc_id = h.vpc_id
            and r.family = h.family
            and r.number between h.first_address and h.last_address
    group by r.end_id
),

candidates as (
    select r.end_id, list_sort(list(distinct v.vpc_id)) as vpc_ids
    from named as r
    inner join vpc_blocks_at as v
        on
            r.moment = v.moment
            and r.family = v.family
            and r.number between v.first_address and v.last_address
    where r.peer_vpc_id is null
    group by r.end_id
)

select
    r.end_id,
    r.interface_id,
    r.moment,
    r.peer_ip,
    r.family as peer_family,
    r.number as peer_number,
    r.peer_vpc_id,
    coalesce(
        h.peer_account_id,
        case when r.peer_vpc_id = r.vpc_id then r.account_id else o.account_id end
    ) as peer_account_id,
    h.peer_interface_id,
    h.peer_late,
    c.vpc_ids as peer_candidates,
    r.path,
    r.target as route_target,
    r.route_late
from named as r
left join holders as h on r.end_id = h.end_id
left join candidates as c on r.end_id = c.end_id
left join vpc_owners as o on r.peer_vpc_id = o.vpc_id
