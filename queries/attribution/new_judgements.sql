-- The judgements of one day to write: those of records never judged, and those that no longer stand.
-- param since      timestamptz  first start judged; NULL for all
-- param until      timestamptz  first start no longer judged; NULL for all
-- param day        date         the one day of all that is written; NULL for what has no start
-- param judged_at  timestamptz  now
-- param run_id     varchar      the run that judges
with standing as (
    select
        object_id,
        line_number,
        arg_max(decision_id, judged_at) as decision_id,
        max(judged_at) as judged_at
    from judgements
    where
        ($since::timestamptz is null or start_time >= $since)
        and ($until::timestamptz is null or start_time < $until)
    group by object_id, line_number
),

refused as (
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
        k.observed_before,
        k.observed_after,
        s.decision_id as former_id,
        s.judged_at as former_time
    from rejects($since::timestamptz, $until::timestamptz) as r
    inner join key_decisions as k on r.key_hash = k.key_hash
    left join standing as s on r.object_id = s.object_id and r.line_number = s.line_number
    where
        s.decision_id is distinct from k.decision_id
        and r.start_time::date is not distinct from $day::date
)

select
    r.* exclude (observed_before, observed_after, former_id, former_time),
    $judged_at::timestamptz as judged_at,
    $run_id as run_id,
    case
        when r.former_id is not null then replaced_because(
            r.observed_before is distinct from d.observed_before
            or r.observed_after is distinct from d.observed_after,
            coalesce(r.former_time < (select finished from last_kept), false),
            'a record that arrived since gives another answer'
        )
    end as replaced_because
from refused as r
left join decisions as d on r.former_id = d.decision_id
union all
select *
from loss_judgements
where start_time::date is not distinct from $day::date
