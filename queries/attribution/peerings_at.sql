-- For each moment, which VPC is joined to which by a peering connection, seen from both sides.
-- Both parties see a peering; where their snapshots disagree, the one that says less is believed,
-- and it is doubtful: `is_disputed`. It is likewise where all were first observed later: `late`.
with seen as (
    select
        m.moment,
        p.vpc_peering_connection_id,
        p.status,
        p.requester_vpc_id,
        p.requester_account_id,
        p.requester_region,
        p.accepter_vpc_id,
        p.accepter_account_id,
        p.accepter_region,
        observed_apart(s.first_observed, s.lapses, m.moment) as late
    from (select distinct moment from moments) as m
    inner join scopes as s on s.call = 'describe-vpc-peering-connections'
    inner join peerings as p on s.scope = p.scope
    where in_force(p.valid_from, p.valid_to, s.first_observed, m.moment)
),

agreed as (
    select
        moment,
        vpc_peering_connection_id,
        bool_and(status = 'active') as is_active,
        max_by(status, (status <> 'active', status)) as status,
        count(distinct status = 'active') > 1 as is_disputed,
        bool_and(late) as late,
        max(requester_vpc_id) as requester_vpc_id,
        max(requester_account_id) as requester_account_id,
        max(requester_region) as requester_region,
        max(accepter_vpc_id) as accepter_vpc_id,
        max(accepter_account_id) as accepter_account_id,
        max(accepter_region) as accepter_region
    from seen
    group by moment, vpc_peering_connection_id
)

select
    moment,
    vpc_peering_connection_id,
    is_active,
    status,
    is_disputed or late as doubtful,
    is_disputed,
    late,
    requester_vpc_id as vpc_id,
    accepter_vpc_id as peer_vpc_id,
    accepter_account_id as peer_account_id,
    requester_region is not distinct from accepter_region as same_region
from agreed
union all
select
    moment,
    vpc_peering_connection_id,
    is_active,
    status,
    is_disputed or late as doubtful,
    is_disputed,
    late,
    accepter_vpc_id,
    requester_vpc_id,
    requester_account_id,
    requester_region is not distinct from accepter_region
from agreed
