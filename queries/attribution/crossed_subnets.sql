-- The subnets whose routes and ACL may count at each moment: those of the interfaces asked about,
-- of NAT gateways and of attachments to transit gateways.
select moment, vpc_id, subnet_id from interfaces_at where subnet_id is not null
union
select moment, vpc_id, subnet_id from nat_gateways_at where subnet_id is not null
union
select moment, vpc_id, subnet_id from attachment_subnets_at
