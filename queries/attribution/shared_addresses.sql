-- The addresses of refused packets that more than one VPC has, whenever it had them: in its blocks, or
-- at an interface. Whose such an address is no look-up of the address tells.
with blocks as (
    select range_of(cidr) as block, min(vpc_id) as one_id, max(vpc_id) as other_id
    from vpc_cidrs
    group by cidr
),

-- What two blocks have in common, however many VPCs have each of them.
shared as (
    select distinct
        a.block.is_ipv6 as is_ipv6,
        greatest(a.block.first_address, b.block.first_address) as first_address,
        least(a.block.last_address, b.block.last_address) as last_address
    from blocks as a
    inner join blocks as b
        on meets(a.block, b.block) and (a.one_id <> b.other_id or a.other_id <> b.one_id)
),

shown as (
    select own_address(pkt_srcaddr, srcaddr) as address from texts
    union
    select own_address(pkt_dstaddr, dstaddr) from texts
),

read as (
    select address, range_of(address) as block
    from shown
    where address is not null and exists (select 1 from shared)
)

select r.address
from read as r
semi join shared as s
    on
        r.block.is_ipv6 = s.is_ipv6
        and r.block.first_address >= s.first_address
        and r.block.last_address <= s.last_address
union
select a.address
from interface_addresses as a
inner join interfaces as i on a.scope = i.scope and a.interface_id = i.interface_id
semi join shown as s on a.address = s.address
group by a.address
having count(distinct i.vpc_id) > 1
