-- What the ACL of the interface's subnet says: the lowest-numbered entry that matches decides.
-- Entries for some ICMP types decide only if every entry up to the first for all types agrees,
-- since no record has a type. Between two interfaces of one subnet no ACL is asked, nor of what a
-- transit gateway hands in whose own interface is in the subnet. An internet or NAT gateway takes
-- answers to a private address but brings nothing from there: then no route tells what did.
-- https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
with gateway_subnets as (
    select distinct moment, subnet_id from addresses_at where interface_type = 'transit_gateway'
),

fitting as (
    select
        q.question_id,
        e.*,
        min(e.rule_number) filter (where e.every_type) over (partition by q.question_id) as surely
    from questions as q
    inner join acl_entries_at as e
        on
            q.subnet_id = e.subnet_id
            and q.moment = e.moment
            and q.direction = e.direction
            and e.protocol in (-1, q.protocol)
            and coalesce(q.dst_port, 0) between e.first_port and e.last_port
            and q.peer_family = e.family
            and q.peer_number between e.first_address and e.last_address
    where q.readable and q.interface_known
),

decided as (
    select
        question_id,
        any_value(network_acl_id) as network_acl_id,
        any_value(late) as late,
        min(rule_number) as rule_number,
        case when count(distinct rule_action) = 1 then min(rule_action) else 'depends' end as says
    from fitting
    where rule_number <= surely
    group by question_id
)

select
    q.question_id,
    s.same_subnet,
    q.interface_type is not distinct from 'transit_gateway' and q.direction = 'ingress'
        as is_entering,
    d.network_acl_id,
    d.rule_number,
    d.late,
    coalesce(
        g.subnet_id is not null
        and (q.path = 'unknown' or (q.path in ('internet', 'nat') and p.block is not null)),
        false
    ) as may_be_handed_in,
    case
        -- What goes to a transit gateway's interface is asked also within its subnet.
        when s.same_subnet and not is_entering then 'not_evaluated'
        when g.subnet_id is not null and q.path = 'transit-gateway' then 'not_evaluated'
        when d.says is null then 'unknown'
        when s.same_subnet is null and not is_entering and d.says <> 'allow' then 'unknown'
        when may_be_handed_in and d.says <> 'allow' then 'unknown'
        else d.says
    end as acl_says,
    d.says is not null as acl_known
from questions as q
inner join same_subnet as s on q.question_id = s.question_id
left join decided as d on q.question_id = d.question_id
left join private_peers as p on q.peer_ip = p.block
left join gateway_subnets as g
    on
        q.moment = g.moment
        and q.subnet_id = g.subnet_id
        and q.direction = 'ingress'
        and q.interface_type is distinct from 'transit_gateway'
where q.interface_known
