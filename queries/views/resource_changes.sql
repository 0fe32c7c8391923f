-- Each change of what can refuse or lose packets, as the snapshots saw it or CloudTrail tells of it.
-- Of the snapshots: it was made after `not_before`, when the last observation without it began, and
-- before `seen`, when the first one with it ended; what the first observation saw is no change.
-- Of CloudTrail: each event that names the resource and did not fail, whatever it changed.
with kept as (
    select group_id as resource_id, scope, valid_from, valid_to from security_group_rules
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

edges as (
    select distinct resource_id, scope, unnest([valid_from, valid_to]) as seen
    from kept
),

observed as (
    select scope, started, finished
    from observations
    where complete
)

select e.resource_id, o.started as not_before, e.seen
from edges as e
asof join observed as o on e.scope = o.scope and e.seen > o.finished
union all by name
select
    unnest(resource_ids) as resource_id,
    {
        'event_id': event_id,
        'event_time': event_time,
        'event_name': event_name,
        'principal': principal,
        'source_ip': source_ip
    } as event
from changes
where error_code is null
