-- What is asked of the snapshots, numbered: each key at the snapshot that judges it and at the next
-- one. Keys that differ only in when their records are ask the same.
with looked_at as (
    select tuple_id, direction, moment from directed
    union
    select tuple_id, direction, next_moment from directed where next_moment is not null
)

select
    row_number() over () as question_id,
    l.tuple_id,
    t.interface_id,
    t.record_account_id,
    t.record_vpc_id,
    t.record_subnet_id,
    l.moment,
    l.direction,
    case l.direction when 'ingress' then t.far_src when 'egress' then t.far_dst end as peer_ip,
    t.protocol,
    t.dst_port,
    t.src_port,
    t.told_phase,
    t.is_answer,
    t.phase_source,
    t.reverse_seen,
    t.earlier_seen,
    t.let_pass,
    t.is_mixed,
    t.log_is_whole,
    t.idle,
    t.reject_reason,
    t.tells_reason,
    t.sender_id
from looked_at as l
inner join tuples as t on l.tuple_id = t.tuple_id
