-- Which Regions a peering connection or a peering of transit gateways joins, both ways: those in which
-- anything is told of its ends, without which nobody looks there.
-- https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html
with gateways as (
    select transit_gateway_id, region from transit_gateway_route_tables
    union
    select transit_gateway_id, region from transit_gateway_vpc_attachments
),

peered as (
    select requester_transit_gateway_id as near_id, accepter_transit_gateway_id as far_id
    from transit_gateway_peering_attachments
    union
    select transit_gateway_id, resource_id
    from transit_gateway_attachments
    where resource_id like 'tgw-%'
),

pairs as (
    select n.region, f.region as far_region
    from peered as p
    inner join gateways as n on p.near_id = n.transit_gateway_id
    inner join gateways as f on p.far_id = f.transit_gateway_id
    union
    select r.region, a.region
    from peerings as p
    inner join vpc_owners as r on p.requester_vpc_id = r.vpc_id
    inner join vpc_owners as a on p.accepter_vpc_id = a.vpc_id
)

select region, far_region from pairs where region <> far_region
union
select far_region, region from pairs where region <> far_region
