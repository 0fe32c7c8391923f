-- What the route tables of one transit gateway, and of the one that it is peered with, say.
with looked_up as (
    select *, 23 as place from gateway_hops where transit_gateway_attachment_id is not null
    union all by name
    select *, 25 as place from far_hops
)

select
    end_id,
    place,
    'transit-gateway-route-table' as stage,
    case
        when route_table_id is null then 'transit-gateway-attachment'
        else 'transit-gateway-route-table'
    end as element_type,
    coalesce(route_table_id, transit_gateway_attachment_id) as element_id,
    destination as rule,
    case
        when surely_alone then 'block'
        when route_table_id is null or not table_seen then 'unknown'
        when destination is null or route_state = 'blackhole' then 'block'
        when next_attachment_id is null then 'unknown'
        when place = 25 and resource_type = 'peering' then 'unknown'
        else 'pass'
    end as outcome,
    case
        when surely_alone then 'tgw_not_associated'
        when route_table_id is null or not table_seen then 'tgw_table_unseen'
        when destination is null then 'tgw_no_route'
        when route_state = 'blackhole' then 'tgw_blackhole'
    end as cause,
    not doubtful as is_sure,
    case
        when surely_alone then 'the attachment is associated with no route table'
        when route_table_id is null then
            'which table it is looked up in is told to the owner of ' || transit_gateway_id
            || ' alone: load its describe-transit-gateway-attachments and '
            || 'get-transit-gateway-route-table-associations'
        when not table_seen then
            'the table''s routes are told to the owner of ' || transit_gateway_id
            || ' alone: load its search-transit-gateway-routes'
        when destination is null then 'no route of the table leads there'
        when route_state = 'blackhole' then 'the route drops what it matches'
        when place = 25 and resource_type = 'peering' then
            'leads on to a third transit gateway, and no further is looked'
        else 'leads to ' || coalesce(resource_id, next_attachment_id)
    end as note
from looked_up
union all
select
    end_id,
    24,
    'transit-gateway-attachment',
    'transit-gateway-attachment',
    near_attachment_id,
    state,
    case
        when state is null then 'unknown'
        when state in ('available', 'modifying') then 'pass'
        else 'block'
    end,
    case when state not in ('available', 'modifying') then 'tgw_attachment_state' end,
    not peering_doubtful,
    case
        when state is null then
            'the peering is in no snapshot: load describe-transit-gateway-peering-attachments'
        when state not in ('available', 'modifying') then
            'it is ' || state || ', and would lead to ' || transit_gateway_id
        else 'leads to ' || transit_gateway_id
    end
from far_entries
union all
-- Connections to what is outside AWS.
select
    end_id,
    26,
    'transit-gateway-attachment',
    resource_type,
    resource_id,
    null,
    'pass',
    null,
    true,
    'leaves by ' || next_attachment_id
from looked_up
where route_state = 'active' and resource_type not in ('vpc', 'peering')
