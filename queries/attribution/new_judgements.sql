-- The judgements of one day to write: those of records never judged, and those that no longer stand.
-- param since      timestamptz  first start judged; NULL for all
-- param until      timestamptz  first start no longer judged; NULL for all
-- param day        date         the one day of all that is written; NULL for what has no start
-- param judged_at  timestamptz  now
-- param run_id     varchar      the run that judges
with standing as (
    select object_id, line_number, arg_max(decision_id, judged_at) as decision_id
    from judgements
    where
        ($since::timestamptz is null or start_time >= $since)
        and ($until::timestamptz is null or start_time < $until)
    group by object_id, line_number
)

select
    r.object_id,
    r.line_number,
    own_address(r.pkt_srcaddr, r.srcaddr) as src_ip,
    own_address(r.pkt_dstaddr, r.dstaddr) as dst_ip,
    r.srcport as src_port,
    r.dstport as dst_port,
    r.protocol,
    r.start_time,
    r.end_time,
    r.packets,
    r.bytes,
    r.tcp_flags,
    k.decision_id,
    $judged_at::timestamptz as judged_at,
    $run_id as run_id,
    case
        when s.decision_id is not null then 'a snapshot loaded since gives another answer'
    end as replaced_because
from rejects($since::timestamptz, $until::timestamptz) as r
inner join key_decisions as k on r.key_hash = k.key_hash
left join standing as s on r.object_id = s.object_id and r.line_number = s.line_number
where
    s.decision_id is distinct from k.decision_id
    and r.start_time::date is not distinct from $day::date
union all
select *
from loss_judgements
where start_time::date is not distinct from $day::date
