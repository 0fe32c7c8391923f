-- The decision keys of packets that no log has, in place of keys.sql: each packet has its own. What
-- is said of its phase stands before what its flags and ports say; what is called a reply answers
-- something that passed, as if that had been seen. No log tells more of a connection that was there
-- before. `sign` is as in rejects.sql.
with told as (
    select
        *,
        case
            when phase = 'initial' then 1
            when phase = 'reply' then 4
            when phase = 'late' then 3
            when protocol = 6 and tcp_flags & 18 = 2 then 1
            when protocol = 6 and tcp_flags & 18 = 18 then 2
            when protocol = 6 and tcp_flags is not null then 3
            when protocol = 6 then 5
            else 6
        end as sign
    from packets
),

judged as (
    select
        t.packet_id,
        max(s.slot) as slot
    from told as t
    inner join slots as s on t.start_time >= s.from_time
    group by t.packet_id
)

select
    t.packet_id as key_id,
    t.packet_id as text_hash,
    t.protocol,
    case when t.protocol in (6, 17) then t.dst_port end as dst_port,
    case when t.protocol in (6, 17) and t.sign not in (1, 6) then t.src_port end as src_port,
    t.sign,
    case when t.sign not in (1, 6) then t.phase is not distinct from 'reply' end as reverse_seen,
    case when t.sign not in (1, 6) then false end as earlier_seen,
    case when t.sign not in (1, 6) then false end as let_pass,
    false as is_mixed,
    case when t.sign not in (1, 6) then false end as log_is_whole,
    null::varchar as idle,
    false as tells_reason,
    j.slot,
    null::varchar as sender_id
from told as t
left join judged as j on t.packet_id = j.packet_id
