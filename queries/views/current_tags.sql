-- Each resource's tags as they are now: the newest value of each key.
select
    resource_id,
    key,
    arg_max(value, valid_from) as value
from tags
where valid_to is null
group by resource_id, key
