-- The questions about what is no start, of connections that no security group tracks: allowed by a
-- rule for all addresses, with one for all addresses and all ports in the other direction. Such a
-- connection has no state to lose, so no loss of it explains a refusal.
-- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
with wide as (
    select distinct
        c.interface_id,
        c.moment,
        r.direction,
        case r.cidr when '0.0.0.0/0' then 4 when '::/0' then 6 end as family,
        r.protocol,
        r.first_port,
        r.last_port
    from carried_groups as c
    inner join group_rules as r on c.group_id = r.group_id and c.moment = r.moment
    where r.cidr in ('0.0.0.0/0', '::/0')
),

matched as (
    select
        q.question_id,
        bool_or(w.direction = q.direction and q.dst_port between w.first_port and w.last_port)
            as allows,
        bool_or(w.direction <> q.direction and q.src_port between w.first_port and w.last_port)
            as allows_answers,
        bool_or(w.direction = q.direction and w.first_port = 0 and w.last_port = 65535)
            as allows_all,
        bool_or(w.direction <> q.direction and w.first_port = 0 and w.last_port = 65535)
            as allows_all_answers
    from questions as q
    inner join wide as w
        on
            q.interface_id = w.interface_id
            and q.moment = w.moment
            and w.family = q.peer_family
            and w.protocol in (-1, q.protocol)
    where q.phase in ('reply', 'late') and q.protocol in (6, 17)
    group by q.question_id
)

select q.question_id
from questions as q
inner join matched as m on q.question_id = m.question_id
inner join group_answers as g on q.question_id = g.question_id
where
    ((m.allows and m.allows_all_answers) or (m.allows_answers and m.allows_all))
    and g.rules_known
    -- These are tracked whatever the rules.
    and coalesce(q.interface_type, '') not in (
        'nat_gateway', 'natGateway', 'network_load_balancer', 'vpc_endpoint', 'lambda',
        'global_accelerator_managed', 'gateway_load_balancer_endpoint'
    )
    and coalesce(q.route_target, '') not similar to '(nat|eigw|vpce)-.*'
