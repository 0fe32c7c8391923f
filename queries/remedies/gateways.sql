-- Over which transit gateways a group reference may reach the VPC of a packet's other end, as things
-- stand now: those that both VPCs are attached to. It reaches over no two that are peered.
-- https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
with attached as (
    select distinct transit_gateway_id, vpc_id
    from held('transit_gateway_vpc_attachments', null)
    where state = 'available'
)

select l.finding, list(distinct a.transit_gateway_id order by a.transit_gateway_id) as targets
from lost_packets as l
inner join attached as a on l.vpc_id = a.vpc_id
inner join attached as b
    on a.transit_gateway_id = b.transit_gateway_id and l.peer_vpc_id = b.vpc_id
where a.vpc_id <> b.vpc_id
group by l.finding
order by all
