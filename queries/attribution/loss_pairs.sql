-- Each of these with the numbers of its two questions.
with questions as (
    select question_id, moment, unnest(lost_key_ids) as lost_key_id from loss_questions
)

select
    l.class_id,
    l.lost_key_id,
    c.observed_before,
    c.observed_after,
    q.question_id,
    n.question_id as next_question_id
from loss_classes as l
inner join loss_cases as c on l.lost_key_id = c.lost_key_id
inner join questions as q on c.lost_key_id = q.lost_key_id and c.moment = q.moment
left join questions as n on c.lost_key_id = n.lost_key_id and c.next_moment = n.moment
