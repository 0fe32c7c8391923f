-- What the ACLs of gateways' subnets say of each of these packets, by its protocol and port. Where
-- entries for some ICMP types precede the first for all, none is named: see acl_answers.sql.
with crossed as (
    select distinct
        q.question_id, q.protocol, q.dst_port, c.moment, c.place, c.gateway, c.direction,
        c.subnet_id, c.is_own, c.family,
        case when c.direction = 'ingress' then s.first_address else c.number end as number
    from loss_questions as q
    inner join ends as e
        on q.interface_id = e.interface_id and q.moment = e.moment and q.peer_ip = e.peer_ip
    inner join gateway_crossings as c on e.end_id = c.end_id
    -- What a NAT gateway sends on may be of another family.
    inner join networks as s
        on q.src_ip = s.block and (c.direction = 'egress' or c.family = s.family)
),

fitting as (
    select
        c.question_id,
        c.place,
        c.gateway,
        c.direction,
        c.subnet_id,
        c.is_own,
        e.network_acl_id,
        e.rule_number,
        case when c.is_own then 'allow' else e.rule_action end as rule_action,
        e.late,
        min(e.rule_number) filter (where e.every_type) over (
            partition by c.question_id, c.place, c.subnet_id
        ) as surely
    from crossed as c
    left join acl_entries_at as e
        on
            not c.is_own
            and c.moment = e.moment
            and c.subnet_id = e.subnet_id
            and c.direction = e.direction
            and c.family = e.family
            and c.number between e.first_address and e.last_address
            and e.protocol in (-1, c.protocol)
            and (
                c.protocol not in (6, 17)
                or coalesce(c.dst_port, 0) between e.first_port and e.last_port
            )
)

select
    question_id,
    place,
    gateway,
    direction,
    array_to_string(list_sort(list(distinct network_acl_id)), ',') as network_acl_id,
    case
        when count(distinct {'subnet': subnet_id, 'rule': rule_number}) = count(distinct subnet_id)
            then min(rule_number)
    end as rule_number,
    coalesce(bool_or(late), false) as late,
    case
        when bool_or(network_acl_id is null and not is_own) then 'unknown'
        when count(distinct rule_action) = 1 then min(rule_action)
        when count(distinct subnet_id) = 1 and count(distinct rule_number) = 1 then 'unknown'
        else 'depends'
    end as says
from fitting
where network_acl_id is null or rule_number <= surely
group by question_id, place, gateway, direction
having not bool_and(is_own)
