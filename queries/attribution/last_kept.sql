-- When a snapshot was last kept in the lake, whatever time it is of.
select max(finished) as finished
from runs
where verb in ('snapshot take', 'snapshot load')
