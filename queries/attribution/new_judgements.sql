-- The judgements to write: those of records never judged, and those that no longer stand.
-- param judged_at  timestamptz  now
-- param run_id     varchar      the run that judges
with standing as (
    select object_id, line_number, arg_max(decision_id, judged_at) as decision_id
    from judgements
    group by object_id, line_number
)

select
    r.object_id,
    r.line_number,
    r.src_ip,
    r.dst_ip,
    r.src_port,
    r.dst_port,
    r.protocol,
    r.start_time,
    r.end_time,
    r.packets,
    r.bytes,
    r.tcp_flags,
    d.decision_id,
    $judged_at::timestamptz as judged_at,
    $run_id as run_id,
    case
        when s.decision_id is not null then 'a snapshot loaded since gives another answer'
    end as replaced_because
from record_decisions as r
inner join decisions_made as d
    on
        r.question_id = d.question_id
        and r.next_question_id is not distinct from d.next_question_id
        and r.observed_before is not distinct from d.observed_before
        and r.observed_after is not distinct from d.observed_after
left join standing as s on r.object_id = s.object_id and r.line_number = s.line_number
where s.decision_id is distinct from d.decision_id
