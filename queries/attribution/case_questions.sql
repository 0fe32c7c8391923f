-- Each key with the numbers of its two questions.
select
    c.key_id,
    c.observed_before,
    c.observed_after,
    q.question_id,
    n.question_id as next_question_id
from cases as c
left join directions as d
    on
        c.told_direction is null
        and c.interface_id = d.interface_id
        and c.moment = d.moment
        and c.shown_src = d.shown_src
        and c.shown_dst = d.shown_dst
inner join asked as q
    on
        c.tuple_id = q.tuple_id
        and c.moment is not distinct from q.moment
        and coalesce(c.told_direction, d.direction) is not distinct from q.direction
left join asked as n
    on
        c.tuple_id = n.tuple_id
        and c.next_moment = n.moment
        and coalesce(c.told_direction, d.direction) is not distinct from n.direction
