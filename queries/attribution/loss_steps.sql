-- The way of each of these packets, with what depends on its protocol, port and own address.
with followed_ways as (
    -- Addresses of a prefix have no public ones.
    select
        q.question_id,
        q.protocol,
        case
            when w.stage = 'internet-gateway' and w.outcome = 'unknown' and q.is_exact
                then coalesce(p.is_public, false)
        end as is_public,
        w.*
    from loss_questions as q
    inner join ways as w
        on q.interface_id = w.interface_id and q.moment = w.moment and q.peer_ip = w.peer_ip
    left join public_addresses_at as p
        on
            q.interface_id = p.interface_id
            and q.moment = p.moment
            and q.src_ip = p.address
)

select
    question_id,
    place,
    stage,
    element_type,
    element_id,
    -- Of a table it is the route's destination; the state of what has one is in the note.
    case when ends_with(stage, 'route-table') then rule end as rule,
    case
        when is_public then 'pass'
        when not is_public then 'block'
        else outcome
    end as outcome,
    case when not is_public then 'no_public_ip' else cause end as cause,
    is_sure,
    case when not is_public then 'the source has no public address' else note end as note
from followed_ways
union all
select
    question_id,
    place,
    'network-acl-' || direction,
    'network-acl',
    nullif(network_acl_id, ''),
    case when says in ('allow', 'deny') then rule_number::varchar end,
    case says when 'allow' then 'pass' when 'deny' then 'block' else 'unknown' end,
    case when says = 'deny' then 'tgw_nacl_deny' end,
    not late and (says <> 'deny' or rule_number is not null),
    case says
        when 'unknown' then
            'the ACL of the transit gateway''s subnet is not known: load describe-network-acls'
        when 'depends' then
            'whether the ACL of the transit gateway''s subnet lets it pass depends on what no record has'
        else
            'the ACL of the transit gateway''s subnet: log its interface there to see what it refuses'
    end
from loss_acls
-- What a NAT gateway's ACL refuses is a REJECT of its own interface.
where gateway = 'transit'
union all
-- https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
select
    question_id, 40, stage, element_type, element_id, null, 'block',
    'nat_protocol_unsupported', is_sure, 'it carries TCP, UDP and ICMP'
from followed_ways
where stage = 'nat-gateway' and outcome = 'pass' and protocol not in (1, 6, 17, 58)
union all
select
    question_id, 52, 'load-balancer', 'load-balancer', load_balancer_arn, null, 'block',
    'load_balancer_no_listener', not late, 'it does not listen on this port'
from listeners_missing
