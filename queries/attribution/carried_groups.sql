-- The groups each interface carries at each moment, and whether a snapshot holds their rules.
-- Where the snapshot does not say which they are, those of an earlier one are no answer.
with carried as (
    select i.interface_id, i.moment, g.group_id
    from interfaces_at as i
    inner join scopes as s on i.scope = s.scope
    inner join interface_groups as g
        on i.scope = g.scope and i.interface_id = g.interface_id
    where
        in_force(g.valid_from, g.valid_to, s.first_observed, i.moment)
        and i.group_count is not null
),

-- Of several views of a group (owner and participant of a shared VPC), the owner's.
held as (
    select
        m.moment,
        g.group_id,
        arg_min(
            {'scope': g.scope, 'ingress': g.ingress_permission_count,
             'egress': g.egress_permission_count, 'late': observed_apart(s.first_observed, s.lapses, m.moment)},
            (s.observer_id is distinct from g.account_id)::varchar || g.scope
        ) as seen
    from (select distinct group_id, moment from carried) as m
    inner join security_groups as g on m.group_id = g.group_id
    inner join scopes as s on g.scope = s.scope
    where in_force(g.valid_from, g.valid_to, s.first_observed, m.moment)
    group by m.moment, g.group_id
)

select
    c.interface_id,
    c.moment,
    c.group_id,
    h.seen.scope as scope,
    h.seen.ingress is not null as ingress_known,
    h.seen.egress is not null as egress_known,
    h.seen.late as late
from carried as c
left join held as h on c.group_id = h.group_id and c.moment = h.moment
