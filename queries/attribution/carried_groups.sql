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

-- Of several views of a group (owner and participant of a shared VPC) that have its rules, the last
-- one, and of one time the owner's.
held as (
    select
        m.moment,
        g.group_id,
        g.scope,
        g.ingress_permission_count is not null as ingress_known,
        g.egress_permission_count is not null as egress_known,
        observed_apart(s.first_observed, s.lapses, m.moment)
        or coalesce(max(v.seen) over (partition by m.moment, g.group_id) > v.seen, false) as late
    from (select distinct group_id, moment from carried) as m
    inner join security_groups as g on m.group_id = g.group_id
    inner join scopes as s on g.scope = s.scope
    inner join views_at as v on m.moment = v.moment and g.scope = v.scope
    where in_force(g.valid_from, g.valid_to, s.first_observed, m.moment)
    qualify row_number() over (
        partition by m.moment, g.group_id
        order by
            not (ingress_known and egress_known),
            v.seen desc nulls last,
            s.observer_id is distinct from g.account_id,
            g.scope
    ) = 1
)

select
    c.interface_id,
    c.moment,
    c.group_id,
    h.scope,
    coalesce(h.ingress_known, false) as ingress_known,
    coalesce(h.egress_known, false) as egress_known,
    h.late
from carried as c
left join held as h on c.group_id = h.group_id and c.moment = h.moment
