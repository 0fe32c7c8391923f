-- What the route table of each end's subnet says. The link itself needs no route.
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
        when h.target is null or h.state = 'blackhole' then 'block'
        else 'pass'
    end as outcome,
    case
        when e.is_of_link or h.is_ambiguous or len(h.unknown_lists) > 0 then null
        when h.route_table_id is null then null
        when h.target is null then 'route_missing'
        when h.state = 'blackhole' then 'route_blackhole'
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
        when h.target is null then 'no route leads to ' || e.peer_ip
        else 'leads to ' || h.target
    end as note
from ends as e
inner join next_hops as h on e.end_id = h.end_id
where not coalesce(e.is_neighbour, false)
