-- The ports at which what groups, ACLs and load balancers say may turn: the first and the one after
-- the last of each rule and listener that the interfaces may meet, the ACLs of the subnets in which
-- transit gateways are attached to their VPCs among them.
-- param interface_ids  varchar[]  the interfaces of both ends
with ends as (
    select distinct interface_id, subnet_id, vpc_id, description
    from interfaces
    where interface_id in (select unnest($interface_ids))
),

crossed as (
    select subnet_id from ends
    union
    select s.subnet_id
    from ends as e
    inner join transit_gateway_vpc_attachments as a on e.vpc_id = a.vpc_id
    inner join transit_gateway_attachment_subnets as s
        on a.transit_gateway_attachment_id = s.transit_gateway_attachment_id
),

ranges as (
    select r.from_port, r.to_port
    from ends as e
    inner join interface_groups as g on e.interface_id = g.interface_id
    inner join security_group_rules as r on g.group_id = r.group_id
    union all
    select n.from_port, n.to_port
    from crossed as c
    inner join network_acl_associations as a on c.subnet_id = a.subnet_id
    inner join network_acl_entries as n on a.network_acl_id = n.network_acl_id
    union all
    select l.port, l.port
    from ends as e
    inner join load_balancer_listeners as l
        on e.description = description_of(l.load_balancer_arn)
)

select distinct unnest([from_port, to_port + 1]) as port
from ranges
where from_port between 0 and 65535 and to_port between 0 and 65535
order by port
