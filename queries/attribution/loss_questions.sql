-- What is asked of the snapshots about these packets, numbered: each at the snapshot that judges it
-- and at the next one.
with looked_at as (
    select lost_key_id, moment from loss_cases
    union
    select lost_key_id, next_moment from loss_cases where next_moment is not null
)

select
    row_number() over () as question_id,
    k.interface_id,
    l.moment,
    k.src_ip,
    k.dst_ip as peer_ip,
    k.protocol,
    k.dst_port,
    k.is_exact,
    list(l.lost_key_id) as lost_key_ids
from looked_at as l
inner join lost_keys as k on l.lost_key_id = k.lost_key_id
group by all
