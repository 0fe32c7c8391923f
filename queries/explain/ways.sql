-- The way of each packet that is being judged, where it leaves an interface: one row a hop, in path
-- order, as in ways.sql, with what depends on protocol, port and own address. A load balancer listens
-- for what asks, not for what answers. It reads the stages of queries/attribution.
with steps as (
    select
        *,
        false as is_nats
    from loss_steps
    union all
    select
        question_id,
        place,
        'network-acl-' || direction,
        'network-acl',
        nullif(network_acl_id, ''),
        case when says in ('allow', 'deny') then rule_number::varchar end,
        case says when 'allow' then 'pass' when 'deny' then 'block' else 'unknown' end,
        case when says = 'deny' then 'nacl_' || direction || '_deny' end,
        not late and (says <> 'deny' or rule_number is not null),
        'the ACL of the NAT gateway''s subnet' || case says
            when 'unknown' then ' is not known: load describe-network-acls'
            when 'depends' then ' decides by the ICMP type: give --icmp-type'
            else ''
        end,
        true
    from loss_acls
    where gateway = 'nat'
)

select
    s.question_id as packet_id,
    s.* exclude (question_id, rule, note, is_nats),
    coalesce(s.rule, w.rule) as rule,
    case
        when s.stage not like 'network-acl-%' or s.element_id is null or s.is_nats then s.note
        when s.outcome <> 'unknown' then 'the ACL of the transit gateway''s subnet'
        when q.protocol in (1, 58) then
            'the ACL of the transit gateway''s subnet decides by the ICMP type: give --icmp-type'
        else 'the ACLs of the transit gateway''s subnets, or two rules of one number, do not agree'
    end as note,
    coalesce(w.is_end, false) as is_end
from steps as s
inner join loss_questions as q on s.question_id = q.question_id
inner join packets as p on s.question_id = p.packet_id
left join ways as w
    on
        q.interface_id = w.interface_id
        and q.moment = w.moment
        and q.peer_ip = w.peer_ip
        and s.place = w.place
        and s.element_id is not distinct from w.element_id
where s.stage <> 'load-balancer' or p.phase is distinct from 'reply'
-- What stops a packet at a hop stands in place of what lets others pass there.
qualify row_number() over (
    partition by s.question_id, s.place, s.element_id
    order by s.outcome = 'block' desc
) = 1
order by s.question_id, s.place, s.stage like 'network-acl-%'
