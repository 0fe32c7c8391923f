-- The decisions of this run that the lake does not hold yet.
select distinct on (d.decision_id) d.* exclude (question_id, next_question_id, class_id)
from decisions_made as d
anti join decisions as l on d.decision_id = l.decision_id
