-- What an answer, though complete, did not tell, by table and thing: where that may be what is
-- sought, its absence says nothing.
with named as (
    select distinct scope, unnest(left_out) as name
    from observations
    where complete
)

select
    scope,
    split_part(name, '/', 1) as kept,
    substr(name, strpos(name, '/') + 1) as untold_id
from named
