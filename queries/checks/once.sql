-- Objects that were ingested more than once.
select
    object_id,
    min(uri) as uri,
    format('ingested {} times, by runs {}', count(*), string_agg(run_id, ', ' order by run_id)) as finding
from ledger
where status = 'ingested'
group by object_id
having count(*) > 1
order by object_id
