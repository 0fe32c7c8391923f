-- The subnets in which each VPC attachment has an interface of the transit gateway, one a zone.
select distinct
    m.moment,
    a.transit_gateway_attachment_id,
    a.vpc_id,
    a.subnet_id
from (select distinct moment from moments) as m
inner join scopes as s on s.call = 'describe-transit-gateway-vpc-attachments'
inner join transit_gateway_attachment_subnets as a on s.scope = a.scope
where in_force(a.valid_from, a.valid_to, s.first_observed, m.moment)
