-- Which snapshots the lake holds, an account and Region a row.
select
    max(finished) as observed,
    account_id,
    region,
    count(*) as calls,
    count(*) filter (where not complete) as incomplete
from observations
group by run_id, account_id, region
order by observed, account_id, region
