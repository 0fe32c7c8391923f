-- What those ACLs say of packets of every protocol and port: the lowest entry that matches decides,
-- and so it depends where an entry for some of them says otherwise than the first for all.
with fitting as (
    select
        c.end_id,
        c.place,
        c.direction,
        c.subnet_id,
        c.number,
        e.network_acl_id,
        e.rule_number,
        e.rule_action,
        e.late,
        min(e.rule_number) filter (where e.protocol = -1) over (
            partition by c.end_id, c.place, c.subnet_id, c.number
        ) as surely
    from gateway_crossings as c
    left join acl_entries_at as e
        on
            c.moment = e.moment
            and c.subnet_id = e.subnet_id
            and c.direction = e.direction
            and c.family = e.family
            and c.number between e.first_address and e.last_address
)

select
    end_id,
    place,
    direction,
    array_to_string(list_sort(list(distinct network_acl_id)), ',') as network_acl_id,
    min(rule_number) as rule_number,
    coalesce(bool_or(late), false) as late,
    case
        when bool_or(network_acl_id is null) then 'unknown'
        when count(distinct rule_action) = 1 then min(rule_action)
        else 'depends'
    end as says
from fitting
where network_acl_id is null or rule_number <= surely
group by end_id, place, direction
