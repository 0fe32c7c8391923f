-- What the ledger says of objects, by how they fared.
select
    status,
    count(*) as objects,
    coalesce(sum(size), 0)::bigint as bytes,
    coalesce(sum(lines), 0)::bigint as lines,
    max(ingested_at) as newest
from ledger
group by status
order by status desc
