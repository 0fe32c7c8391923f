-- The decisions of this run that the lake does not hold yet.
with first as (
    select min(m.rowid) as place
    from decisions_made as m
    anti join decisions as l on m.decision_id = l.decision_id
    group by m.decision_id
)

select d.* exclude (question_id, next_question_id, class_id)
from decisions_made as d
semi join first as f on d.rowid = f.place
