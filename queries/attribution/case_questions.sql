-- Each key with the numbers of its two questions.
select
    c.key_id,
    c.observed_before,
    c.observed_after,
    q.question_id,
    n.question_id as next_question_id
from directed as c
inner join asked as q
    on
        c.tuple_id = q.tuple_id
        and c.moment is not distinct from q.moment
        and c.direction is not distinct from q.direction
left join asked as n
    on
        c.tuple_id = n.tuple_id
        and c.next_moment = n.moment
        and c.direction is not distinct from n.direction
