-- What the log itself says of each doubted record: whether the same connection was there within the
-- hour before, and whether the log was whole in that hour: begun before it, nothing skipped in it. An
-- interface that is logged has a record every ten minutes, be it of no traffic: a day back will do.
-- `is_tracked` is whether the connection may be tracked still, by how long it was idle. `idle` is a word
-- for that, not the seconds, for it is a part of the decision key: `closed` where FIN or RST passed;
-- `expired` after longer than its interface keeps it, where both sides had spoken; `not a stream` after
-- longer than UDP is kept that is none, which no log tells; `by default` after longer than TCP is kept
-- on Nitro v6 instances and later, where the interface has no setting of its own; `a question` where
-- it may be no answer at all, for of ICMP a question has the same form and no log has the type.
-- `let_pass` is whether the same flow passed in its own direction since the snapshot that judges it,
-- `is_mixed` whether it did within the record's window.
-- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with doubtful as (
    select distinct interface_id from doubted
),

logged as (
    select
        f.interface_id,
        min(f.start_time) as first_start,
        list({'start_time': f.start_time, 'end_time': coalesce(f.end_time, f.start_time)})
            filter (where f.log_status = 'SKIPDATA') as skipped
    from flows as f
    inner join doubtful as d on f.interface_id = d.interface_id
    where
        ($since::timestamptz is null or f.start_time >= $since::timestamptz - interval 1 day)
        and ($until::timestamptz is null or f.start_time < $until)
    group by f.interface_id
),

seen as (
    select
        d.object_id,
        d.line_number,
        d.interface_id,
        d.protocol,
        d.start_time,
        e.* exclude (object_id, line_number),
        -- Since the snapshot that judges it, which may be a minute later than `start` says.
        coalesce(e.same_last >= p.observed_before + interval 60 second, false) as let_pass,
        t.tcp_established_timeout is null as has_default,
        coalesce(t.udp_timeout, 30) as udp_timeout,
        tracked_seconds(d.protocol, t.tcp_established_timeout, t.udp_stream_timeout) as seconds
    from doubted as d
    left join earlier_flows as e on d.object_id = e.object_id and d.line_number = e.line_number
    left join idle_timeouts as t
        on
            d.interface_id = t.interface_id
            and d.start_time >= t.from_time
            and d.start_time < t.until_time
    left join known_interfaces as k
        on d.interface_id = k.interface_id and e.same_last is not null
    left join epochs as p
        on
            k.observer_id is not distinct from p.observer_id
            and k.region is not distinct from p.region
            and d.start_time >= p.from_time
            and d.start_time < p.until_time
)

select
    d.object_id,
    d.line_number,
    coalesce(d.reverse_seen, false) as reverse_seen,
    coalesce(d.earlier_seen, false) as earlier_seen,
    coalesce(d.is_mixed, false) as is_mixed,
    d.let_pass,
    d.is_answer,
    not idle_longer(d.last_seen, d.start_time, d.seconds) as is_tracked,
    case
        when d.is_closed then 'closed'
        when idle_longer(d.last_seen, d.start_time, d.seconds)
            then case when d.protocol <> 6 or d.both_seen then 'expired' end
        when d.protocol = 17 and idle_longer(d.last_seen, d.start_time, d.udp_timeout)
            then 'not a stream'
        when
            d.protocol = 6 and d.has_default and d.both_seen
            and idle_longer(d.last_seen, d.start_time, 350)
            then 'by default'
        when d.protocol in (1, 58) and d.reverse_seen then 'a question'
    end as idle,
    coalesce(l.first_start <= d.start_time - interval 1 hour, false)
    and len(list_filter(
        coalesce(l.skipped, []),
        lambda one: one.start_time <= d.start_time
            and one.end_time >= d.start_time - interval 1 hour
    )) = 0 as log_is_whole
from seen as d
left join logged as l on d.interface_id = l.interface_id
