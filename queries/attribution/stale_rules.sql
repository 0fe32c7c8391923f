-- The rules that refer to a group that is gone, or over a peering connection that is: they stay, and
-- match nothing. AWS lists them, tells the connection's status with the rule, and leaves out the
-- account of a group of another VPC that is deleted; else the group is in no answer of its account.
-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
-- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html
with listed as (
    select
        m.moment,
        l.group_id,
        l.referenced_group_id,
        max(l.referenced_vpc_id) as vpc_id,
        max(l.vpc_peering_connection_id) as vpc_peering_connection_id,
        max(l.peering_status) as status
    from (select distinct moment from moments) as m
    cross join stale_security_group_rules as l
    inner join scopes as s on l.scope = s.scope
    where in_force(l.valid_from, l.valid_to, s.first_observed, m.moment)
    group by all
),

-- What is carried is there, whoever lists it.
standing as (
    select m.moment, g.group_id
    from (select distinct moment from moments) as m
    cross join security_groups as g
    inner join scopes as s on g.scope = s.scope
    where
        g.group_id in (select referenced_group_id from group_rules)
        and in_force(g.valid_from, g.valid_to, s.first_observed, m.moment)
    union
    select moment, group_id from members_at
    union
    select m.moment, u.untold_id
    from (select distinct moment from moments) as m
    cross join untold as u
    where u.kept = 'security_groups'
),

referring as (
    select
        r.*,
        l.group_id is not null as is_listed,
        l.status as listed_status,
        coalesce(r.referenced_vpc_id, l.vpc_id) as far_vpc_id,
        coalesce(r.vpc_peering_connection_id, l.vpc_peering_connection_id) as connection_id,
        r.referenced_group_id in (
            select m.group_id from members_at as m where m.moment = r.moment
        ) as has_members,
        t.group_id is null and (
            g.observer_id is not null
            or (r.referenced_account_id is null and coalesce(far_vpc_id, connection_id) is not null)
        ) as is_gone,
        p.observer_id is not null as connections_known
    from group_rules as r
    left join listed as l
        on
            r.moment = l.moment
            and r.group_id = l.group_id
            and r.referenced_group_id = l.referenced_group_id
    left join standing as t on r.moment = t.moment and r.referenced_group_id = t.group_id
    left join scopes as g
        on
            g.call = 'describe-security-groups'
            and r.referenced_account_id = g.observer_id
            and r.region = g.region
    left join scopes as p
        on
            p.call = 'describe-vpc-peering-connections'
            and r.observer_id = p.observer_id
            and r.region = p.region
    where r.referenced_group_id is not null
),

explained as (
    select
        r.*,
        coalesce(r.peering_status, r.listed_status) as told_status,
        c.status,
        case
            when told_status in ('deleting', 'deleted', 'rejected', 'expired', 'failed')
                then 'its peering connection is ' || told_status
            when c.status in ('deleting', 'deleted', 'rejected', 'expired', 'failed')
                then 'its peering connection is ' || c.status
            when r.connection_id is not null and c.status is null and r.connections_known
                then 'its peering connection is gone'
            when r.is_gone or (r.is_listed and told_status = 'active') then 'the group is gone'
            when r.is_listed then 'AWS lists it as such'
        end as why
    from referring as r
    left join (
        select distinct moment, vpc_peering_connection_id, status from peerings_at
    ) as c on r.moment = c.moment and r.connection_id = c.vpc_peering_connection_id
)

select
    moment,
    group_id,
    direction,
    protocol,
    first_port,
    last_port,
    referenced_group_id,
    security_group_rule_id,
    far_vpc_id as referenced_vpc_id,
    connection_id is not null as is_over_peering,
    has_members,
    why
from explained
where why is not null
