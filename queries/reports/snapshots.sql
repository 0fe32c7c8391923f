-- Which snapshots the lake holds, an account and Region a row.
select
    finished as observed,
    account_id,
    region,
    count(*) as calls,
    count(*) filter (where not complete) as incomplete
from observations
group by finished, account_id, region
order by finished, account_id, region
