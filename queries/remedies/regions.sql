-- In which Region each element is that is to be changed. Both Regions list a peering connection, and
-- that of the accepter's VPC accepts it; what else is listed in several is in none that is sure.
-- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcPeeringConnection.html
-- param element_ids  varchar[]  the elements, and VPCs
with listed as (
    select group_id as element_id, region from security_groups
    union
    select network_acl_id, region from network_acls
    union
    select route_table_id, region from route_tables
    union
    select vpc_peering_connection_id, accepter_region from peerings
    union
    select transit_gateway_id, region from transit_gateways
    union
    select transit_gateway_attachment_id, region from transit_gateway_attachments
    union
    select transit_gateway_route_table_id, region from transit_gateway_route_tables
    union
    select vpc_id, region from vpcs
    union
    select vpc_id, region from interfaces
)

select element_id, min(region) as region
from listed
where list_contains($element_ids, element_id)
group by element_id
having count(distinct region) = 1
order by all
