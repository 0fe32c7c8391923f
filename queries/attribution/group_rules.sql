-- The rules of the carried groups at each moment, one row a rule, with protocol and ports as
-- numbers, and its id where describe-security-group-rules was asked. Ports are those of the
-- packet's destination; they count for TCP and UDP only, and for ICMP the same two fields hold type
-- and code.
-- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
with carried as (
    select distinct group_id, moment, scope, ingress_known, egress_known from carried_groups
),

-- A group has a rule of the same protocol, ports and peer once. Without ports stands -1 here.
-- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
ids as (
    select
        c.moment,
        c.group_id,
        i.is_egress,
        protocol_number(i.protocol) as protocol,
        coalesce(i.from_port, -1) as from_port,
        coalesce(i.to_port, -1) as to_port,
        coalesce(i.cidr, i.prefix_list_id, i.referenced_group_id) as peer,
        min(i.security_group_rule_id) as security_group_rule_id
    from carried as c
    inner join security_group_rule_ids as i on c.group_id = i.group_id
    inner join scopes as s on i.scope = s.scope
    where in_force(i.valid_from, i.valid_to, s.first_observed, c.moment)
    group by all
)

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
    r.referenced_vpc_id,
    r.vpc_peering_connection_id,
    r.peering_status,
    i.security_group_rule_id,
    s.region,
    s.observer_id
from carried as c
inner join scopes as s on c.scope = s.scope
inner join security_group_rules as r on c.scope = r.scope and c.group_id = r.group_id
left join ids as i
    on
        c.moment = i.moment
        and r.group_id = i.group_id
        and (r.direction = 'egress') = i.is_egress
        and protocol_number(r.protocol) = i.protocol
        and coalesce(r.from_port, -1) = i.from_port
        and coalesce(r.to_port, -1) = i.to_port
        and coalesce(r.cidr, r.prefix_list_id, r.referenced_group_id) = i.peer
where
    in_force(r.valid_from, r.valid_to, s.first_observed, c.moment)
    -- Where the snapshot does not say the rules, those of an earlier one are no answer.
    and case r.direction when 'ingress' then c.ingress_known else c.egress_known end
