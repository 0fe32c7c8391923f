-- Objects of files whose id is not that of the bytes that the ledger says were read.
select
    object_id,
    uri,
    format('the id of bytes with SHA-256 {} is another', sha256) as finding
from ledger
where
    source = 'files'
    and status = 'ingested'
    -- The identity of a file is its content: pipeline/ingest/read.py.
    and object_id is distinct from left(sha256('sha256:' || sha256), 32)
order by object_id, uri
