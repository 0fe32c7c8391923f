-- The ACL entry that would have allowed the packet had a lower one not denied it first.
select
    q.question_id,
    {
        'element_type': 'network-acl',
        'element_id': arg_min(e.network_acl_id, e.rule_number),
        'rule': min(e.rule_number)::varchar,
        'why': 'order'
    } as nearest_miss
from questions as q
inner join answers as a on q.question_id = a.question_id
inner join acl_entries_at as e
    on
        q.subnet_id = e.subnet_id
        and q.moment = e.moment
        and q.direction = e.direction
        and e.protocol in (-1, q.protocol)
        and coalesce(q.dst_port, 0) between e.first_port and e.last_port
        and q.peer_family = e.family
        and q.peer_number between e.first_address and e.last_address
        and e.rule_action = 'allow'
where a.decision_row in (5, 8, 16)
group by q.question_id
