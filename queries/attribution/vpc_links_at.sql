-- Which VPCs a group reference may reach over, pair by pair: a peering connection, and the transit
-- gateways that both are attached to, with what is said of security group referencing there:
-- enabled, disabled, or not known where an answer is silent. `_late` is what was first observed
-- later; `is_disputed` is where both sides disagree about a peering connection.
-- https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
with attached as (
    select
        m.moment,
        a.transit_gateway_id,
        a.vpc_id,
        a.security_group_referencing_support as support,
        observed_apart(s.first_observed, s.lapses, m.moment) as late
    from (select distinct moment from moments) as m
    inner join scopes as s on s.call = 'describe-transit-gateway-vpc-attachments'
    inner join transit_gateway_vpc_attachments as a on s.scope = a.scope
    where
        in_force(a.valid_from, a.valid_to, s.first_observed, m.moment)
        and a.state in ('available', 'modifying')
),

gateways as (
    select
        m.moment,
        t.transit_gateway_id,
        max(t.security_group_referencing_support) as support,
        bool_and(observed_apart(s.first_observed, s.lapses, m.moment)) as late
    from (select distinct moment from moments) as m
    inner join scopes as s on s.call = 'describe-transit-gateways'
    inner join transit_gateways as t on s.scope = t.scope
    where in_force(t.valid_from, t.valid_to, s.first_observed, m.moment)
    group by m.moment, t.transit_gateway_id
),

-- Owner and participant may both see an attachment; where one is silent the other is believed.
sides as (
    select moment, transit_gateway_id, vpc_id, max(support) as support, bool_and(late) as late
    from attached
    group by moment, transit_gateway_id, vpc_id
),

over_gateways as (
    select
        o.moment,
        o.vpc_id,
        t.vpc_id as peer_vpc_id,
        case
            when 'disable' in (g.support, o.support, t.support) then 3
            when g.support is null or o.support is null or t.support is null then 2
            else 1
        end as rank,
        o.late or t.late or coalesce(g.late, false) as gateway_late
    from sides as o
    inner join sides as t on o.moment = t.moment and o.transit_gateway_id = t.transit_gateway_id
    left join gateways as g
        on o.moment = g.moment and o.transit_gateway_id = g.transit_gateway_id
    where o.vpc_id <> t.vpc_id
),

links as (
    select
        moment, vpc_id, peer_vpc_id, is_active and same_region as is_peered,
        is_disputed and same_region as is_disputed, late as peering_late,
        null::integer as rank, null::boolean as gateway_late
    from peerings_at
    union all by name
    select moment, vpc_id, peer_vpc_id, rank, gateway_late
    from over_gateways
)

select
    moment,
    vpc_id,
    peer_vpc_id,
    bool_or(is_peered) as is_peered,
    bool_or(is_disputed) as is_disputed,
    arg_min(peering_late, (not is_peered)::integer * 2 + peering_late::integer) as peering_late,
    case min(rank) when 1 then 'enabled' when 2 then 'unknown' when 3 then 'disabled' end
        as over_gateway,
    arg_min(gateway_late, rank * 2 + gateway_late::integer) as gateway_late
from links
group by moment, vpc_id, peer_vpc_id
