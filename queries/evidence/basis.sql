-- What the verdicts rest on: how much was read, judged and observed.
-- param since  timestamptz  first start counted; NULL for all
-- param until  timestamptz  first start no longer counted; NULL for all
with window_flows as (
    select
        count(*) as records,
        count(*) filter (where action = 'REJECT') as rejects,
        count(*) filter (where log_status = 'SKIPDATA') as skipdata,
        count(distinct object_id) as objects,
        min(start_time) as first_time,
        max(end_time) as last_time
    from flows
    where
        ($since::timestamptz is null or start_time >= $since)
        and ($until::timestamptz is null or start_time < $until)
)

select
    w.*,
    (
        select count(*)
        from verdicts
        where
            ($since::timestamptz is null or start_time >= $since)
            and ($until::timestamptz is null or start_time < $until)
            and cause not in (select cause from loss_causes)
    ) as judged,
    (
        select count(*)
        from verdicts
        where
            ($since::timestamptz is null or start_time >= $since)
            and ($until::timestamptz is null or start_time < $until)
            and cause in (select cause from loss_causes)
    ) as lost,
    (
        select list_sort(list(distinct observed))
        from (select max(finished) as observed from observations where complete group by run_id)
    ) as snapshots,
    -- What the configuration is known by at the end of the window.
    (
        select list_sort(list(distinct call))
        from observations
        where complete and finished <= coalesce($until::timestamptz, now())
    ) as calls
from window_flows as w
