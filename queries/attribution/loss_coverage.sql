-- Whether the logs of each record's own interface, and of the one at the other end, would show what
-- they do not: begun before it, gone on until five minutes after, and nothing skipped. Where either
-- of them shows a primary address in place of the packet's own, it may show it as another flow.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
with sides as (
    select t.object_id, t.line_number, false as is_target, t.interface_id, t.moment
    from loss_targets as t
    union all
    select t.object_id, t.line_number, true, t.target_id, t.moment
    from loss_targets as t
    where t.target_id is not null
),

covered as (
    select
        s.object_id,
        s.line_number,
        s.is_target,
        bool_or(
            (
                (not s.is_target and w.seen_since <= m.start_time)
                or (
                    w.all_seen_since <= m.start_time
                    and m.is_exact
                    and (w.shows_packets or coalesce(o.is_primary or o.is_sole, false))
                )
            )
            and p.first_start < m.start_time
            and p.last_start >= m.end_time + interval 5 minute
        ) as is_whole
    from sides as s
    inner join missed as m on s.object_id = m.object_id and s.line_number = m.line_number
    inner join watched_at as w on s.interface_id = w.interface_id and s.moment = w.moment
    inner join log_spans as p on w.resource_id = p.resource_id
    left join own_ends as o on s.interface_id = o.interface_id and m.dst_ip = o.address
    group by s.object_id, s.line_number, s.is_target
),

skipped as (
    select distinct s.object_id, s.line_number, s.is_target
    from sides as s
    inner join missed as m on s.object_id = m.object_id and s.line_number = m.line_number
    inner join log_skips as k
        on
            s.interface_id = k.interface_id
            and k.start_time <= m.end_time + interval 5 minute
            and k.end_time >= m.start_time - interval 60 second
)

select
    c.object_id,
    c.line_number,
    coalesce(bool_or(c.is_whole and k.object_id is null) filter (where not c.is_target), false)
        as source_covered,
    coalesce(bool_or(c.is_whole and k.object_id is null) filter (where c.is_target), false)
        as target_covered
from covered as c
left join skipped as k
    on
        c.object_id = k.object_id
        and c.line_number = k.line_number
        and c.is_target = k.is_target
group by c.object_id, c.line_number
