-- The Availability Zone of each subnet, which never changes. Accounts have names of their own for
-- zones, all have the same ids; the subnets of one VPC may be compared by their owner's names.
-- https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
select
    t.subnet_id,
    max(t.vpc_id) as vpc_id,
    max(t.availability_zone_id) as zone_id,
    max(t.availability_zone) filter (where s.observer_id = t.account_id) as zone
from subnets as t
inner join scopes as s on t.scope = s.scope
group by t.subnet_id
