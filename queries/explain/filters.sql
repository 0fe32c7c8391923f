-- What groups and ACL say of each packet that is being judged, at its interface, one row a packet.
-- It reads the stages of queries/attribution.
with listening as (
    select
        p.packet_id,
        count(l.load_balancer_arn) > 0 as listens
    from packets as p
    inner join interfaces as i on p.interface_id = i.interface_id
    inner join load_balancers as b on i.description = description_of(b.load_balancer_arn)
    inner join scopes as s
        on s.call = 'describe-listeners' and s.subject_id = b.load_balancer_arn
    left join load_balancer_listeners as l
        on
            b.load_balancer_arn = l.load_balancer_arn
            and s.scope = l.scope
            and p.dst_port = l.port
            and listener_takes(l.protocol, p.protocol)
            and in_force(l.valid_from, l.valid_to, s.first_observed, p.start_time)
    where p.protocol in (6, 17)
    group by p.packet_id
)

select
    c.key_id as packet_id,
    c.observed_before,
    c.observed_after,
    q.interface_id,
    q.moment,
    q.direction,
    q.peer_ip,
    q.vpc_id,
    q.subnet_id,
    p.src_ip,
    p.dst_ip,
    p.src_port,
    p.dst_port,
    q.interface_known,
    q.late as interface_late,
    q.path,
    q.route_target,
    q.route_late,
    r.state as route_state,
    q.interface_type,
    i.deny_all_igw_traffic,
    -- A table of its own may lead what an internet gateway lets in to an appliance.
    -- https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
    q.route_target in (select gateway_id from route_table_associations) as has_edge_table,
    i.description like 'ELB %' as is_balancer,
    coalesce(t.listens, false) as listens,
    -- Whether the internet knows it by an address, as it does every one of IPv6.
    x.is_public,
    q.peer_vpc_id,
    q.peer_account_id,
    q.peer_interface_id,
    d.groups_say,
    d.group_ids,
    d.doubtful_groups,
    d.surely_ineffective,
    -- The groups themselves, or what their rules for this packet stand for.
    d.groups_late or len(coalesce(d.groups_later_calls, [])) > 0 as groups_late,
    g.rests_on_way,
    d.acl_says,
    l.entries_say,
    l.has_gateway,
    l.has_other_gateways,
    d.network_acl_id,
    d.rule_number,
    d.acl_late,
    d.same_subnet,
    d.block_mode,
    d.vpc_mode,
    n.note,
    m.nearest_miss,
    a.group_id as allowing_group_id,
    coalesce(a.rule, a.peer) as allowing_rule
from case_questions as c
inner join packets as p on c.key_id = p.packet_id
inner join questions as q on c.question_id = q.question_id
inner join decided_rows as d on c.question_id = d.question_id
inner join notes as n on c.question_id = n.question_id
left join public_addresses_at as x
    on
        q.interface_id = x.interface_id
        and q.moment = x.moment
        and x.address = case q.direction when 'ingress' then p.dst_ip else p.src_ip end
left join ends as e
    on q.interface_id = e.interface_id and q.moment = e.moment and q.peer_ip = e.peer_ip
left join next_hops as r on e.end_id = r.end_id
left join (
    select
        interface_id,
        bool_or(deny_all_igw_traffic) as deny_all_igw_traffic,
        max(description) as description
    from interfaces
    group by interface_id
) as i on q.interface_id = i.interface_id
left join listening as t on c.key_id = t.packet_id
left join near_groups as m on c.question_id = m.question_id
left join group_answers as g on c.question_id = g.question_id
left join acl_answers as l on c.question_id = l.question_id
left join allowances as a on g.match_place = a.place
order by c.key_id
