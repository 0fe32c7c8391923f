-- The addresses of refused packets that lie in blocks of more than one VPC, whenever these had them.
-- Whose such an address is no look-up of the address tells.
with blocks as (
    select vpc_id, range_of(cidr) as block
    from (select distinct vpc_id, cidr from vpc_cidrs)
),

shared as (
    select distinct a.vpc_id, a.block
    from blocks as a
    inner join blocks as b on a.vpc_id <> b.vpc_id and meets(a.block, b.block)
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
inner join shared as s on covers(s.block, r.block)
group by r.address
having count(distinct s.vpc_id) > 1
