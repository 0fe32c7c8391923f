-- The stretches of time that one and the same snapshot of an account and Region judges, whatever others
-- are observed meanwhile.
select
    observer_id,
    region,
    min(from_time) as from_time,
    max(until_time) as until_time
from epochs
where observed_before is not null
group by observer_id, region, observed_before
