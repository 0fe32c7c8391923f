-- What a NAT gateway sends on is looked up in the table of its own subnet.
-- https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
select
    x.end_id,
    x.moment,
    n.subnet_id,
    -- To 64:ff9b::/96 it is IPv4 that comes out of it.
    -- https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
    case when x.is_translated then 4 else x.family end as family,
    case
        when x.is_translated then address_number('0.0.0.0') + x.number % 4294967296::uhugeint
        else x.number
    end as number,
    x.is_private and not x.is_translated as is_private,
    n.nat_gateway_id,
    n.state as nat_state,
    n.connectivity_type,
    n.late as nat_late
from (
    select
        *,
        family = 6 and number // 4294967296::uhugeint = address_number('64:ff9b::') // 4294967296::uhugeint
            as is_translated
    from exits
) as x
inner join nat_gateways_at as n on x.moment = n.moment and x.target = n.nat_gateway_id
