-- What resources are called now: their Name tag, else the name that their kind gives them.
with named as (
    select resource_id, value as name, 1 as preference
    from current_tags
    where key = 'Name'
    union all
    select group_id, arg_max(group_name, valid_from), 2
    from security_groups
    where valid_to is null
    group by group_id
)

select resource_id, arg_min(name, preference) as name
from named
where name <> ''
group by resource_id
