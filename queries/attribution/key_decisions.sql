-- The decision of each key, and the snapshots that it rests on.
select
    k.key_hash,
    d.decision_id,
    d.observed_before,
    d.observed_after
from keys as k
inner join case_questions as c on k.key_id = c.key_id
inner join decisions_made as d
    on
        c.question_id = d.question_id
        and c.next_question_id is not distinct from d.next_question_id
        and c.observed_before is not distinct from d.observed_before
        and c.observed_after is not distinct from d.observed_after
