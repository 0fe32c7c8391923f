-- The newest five runs.
select run_id, verb, source, finished, outcome
from runs
where finished is not null
order by finished desc, run_id desc
limit 5
