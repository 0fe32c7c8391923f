-- How what one transit gateway sends over a peering enters the other one. Within a Region the two
-- sides of a peering have attachments of their own, between Regions one id stands for both.
-- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayPeeringAttachment.html
with pairs as (
    select
        m.moment,
        p.transit_gateway_attachment_id as near_id,
        coalesce(p.accepter_transit_gateway_attachment_id, p.transit_gateway_attachment_id) as far_id,
        p.requester_transit_gateway_id as near_gateway_id,
        p.accepter_transit_gateway_id as far_gateway_id,
        p.state,
        coalesce(observed_apart(s.first_observed, s.lapses, m.moment), false) as late
    from (select distinct moment from moments) as m
    inner join scopes as s on s.call = 'describe-transit-gateway-peering-attachments'
    inner join transit_gateway_peering_attachments as p on s.scope = p.scope
    where in_force(p.valid_from, p.valid_to, s.first_observed, m.moment)
),

sides as (
    select moment, near_id, far_id, near_gateway_id, far_gateway_id, state, late from pairs
    union
    select moment, far_id, near_id, far_gateway_id, near_gateway_id, state, late from pairs
)

select
    e.end_id,
    e.moment,
    e.family,
    e.number,
    coalesce(p.far_gateway_id, case when h.resource_id like 'tgw-%' then h.resource_id end)
        as transit_gateway_id,
    coalesce(p.far_id, h.next_attachment_id) as transit_gateway_attachment_id,
    h.next_attachment_id as near_attachment_id,
    coalesce(p.state, a.state) as state,
    case when p.state is not null then p.late else coalesce(a.doubtful, false) end as peering_doubtful
from gateway_hops as h
inner join ends as e on h.end_id = e.end_id
left join sides as p
    on
        h.moment = p.moment
        and h.next_attachment_id = p.near_id
        and h.transit_gateway_id = p.near_gateway_id
left join attachments_at as a
    on
        h.moment = a.moment
        and h.transit_gateway_id = a.transit_gateway_id
        and h.next_attachment_id = a.transit_gateway_attachment_id
where h.resource_type = 'peering' and h.route_state = 'active'
qualify row_number() over (
    partition by e.end_id order by p.late nulls last, p.state is distinct from 'available', p.far_id
) = 1
