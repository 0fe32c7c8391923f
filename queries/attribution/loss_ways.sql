-- Each of these packets' way as a whole: what blocks it, in path order, and what is not known of it.
with firsts as (
    select
        *,
        min(place) filter (where outcome = 'block') over (partition by question_id) as blocked_at
    from loss_steps
)

select
    question_id,
    list(
        {
            'stage': stage, 'element_type': element_type, 'element_id': element_id, 'rule': rule,
            'cause': cause
        }
        order by place
    ) filter (where outcome = 'block') as blockers,
    arg_min(note, place) filter (where outcome = 'block') as block_note,
    -- What comes before the first block has to be known, and to rest on the judging snapshot.
    bool_and(outcome <> 'unknown' and is_sure)
        filter (where blocked_at is null or place <= blocked_at) as is_sure,
    arg_min(
        {'element_type': element_type, 'element_id': element_id, 'rule': rule, 'cause': cause}, place
    ) filter (where outcome = 'unknown' and cause is not null) as unseen,
    bool_or(outcome = 'unknown') as has_unknown,
    list(note order by place) filter (where outcome = 'unknown') as unknown_notes,
    arg_max(
        {'element_type': element_type, 'element_id': element_id, 'rule': rule, 'place': place}, place
    ) filter (where place in (10, 23, 25)) as last_table,
    min(blocked_at) as blocked_at,
    max(element_id) filter (where place = 51 and outcome = 'pass') as end_id,
    bool_or(place in (42, 43) and outcome = 'pass') as leaves
from firsts
group by question_id
