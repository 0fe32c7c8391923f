-- The moments at which each interface is looked at: those of the snapshots that judge and the next.
select interface_id, moment
from asked
where moment is not null
union
select interface_id, moment
from followed
