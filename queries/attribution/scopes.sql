-- What was observed in full: each call of an account and Region, and when first.
select
    scope,
    account_id as observer_id,
    region,
    call,
    subject_id,
    min(finished) as first_observed
from observations
where complete
group by all
