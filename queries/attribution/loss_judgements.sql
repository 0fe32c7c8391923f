-- The judgements of silent losses to write: those of records never judged, those that no longer stand,
-- and, with no decision, those of what turned out to be no loss.
-- param since      timestamptz  first start judged; NULL for all
-- param until      timestamptz  first start no longer judged; NULL for all
-- param judged_at  timestamptz  now
-- param run_id     varchar      the run that judges
with standing as (
    select
        object_id,
        line_number,
        arg_max(coalesce(decision_id, ''), judged_at) as decision_id,
        max(judged_at) as judged_at
    from judgements
    where
        ($since::timestamptz is null or start_time >= $since)
        and ($until::timestamptz is null or start_time < $until)
    group by object_id, line_number
),

lost as (
    select m.*, d.decision_id, d.observed_before, d.observed_after
    from (select class_id, unnest(records, recursive := true) from loss_classes) as r
    inner join decisions_made as d on r.class_id = d.class_id
    inner join missed as m on r.object_id = m.object_id and r.line_number = m.line_number
),

-- What stands of earlier runs as a loss and is none, and whether a record that came since says so.
withdrawn as (
    select
        j.*,
        bool_or(coalesce(a.answered, false) or r.sent_hash is not null) as came
    from judgements as j
    inner join standing as s
        on
            j.object_id = s.object_id
            and j.line_number = s.line_number
            and j.decision_id = s.decision_id
    inner join decisions as d on j.decision_id = d.decision_id
    semi join loss_causes as c on d.cause = c.cause
    anti join lost as l on j.object_id = l.object_id and j.line_number = l.line_number
    left join sent_answers as a
        on
            hash(d.interface_id) = a.interface_hash
            and j.start_time = a.start_time
            and flow_hash(j.src_ip, j.dst_ip, j.src_port, j.dst_port, j.protocol) = a.sent_hash
    left join sent_arrivals as r
        on
            hash(d.interface_id) = r.interface_hash
            and j.start_time = r.start_time
            and flow_hash(j.src_ip, j.dst_ip, j.src_port, j.dst_port, j.protocol) = r.sent_hash
    where
        ($since::timestamptz is null or j.start_time >= $since)
        and ($until::timestamptz is null or j.start_time < $until)
    group by all
)

select
    l.object_id,
    l.line_number,
    l.src_ip,
    l.dst_ip,
    l.src_port,
    l.dst_port,
    l.protocol,
    l.start_time,
    l.told_end_time as end_time,
    l.packets,
    l.bytes,
    l.tcp_flags,
    l.decision_id,
    $judged_at::timestamptz as judged_at,
    $run_id as run_id,
    case
        when s.decision_id is null then null
        when s.decision_id = '' then 'by what was logged and observed since it was a loss'
        else replaced_because(
            l.observed_before is distinct from d.observed_before
            or l.observed_after is distinct from d.observed_after,
            coalesce(s.judged_at < (select finished from last_kept), false),
            'a counterpart record arrived since'
        )
    end as replaced_because
from lost as l
left join standing as s on l.object_id = s.object_id and l.line_number = s.line_number
left join decisions as d on s.decision_id = d.decision_id
where s.decision_id is distinct from l.decision_id
union all
select
    object_id, line_number, src_ip, dst_ip, src_port, dst_port, protocol, start_time, end_time,
    packets, bytes, tcp_flags, null, $judged_at::timestamptz, $run_id,
    case
        when came then 'a counterpart record arrived since: it was no loss'
        else 'by what was logged and observed since no loss is proven'
    end
from withdrawn
