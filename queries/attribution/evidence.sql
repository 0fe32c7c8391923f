-- What the log itself says of each doubted record: whether the same connection was there within the
-- hour before, and whether the log was whole in that hour: begun before it, nothing skipped in it. An
-- interface that is logged has a record every ten minutes, be it of no traffic: a day back will do.
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
)

select
    d.object_id,
    d.line_number,
    coalesce(e.reverse_seen, false) as reverse_seen,
    e.object_id is not null as earlier_seen,
    e.is_answer,
    coalesce(l.first_start <= d.start_time - interval 1 hour, false)
    and len(list_filter(
        coalesce(l.skipped, []),
        lambda one: one.start_time <= d.start_time
            and one.end_time >= d.start_time - interval 1 hour
    )) = 0 as log_is_whole
from doubted as d
left join earlier_flows as e on d.object_id = e.object_id and d.line_number = e.line_number
left join logged as l on d.interface_id = l.interface_id
