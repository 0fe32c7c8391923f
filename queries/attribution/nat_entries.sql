-- What a NAT gateway sends on is looked up in the table of its own subnet.
-- https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
select
    x.end_id,
    x.moment,
    n.subnet_id,
    x.family,
    x.number,
    x.is_private,
    n.nat_gateway_id,
    n.state as nat_state,
    n.connectivity_type,
    n.late as nat_late
from exits as x
inner join nat_gateways_at as n on x.moment = n.moment and x.target = n.nat_gateway_id
