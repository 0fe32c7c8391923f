-- The other end of each packet: its VPC along the route, never by a look-up of the address alone,
-- for two VPCs may hold the same one. Where the route names no VPC, those that hold it are listed.
with along as (
    select
        h.*,
        i.vpc_id,
        i.account_id,
        bool_or(v.vpc_id is not null) over (partition by h.interface_id, h.moment, h.peer_ip)
            as is_local,
        p.peer_vpc_id as peering_vpc_id,
        p.peer_account_id as peering_account_id
    from next_hops as h
    inner join interfaces_at as i on h.interface_id = i.interface_id and h.moment = i.moment
    left join vpc_blocks_at as v
        on
            h.moment = v.moment
            and i.vpc_id = v.vpc_id
            and h.peer_family = v.family
            and h.peer_number between v.first_address and v.last_address
    left join peerings_at as p
        on
            h.moment = p.moment
            and h.target = p.vpc_peering_connection_id
            and i.vpc_id = p.vpc_id
),

resolved as (
    select distinct
        *,
        case when is_local then vpc_id else peering_vpc_id end as peer_vpc_id,
        case
            when is_local or target = 'local' then 'local'
            when target like 'pcx-%' then 'peering'
            when target like 'tgw-%' then 'transit-gateway'
            when target like 'igw-%' or target like 'eigw-%' or target like 'cagw-%' then 'internet'
            when target like 'nat-%' then 'nat'
            when target like 'vgw-%' then 'vpn'
            when target like 'vpce-%' then 'endpoint'
            else 'unknown'
        end as path
    from along
),

-- The interface that holds the address, in the VPC that the route names.
holders as (
    select
        r.interface_id,
        r.moment,
        r.peer_ip,
        min(h.interface_id) as peer_interface_id,
        min(h.account_id) as peer_account_id
    from resolved as r
    inner join addresses_at as h
        on
            r.moment = h.moment
            and r.peer_vpc_id = h.vpc_id
            and r.peer_family = h.family
            and r.peer_number between h.first_address and h.last_address
    group by all
),

candidates as (
    select r.interface_id, r.moment, r.peer_ip, list_sort(list(distinct v.vpc_id)) as vpc_ids
    from resolved as r
    inner join vpc_blocks_at as v
        on
            r.moment = v.moment
            and r.peer_family = v.family
            and r.peer_number between v.first_address and v.last_address
    where r.peer_vpc_id is null
    group by all
)

select
    r.interface_id,
    r.moment,
    r.peer_ip,
    r.peer_family,
    r.peer_number,
    r.peer_vpc_id,
    coalesce(h.peer_account_id, case when r.is_local then r.account_id else r.peering_account_id end)
        as peer_account_id,
    h.peer_interface_id,
    c.vpc_ids as peer_candidates,
    r.path,
    r.target as route_target
from resolved as r
left join holders as h
    on r.interface_id = h.interface_id and r.moment = h.moment and r.peer_ip = h.peer_ip
left join candidates as c
    on r.interface_id = c.interface_id and r.moment = c.moment and r.peer_ip = c.peer_ip
