-- What the route table of each end's subnet says. The link itself needs no route. A blackhole is a
-- route to what is gone or carries nothing: where a snapshot says why, the target itself is told.
-- https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
select
    e.end_id,
    10 as place,
    'route-table' as stage,
    'route-table' as element_type,
    h.route_table_id as element_id,
    h.destination as rule,
    case
        when e.is_of_link or h.route_table_id is null then 'unknown'
        when h.is_ambiguous or len(h.unknown_lists) > 0 then 'unknown'
        when h.target is null and h.destination is not null then 'unknown'
        when h.target is null then 'block'
        when h.state = 'blackhole' and p.end_id is null and g.end_id is null then 'block'
        else 'pass'
    end as outcome,
    case
        when e.is_of_link or h.is_ambiguous or len(h.unknown_lists) > 0 then null
        when h.route_table_id is null or (h.target is null and h.destination is not null) then null
        when h.target is null then 'route_missing'
        when h.state = 'blackhole' and p.end_id is null and g.end_id is null then 'route_blackhole'
    end as cause,
    not h.late as is_sure,
    case
        when e.is_of_link then 'no route table is asked of such an address'
        when h.route_table_id is null then
            'the subnet''s route table is not known: load describe-route-tables'
        when h.is_ambiguous then
            'routes to two prefix lists match, and AWS takes either of them'
        when len(h.unknown_lists) > 0 then
            'prefix lists in no snapshot: ' || array_to_string(list_sort(h.unknown_lists), ',')
            || ': load get-managed-prefix-list-entries'
        when h.target is null and h.destination is not null then
            'what the route to ' || h.destination || ' leads to is of no kind that is known'
        when h.target is null then 'no route leads to ' || e.peer_ip
        else 'leads to ' || h.target || case when h.state = 'blackhole' then ', a blackhole' else '' end
    end as note
from ends as e
inner join next_hops as h on e.end_id = h.end_id
left join peering_hops as p on e.end_id = p.end_id and not p.is_active
left join gateway_entries as g
    on e.end_id = g.end_id and g.state not in ('available', 'modifying')
where e.is_followed and not coalesce(e.is_neighbour, false)
