-- The stale rules that would fit each packet that groups refuse, or may, had the peer been of the group:
-- of what worked last week they are the best explanation. Nothing rests on them, for who was of the
-- group nobody knows. They never stood for public addresses, nor for those of another VPC.
-- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
with fitting as (
    select
        d.question_id,
        r.*
    from decided_rows as d
    inner join carried_groups as c on d.interface_id = c.interface_id and d.moment = c.moment
    inner join stale_rules as r
        on
            c.moment = r.moment
            and c.group_id = r.group_id
            and d.direction = r.direction
            and r.protocol in (-1, d.protocol)
            and coalesce(d.dst_port, 0) between r.first_port and r.last_port
    left join private_peers as p on d.peer_ip = p.block
    where
        d.readable
        and d.decision_row in (4, 6, 7, 10, 15, 17, 24)
        and d.groups_say in ('miss', 'doubtful', 'unknown')
        -- A group whose members are known says by itself whether the peer is one.
        and (d.doubtful_groups is not null or not r.has_members)
        and (
            d.path in ('local', 'peering', 'transit-gateway')
            or (d.path = 'unknown' and (d.peer_family = 6 or p.block is not null))
        )
        and coalesce(r.referenced_vpc_id = d.peer_vpc_id, true)
        and not (r.is_over_peering and d.path = 'local')
)

select
    question_id,
    array_to_string(list_sort(list(distinct
        group_id || ' refers to ' || referenced_group_id || ', which is stale: ' || why
    )), '; ') as note,
    arg_min(
        {
            'element_type': 'security-group',
            'element_id': group_id,
            'rule': rule_text(
                protocol, first_port, last_port, referenced_group_id, security_group_rule_id
            ),
            'why': 'stale'
        },
        (last_port - first_port, group_id, referenced_group_id, security_group_rule_id)
    ) as nearest_miss
from fitting
group by question_id
