-- How a transit gateway is left: by an attachment that carries traffic, and by the route tables of
-- its subnets, which must bring home what is for an address of the VPC.
with homes as (
    select
        end_id,
        min(route_table_id) as route_table_id,
        min(destination) as destination,
        min(target) as target,
        min(state) as state,
        count(distinct coalesce(target, '-')) = 1 as agree,
        bool_or(
            route_table_id is null or is_ambiguous or len(unknown_lists) > 0
            or (target is null and destination is not null)
        ) as unknown,
        bool_or(late) as late
    from home_hops
    group by end_id
)

select
    l.end_id,
    27 as place,
    'transit-gateway-attachment' as stage,
    'transit-gateway-attachment' as element_type,
    l.attachment_id as element_id,
    a.state as rule,
    case
        when a.state is null then 'unknown'
        when a.state in ('available', 'modifying') then 'pass'
        else 'block'
    end as outcome,
    case when a.state not in ('available', 'modifying') then 'tgw_attachment_state' end as cause,
    not coalesce(a.doubtful, false) as is_sure,
    case
        when a.state is null then
            'the attachment is in no snapshot: load describe-transit-gateway-attachments'
        when a.state not in ('available', 'modifying') then
            'it is ' || a.state || ', and would lead to ' || l.vpc_id
        else 'leads to ' || l.vpc_id
    end as note
from landings as l
left join attachments_at as a
    on
        l.moment = a.moment
        and l.transit_gateway_id = a.transit_gateway_id
        and l.attachment_id = a.transit_gateway_attachment_id
where l.over = 'transit-gateway'
union all
-- What comes for a zone that it does not serve may arrive, but its answers never do.
select
    l.end_id,
    28,
    'transit-gateway-attachment',
    'transit-gateway-attachment',
    l.attachment_id,
    max(z.zone_id),
    'block',
    'tgw_zone',
    false,
    'it has no subnet in the Availability Zone of ' || any_value(r.subnet_id)
from landings as l
inner join arrivals as r on l.end_id = r.end_id
inner join attachment_subnets_at as s
    on l.moment = s.moment and l.attachment_id = s.transit_gateway_attachment_id
left join subnet_zones as z on r.subnet_id = z.subnet_id
left join subnet_zones as t on s.subnet_id = t.subnet_id
group by l.end_id, l.attachment_id
having
    bool_and(
        r.subnet_id <> s.subnet_id and not coalesce(z.zone_id = t.zone_id, z.zone = t.zone, true)
    )
union all
select
    l.end_id,
    30,
    'route-table',
    'route-table',
    h.route_table_id,
    h.destination,
    case
        when h.end_id is null or h.unknown or not h.agree then 'unknown'
        when h.target is null or h.state = 'blackhole' then 'block'
        else 'pass'
    end,
    case
        when h.end_id is null or h.unknown or not h.agree then null
        when h.target is null then 'route_missing'
        when h.state = 'blackhole' then 'route_blackhole'
    end,
    not coalesce(h.late, false),
    case
        when h.end_id is null or h.unknown then
            'the route tables of the transit gateway''s subnets are not known: load '
            || 'describe-transit-gateway-vpc-attachments and describe-route-tables'
        when not h.agree then 'the tables of the transit gateway''s subnets lead to different targets'
        when h.target is null then 'no route leads on'
        else 'leads to ' || h.target
    end
from landings as l
left join homes as h on l.end_id = h.end_id
where l.over = 'transit-gateway'
