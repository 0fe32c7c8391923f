-- The decisions that the new judgements name and the lake does not hold yet.
select distinct d.* exclude (question_id, next_question_id)
from decisions_made as d
where
    d.decision_id in (select decision_id from new_judgements)
    and d.decision_id not in (select decision_id from decisions)
