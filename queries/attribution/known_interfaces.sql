-- Every interface that any snapshot has seen, and the account and Region whose view of it counts:
-- the owner's own where there is one.
select
    i.interface_id,
    arg_min(s.scope, (s.observer_id is distinct from i.account_id)::varchar || s.scope) as scope,
    arg_min(s.observer_id, (s.observer_id is distinct from i.account_id)::varchar || s.scope)
        as observer_id,
    arg_min(s.region, (s.observer_id is distinct from i.account_id)::varchar || s.scope) as region,
    min(i.valid_from) as first_seen
from interfaces as i
inner join scopes as s on i.scope = s.scope
group by i.interface_id
