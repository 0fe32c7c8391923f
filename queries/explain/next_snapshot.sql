-- When the first snapshot after a time was finished.
-- param at  timestamptz  the time that is asked about
select min(finished) as finished
from observations
where complete and finished > $at::timestamptz
