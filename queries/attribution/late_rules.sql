-- The rules of which it was first observed later what they stand for: the entries of a prefix list,
-- or the interfaces of the account whose group is referred to. That such a rule does not match
-- is no surer than that it does.
select
    r.moment, r.group_id, r.direction, r.protocol, r.first_port, r.last_port,
    'get-managed-prefix-list-entries' as call
from group_rules as r
inner join prefix_lists_at as p on r.moment = p.moment and r.prefix_list_id = p.prefix_list_id
where p.late
union
select
    r.moment, r.group_id, r.direction, r.protocol, r.first_port, r.last_port,
    'describe-network-interfaces'
from group_rules as r
inner join scopes as s
    on
        s.call = 'describe-network-interfaces'
        and r.referenced_account_id = s.observer_id
        and r.region = s.region
where observed_apart(s.first_observed, s.lapses, r.moment)
