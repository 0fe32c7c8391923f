-- The private addresses behind each group that a rule refers to: those of the interfaces that
-- carry it. A reference never stands for public addresses. `late` is where that is only known from
-- what was first observed later.
-- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
select
    a.moment,
    c.group_id,
    a.vpc_id,
    a.region,
    a.family,
    a.first_address,
    a.last_address,
    bool_and(a.late or observed_apart(s.first_observed, s.lapses, a.moment)) as late
from addresses_at as a
inner join interface_groups as c on a.interface_id = c.interface_id
inner join scopes as s on c.scope = s.scope
where
    in_force(c.valid_from, c.valid_to, s.first_observed, a.moment)
    and a.group_count is not null
    and c.group_id in (select referenced_group_id from security_group_rules)
group by all
