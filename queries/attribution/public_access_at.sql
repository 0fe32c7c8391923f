-- Block Public Access of each VPC and subnet at each moment, the last word first, and of one time the
-- owner's: an exclusion may be of a subnet alone.
-- https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
with told as (
    select vpc_id as resource_id, internet_gateway_block_mode as mode, account_id, scope, valid_from,
        valid_to
    from vpcs
    union all
    select subnet_id, internet_gateway_block_mode, account_id, scope, valid_from, valid_to
    from subnets
    where internet_gateway_block_mode is not null
)

select m.moment, t.resource_id, t.mode
from (select distinct moment from moments) as m
cross join told as t
inner join scopes as s on t.scope = s.scope
inner join views_at as v on m.moment = v.moment and t.scope = v.scope
where in_force(t.valid_from, t.valid_to, s.first_observed, m.moment)
qualify row_number() over (
    partition by m.moment, t.resource_id
    order by
        t.mode is null,
        v.seen desc nulls last,
        s.observer_id is distinct from t.account_id,
        s.scope
) = 1
