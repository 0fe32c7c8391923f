-- When elements were last changed before a time: between which snapshots, and by which event of
-- CloudTrail that names them.
-- param elements  varchar[]    their ids
-- param at        timestamptz  the time that is asked about
with wanted as (
    select unnest($elements) as element_id
),

rows_of_elements as (
    select group_id as element_id, scope, valid_from, valid_to from security_group_rules
    union all
    select network_acl_id, scope, valid_from, valid_to from network_acl_entries
    union all
    select route_table_id, scope, valid_from, valid_to from routes
    union all
    select vpc_peering_connection_id, scope, valid_from, valid_to from peerings
    union all
    select transit_gateway_route_table_id, scope, valid_from, valid_to from transit_gateway_routes
    union all
    select transit_gateway_attachment_id, scope, valid_from, valid_to
    from transit_gateway_attachments
    union all
    select transit_gateway_attachment_id, scope, valid_from, valid_to
    from transit_gateway_vpc_attachments
    union all
    select transit_gateway_attachment_id, scope, valid_from, valid_to
    from transit_gateway_attachment_subnets
    union all
    select transit_gateway_attachment_id, scope, valid_from, valid_to
    from transit_gateway_peering_attachments
    union all
    select transit_gateway_attachment_id, scope, valid_from, valid_to
    from transit_gateway_associations
    union all
    select load_balancer_arn, scope, valid_from, valid_to from load_balancer_listeners
    union all
    select nat_gateway_id, scope, valid_from, valid_to from nat_gateways
),

-- What the first observation saw was there before it: that is no change.
edges as (
    select r.element_id, s.first_observed, unnest([r.valid_from, r.valid_to]) as edge
    from rows_of_elements as r
    inner join wanted as w on r.element_id = w.element_id
    inner join scopes as s on r.scope = s.scope
),

seen as (
    select element_id, max(edge) as seen
    from edges
    where edge > first_observed and edge <= $at::timestamptz
    group by element_id
),

events as (
    select
        w.element_id,
        max_by(
            {
                'event_id': c.event_id,
                'event_time': c.event_time,
                'event_name': c.event_name,
                'principal': c.principal,
                'source_ip': c.source_ip
            },
            (c.event_time, c.event_id)
        ) as event
    from wanted as w
    inner join changes as c on list_contains(c.resource_ids, w.element_id)
    where c.event_time <= $at::timestamptz and c.error_code is null
    group by w.element_id
)

select w.element_id, s.seen, e.event
from wanted as w
left join seen as s on w.element_id = s.element_id
left join events as e on w.element_id = e.element_id
where s.seen is not null or e.event is not null
order by w.element_id
