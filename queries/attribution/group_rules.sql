-- The rules of the carried groups at each moment, one row a rule, with protocol and ports as
-- numbers. Ports are those of the packet's destination; they count for TCP and UDP only, and for
-- ICMP the same two fields hold type and code.
-- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
select
    row_number() over () as rule_row,
    c.moment,
    r.group_id,
    r.direction,
    protocol_number(r.protocol) as protocol,
    case
        when protocol_number(r.protocol) in (6, 17) then coalesce(nullif(r.from_port, -1), 0)
        else 0
    end as first_port,
    case
        when protocol_number(r.protocol) in (6, 17) then coalesce(nullif(r.to_port, -1), 65535)
        else 65535
    end as last_port,
    protocol_number(r.protocol) not in (1, 58) or coalesce(r.from_port, -1) = -1 as every_type,
    r.cidr,
    r.prefix_list_id,
    r.referenced_group_id,
    r.referenced_account_id,
    r.security_group_rule_id,
    s.region
from (select distinct group_id, moment, scope from carried_groups) as c
inner join scopes as s on c.scope = s.scope
inner join security_group_rules as r on c.scope = r.scope and c.group_id = r.group_id
where in_force(r.valid_from, r.valid_to, s.first_observed, c.moment)
