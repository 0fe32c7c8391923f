-- The blocks of each VPC at each moment, as its own account tells them or a peering connection
-- does: AWS adds those of both sides while it is active.
-- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnectionVpcInfo.html
with told as (
    select moment, vpc_id, family, first_address, last_address, late
    from vpc_blocks_at
    union all
    select
        m.moment, c.vpc_id, n.family, n.first_address, n.last_address,
        observed_apart(s.first_observed, s.lapses, m.moment)
    from (select distinct moment from moments) as m
    inner join scopes as s on s.call = 'describe-vpc-peering-connections'
    inner join peering_cidrs as c on s.scope = c.scope
    inner join networks as n on c.cidr = n.block
    where in_force(c.valid_from, c.valid_to, s.first_observed, m.moment)
)

select moment, vpc_id, family, first_address, last_address, bool_and(late) as late
from told
group by moment, vpc_id, family, first_address, last_address
