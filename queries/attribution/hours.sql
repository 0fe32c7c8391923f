-- The slots by the hour, so that a record finds its own by one look-up: how many there are before
-- each hour, and when those of the hour begin. Hours without a row are after all slots, or before.
with bounds as (
    select
        from_time,
        hour_number(from_time) as hour
    from slots
    where isfinite(from_time)
),

counted as (
    select
        hour,
        count(*) as slots_within,
        list(from_time) as within
    from bounds
    group by hour
),

filled as (
    select unnest(generate_series(min(hour), max(hour))) as hour from bounds
)

select
    f.hour,
    coalesce(sum(c.slots_within) over (
        order by f.hour rows between unbounded preceding and 1 preceding
    ), 0)::bigint as slots_before,
    coalesce(c.within, []::timestamptz[]) as within
from filled as f
left join counted as c on f.hour = c.hour
