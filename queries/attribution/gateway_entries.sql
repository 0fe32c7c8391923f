-- By which attachment what a route sends to a transit gateway enters it: that of the VPC. It serves
-- only the Availability Zones in which it has a subnet; `in_zone` is NULL where no snapshot tells.
-- https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
with entering as (
    select
        e.end_id,
        e.moment,
        e.vpc_id,
        e.subnet_id,
        e.family,
        e.number,
        h.target as transit_gateway_id,
        h.state as entry_route_state,
        a.transit_gateway_attachment_id,
        a.state,
        coalesce(a.doubtful, false) as attachment_doubtful
    from ends as e
    inner join next_hops as h on e.end_id = h.end_id
    left join attachments_at as a
        on
            e.moment = a.moment
            and h.target = a.transit_gateway_id
            and a.resource_type = 'vpc'
            and e.vpc_id = a.resource_id
    where h.target like 'tgw-%'
    qualify row_number() over (
        partition by e.end_id
        order by
            coalesce(a.state, 'available') not in ('available', 'modifying'),
            a.transit_gateway_attachment_id
    ) = 1
),

zoned as (
    select
        q.end_id,
        s.subnet_id,
        z.zone_id,
        q.subnet_id = s.subnet_id
        or coalesce(z.zone_id = t.zone_id, z.zone = t.zone) as is_same
    from entering as q
    inner join attachment_subnets_at as s
        on
            q.moment = s.moment
            and q.transit_gateway_attachment_id = s.transit_gateway_attachment_id
    left join subnet_zones as z on q.subnet_id = z.subnet_id
    left join subnet_zones as t on s.subnet_id = t.subnet_id
),

served as (
    select
        end_id,
        max(zone_id) as zone_id,
        case
            when bool_or(is_same) then true
            when count(*) filter (where is_same is null) = 0 then false
        end as in_zone,
        min(subnet_id) filter (where is_same) as entry_subnet_id
    from zoned
    group by end_id
)

select
    q.*,
    z.zone_id,
    z.in_zone,
    z.entry_subnet_id,
    -- Who owns the VPC lists its attachments.
    s.scope is not null as attachments_told,
    coalesce(observed_apart(s.first_observed, s.lapses, q.moment), false) as late
from entering as q
left join served as z on q.end_id = z.end_id
left join vpc_owners as o on q.vpc_id = o.vpc_id
left join (
    select
        observer_id,
        region,
        min(scope) as scope,
        min(first_observed) as first_observed,
        flatten(list(lapses)) as lapses
    from scopes
    where call in ('describe-transit-gateway-attachments', 'describe-transit-gateway-vpc-attachments')
    group by observer_id, region
) as s on o.account_id = s.observer_id and o.region = s.region
