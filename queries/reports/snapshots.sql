-- Which snapshots the lake holds, an account and Region a row.
select
    finished as observed,
    account_id,
    region,
    count(*) as calls,
    count(*) filter (where not complete) as incomplete,
    list_sort(list(distinct call)) as answered
from observations
group by finished, account_id, region
order by finished, account_id, region
