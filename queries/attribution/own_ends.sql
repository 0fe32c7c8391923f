-- The addresses of every interface that any snapshot has seen, as text, and those of its prefixes that
-- records show: what is sent from one of them begins here. `forwards` are interfaces whose own
-- packets say nothing, for they pass on others'. Records that lack the packet's own addresses show
-- the primary one in place of the others: `is_sole` is where there are none.
-- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with prefixes as (
    select distinct interface_id, address
    from interface_addresses
    where contains(address, '/')
),

shown as (
    select distinct f.interface_id, unnest([f.pkt_srcaddr, f.pkt_dstaddr]) as address
    from flows as f
    semi join prefixes as p on f.interface_id = p.interface_id
    where
        ($since::timestamptz is null or f.start_time >= $since::timestamptz - interval 1 day)
        and ($until::timestamptz is null or f.start_time < $until::timestamptz + interval 1 day)
    union
    -- The next hop of what comes in is who sent it, or who passed it on.
    select f.next_hop_interface_id, own_address(f.pkt_srcaddr, f.srcaddr)
    from flows as f
    semi join prefixes as p on f.next_hop_interface_id = p.interface_id
    where
        f.flow_direction is distinct from 'egress'
        and ($since::timestamptz is null or f.start_time >= $since)
        and ($until::timestamptz is null or f.start_time < $until)
),

ranges as (
    select address, range_of(address) as block
    from (select address from prefixes union select address from shown)
    where address is not null
),

own as (
    select interface_id, address, coalesce(bool_or(is_primary), false) as is_primary
    from interface_addresses
    group by interface_id, address
    union all
    select distinct s.interface_id, s.address, false
    from shown as s
    inner join ranges as n on s.address = n.address
    inner join prefixes as p on s.interface_id = p.interface_id
    inner join ranges as r on p.address = r.address and covers(r.block, n.block)
),

counted as (
    select interface_id, contains(address, ':') as is_ipv6, count(*) as addresses
    from own
    group by interface_id, is_ipv6
),

kinds as (
    select interface_id, max(interface_type) as interface_type
    from interfaces
    group by interface_id
)

select
    o.interface_id,
    o.address,
    o.is_primary,
    c.addresses = 1 as is_sole,
    coalesce(k.interface_type, '') in (
        'nat_gateway', 'natGateway', 'transit_gateway', 'gateway_load_balancer',
        'gateway_load_balancer_endpoint'
    ) as forwards
from own as o
inner join counted as c
    on o.interface_id = c.interface_id and contains(o.address, ':') = c.is_ipv6
left join kinds as k on o.interface_id = k.interface_id
