-- Where each peering connection, attachment of a transit gateway and NAT gateway stands now that
-- carries no traffic. One that was deleted is not listed for long.
-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
-- param element_ids  varchar[]  the elements
with standing as (
    select vpc_peering_connection_id as element_id, status as state, status = 'active' as carries
    from peering_sides('peerings', null)
    union
    select transit_gateway_attachment_id, state, carries
    from attachments('transit_gateway_attachments', null)
    union
    select nat_gateway_id, arg_max(state, observed), arg_max(state, observed) = 'available'
    from held('nat_gateways', null)
    group by nat_gateway_id
),

listed as (
    select vpc_peering_connection_id as element_id from peerings
    union
    select transit_gateway_attachment_id from transit_gateway_attachments
    union
    select nat_gateway_id from nat_gateways
)

select
    l.element_id,
    case when s.element_id is null then 'no longer listed' else s.state end as state
from listed as l
left join standing as s on l.element_id = s.element_id
where list_contains($element_ids, l.element_id) and not coalesce(s.carries, false)
order by all
