-- From when to when there are records of each interface, subnet and VPC that a flow log may be of,
-- in the window and a day around it.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with logged as (
    select interface_id, min(start_time) as first_start, max(start_time) as last_start
    from flows
    where
        ($since::timestamptz is null or start_time >= $since::timestamptz - interval 1 day)
        and ($until::timestamptz is null or start_time < $until::timestamptz + interval 1 day)
        and exists (from missed)
    group by interface_id
),

placed as (
    select interface_id, max(subnet_id) as subnet_id, max(vpc_id) as vpc_id
    from interfaces
    group by interface_id
),

named as (
    select l.*, unnest([l.interface_id, p.subnet_id, p.vpc_id]) as resource_id
    from logged as l
    left join placed as p on l.interface_id = p.interface_id
)

select
    resource_id,
    min(first_start) as first_start,
    max(last_start) as last_start
from named
where resource_id is not null
group by resource_id
