-- The stretches of time of an account and Region in which the same snapshots judge a record: its
-- own last one that was finished a minute before the record starts, and its own next one. The
-- minute is how late `start` may be:
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
-- A stretch ends also where another account of the Region was observed: groups and ACLs may be its;
-- and where one of a Region was that a peering connection or a transit gateway joins to it.
-- The stretches without an account are those of the whole lake, for interfaces that no snapshot has.
with own as (
    select account_id as observer_id, region, observed
    from taken
    union
    select null, null, max(observed)
    from taken
    group by run_id
),

near as (
    select region, region as near_region from own
    union
    select region, far_region from joined_regions
),

stretches as (
    select
        o.observer_id,
        o.region,
        b.observed,
        bool_or(
            o.observer_id is not distinct from b.observer_id
            and o.region is not distinct from b.region
        ) as is_own
    from (select distinct observer_id, region from own) as o
    inner join near as n on o.region is not distinct from n.region
    inner join own as b
        on
            n.near_region is not distinct from b.region
            and (o.observer_id is null) = (b.observer_id is null)
    group by o.observer_id, o.region, b.observed
),

neighbours as (
    select
        observer_id,
        region,
        observed,
        lead(observed) over earlier as next_observed,
        row_number() over earlier = 1 as is_first,
        max(observed) filter (where is_own) over (
            earlier rows between unbounded preceding and current row
        ) as observed_before,
        min(observed) filter (where is_own) over (
            earlier rows between 1 following and unbounded following
        ) as observed_after,
        min(observed) filter (where is_own) over (partition by observer_id, region) as first_own
    from stretches
    window earlier as (partition by observer_id, region order by observed)
)

select
    observer_id,
    region,
    observed_before,
    observed_after,
    case when observed_before is null then observed_after else observed end as moment,
    observed + interval 60 second as from_time,
    coalesce(next_observed + interval 60 second, 'infinity'::timestamptz) as until_time
from neighbours
union all
select
    observer_id,
    region,
    null,
    first_own,
    first_own,
    '-infinity'::timestamptz,
    observed + interval 60 second
from neighbours
where is_first
