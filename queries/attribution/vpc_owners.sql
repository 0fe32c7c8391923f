-- The account and Region of every VPC that anything speaks of, as its own answers or those of
-- peering connections and attachments have it. Neither ever changes.
with told as (
    select vpc_id, account_id, region, 1 as rank from vpcs
    union all
    select vpc_id, account_id, region, 2 from transit_gateway_vpc_attachments
    union all
    select requester_vpc_id, requester_account_id, requester_region, 3 from peerings
    union all
    select accepter_vpc_id, accepter_account_id, accepter_region, 3 from peerings
    union all
    select vpc_id, account_id, region, 4 from subnets
)

select
    vpc_id,
    arg_min(account_id, rank) as account_id,
    arg_min(region, rank) as region
from told
where vpc_id is not null
group by vpc_id
