-- Each of these packets' way as a whole: what blocks it, in path order, and what is not known of it.
with calls (element_type, call) as (
    values
    ('route-table', 'describe-route-tables'),
    ('peering', 'describe-vpc-peering-connections'),
    ('transit-gateway-route-table', 'search-transit-gateway-routes'),
    ('transit-gateway-attachment', 'describe-transit-gateway-vpc-attachments'),
    ('network-acl', 'describe-network-acls'),
    ('nat-gateway', 'describe-nat-gateways'),
    ('load-balancer', 'describe-listeners'),
    ('subnet', 'describe-network-interfaces'),
    ('vpc', 'describe-subnets')
),

firsts as (
    select
        s.*,
        a.note as age_note,
        min(s.place) filter (where s.outcome = 'block') over (partition by s.question_id)
            as blocked_at
    from loss_steps as s
    inner join loss_questions as q on s.question_id = q.question_id
    left join calls as c on s.element_type = c.element_type and not s.is_sure
    left join call_ages as a on q.moment = a.moment and c.call = a.call
)

select
    question_id,
    list(
        {
            'place': place,
            'note': note,
            'blocker': {
                'stage': stage, 'element_type': element_type, 'element_id': element_id,
                'rule': rule, 'cause': cause
            }
        }
        order by place
    ) filter (where outcome = 'block') as blocks,
    -- What comes before the first block has to be known, and to rest on the judging snapshot.
    bool_and(outcome <> 'unknown' and is_sure)
        filter (where blocked_at is null or place <= blocked_at) as is_sure,
    string_agg(distinct age_note, '; ' order by age_note)
        filter (where blocked_at is null or place <= blocked_at) as age_note,
    arg_min(
        {'element_type': element_type, 'element_id': element_id, 'rule': rule, 'cause': cause}, place
    ) filter (where outcome = 'unknown' and cause is not null) as unseen,
    bool_or(outcome = 'unknown') as has_unknown,
    list(note order by place) filter (where outcome = 'unknown') as unknown_notes,
    arg_max(
        {'element_type': element_type, 'element_id': element_id, 'rule': rule, 'place': place}, place
    ) filter (where place in (10, 23, 25)) as last_table,
    bool_or(stage = 'transit-gateway-attachment') as is_by_gateway,
    max(element_id) filter (where place = 51 and outcome = 'pass') as end_id,
    bool_or(place in (42, 43) and outcome = 'pass') as leaves
from firsts
group by question_id
