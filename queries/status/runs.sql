-- The newest five runs.
select run_id, verb, source, finished, outcome
from runs
order by finished desc, run_id desc
limit 5
