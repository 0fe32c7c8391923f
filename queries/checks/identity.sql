-- Objects whose lines are not the sum of flows, rejected, headers, blanks and skipped.
select
    object_id,
    uri,
    format(
        '{} lines, but {} flows + {} rejected + {} headers + {} blanks + {} skipped',
        lines, flows, rejected, headers, blanks, skipped
    ) as finding
from ledger
where
    status = 'ingested'
    and lines is distinct from flows + rejected + headers + blanks + skipped
order by object_id, uri
