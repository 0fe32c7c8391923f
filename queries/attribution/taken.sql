-- Each snapshot of an account and Region: the answered calls of one run, by when the last of them was
-- finished.
select
    account_id,
    region,
    run_id,
    max(finished) as observed
from observations
where complete
group by account_id, region, run_id
