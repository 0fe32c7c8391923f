-- The moments at which each interface is looked at: that of the snapshot that judges and the next.
select distinct interface_id, moment
from (
    select interface_id, moment from packets
    union all
    select interface_id, next_moment from packets
)
where moment is not null
