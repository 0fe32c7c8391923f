-- The stretches of time of an account and Region in which the same two snapshots judge a record:
-- the last that was finished a minute before the record starts, and the next one. The minute is
-- how late `start` may be: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
-- The stretches without an account are those of the whole lake, for interfaces that no snapshot has.
with runs_observed as (
    select account_id as observer_id, region, max(finished) as observed
    from observations
    where complete
    group by account_id, region, run_id
    union all
    select null, null, max(finished)
    from observations
    where complete
    group by run_id
),

snapshots as (
    select distinct observer_id, region, observed from runs_observed
),

neighbours as (
    select
        *,
        lag(observed) over earlier as observed_before,
        lead(observed) over earlier as observed_after
    from snapshots
    window earlier as (partition by observer_id, region order by observed)
)

select
    observer_id,
    region,
    observed as observed_before,
    observed_after,
    observed + interval 60 second as from_time,
    coalesce(observed_after + interval 60 second, 'infinity'::timestamptz) as until_time
from neighbours
union all
select
    observer_id,
    region,
    null,
    observed,
    '-infinity'::timestamptz,
    observed + interval 60 second
from neighbours
where observed_before is null
