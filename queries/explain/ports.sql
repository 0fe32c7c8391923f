-- The ports at which what groups and ACLs say may turn: the first and the one after the last of each
-- rule that the interfaces may meet.
-- param interface_ids  varchar[]  the interfaces of both ends
with ends as (
    select distinct interface_id, subnet_id
    from interfaces
    where interface_id in (select unnest($interface_ids))
),

ranges as (
    select r.from_port, r.to_port
    from ends as e
    inner join interface_groups as g on e.interface_id = g.interface_id
    inner join security_group_rules as r on g.group_id = r.group_id
    union all
    select n.from_port, n.to_port
    from ends as e
    inner join network_acl_associations as a on e.subnet_id = a.subnet_id
    inner join network_acl_entries as n on a.network_acl_id = n.network_acl_id
)

select distinct unnest([from_port, to_port + 1]) as port
from ranges
where from_port between 0 and 65535 and to_port between 0 and 65535
order by port
