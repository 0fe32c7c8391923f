-- The entries of the ACL that guards each subnet that is crossed, in numbers, with the last one
-- that every ACL has: deny all, 32767 for IPv4 and 32768 for IPv6, also where a dump omits it.
-- https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
with guards as (
    select
        i.subnet_id,
        i.moment,
        a.network_acl_id,
        a.scope,
        s.first_observed,
        observed_apart(s.first_observed, s.lapses, i.moment)
        or coalesce(max(v.seen) over (partition by i.subnet_id, i.moment) > v.seen, false) as late
    from (select distinct subnet_id, moment from crossed_subnets) as i
    inner join network_acl_associations as a on i.subnet_id = a.subnet_id
    inner join scopes as s on a.scope = s.scope
    inner join views_at as v on i.moment = v.moment and a.scope = v.scope
    left join (
        select distinct scope, network_acl_id from network_acl_entries
    ) as e on a.scope = e.scope and a.network_acl_id = e.network_acl_id
    where in_force(a.valid_from, a.valid_to, s.first_observed, i.moment)
    -- Of several views of an ACL (owner and participant of a shared VPC) that have its entries, the
    -- last one, and of one time the owner's.
    qualify row_number() over (
        partition by i.subnet_id, i.moment
        order by
            e.scope is null,
            v.seen desc nulls last,
            s.observer_id is distinct from a.account_id,
            a.scope
    ) = 1
)

select
    g.subnet_id,
    g.moment,
    g.network_acl_id,
    case when e.is_egress then 'egress' else 'ingress' end as direction,
    e.rule_number,
    e.rule_action,
    protocol_number(e.protocol) as protocol,
    case
        when protocol_number(e.protocol) in (6, 17) then coalesce(e.from_port, 0) else 0
    end as first_port,
    case
        when protocol_number(e.protocol) in (6, 17) then coalesce(e.to_port, 65535) else 65535
    end as last_port,
    protocol_number(e.protocol) not in (1, 58) or coalesce(e.icmp_type, -1) = -1 as every_type,
    n.family,
    n.first_address,
    n.last_address,
    g.late
from guards as g
inner join network_acl_entries as e on g.scope = e.scope and g.network_acl_id = e.network_acl_id
inner join networks as n on e.cidr = n.block
where in_force(e.valid_from, e.valid_to, g.first_observed, g.moment)
union all
select
    g.subnet_id,
    g.moment,
    g.network_acl_id,
    d.direction,
    f.rule_number,
    'deny',
    -1,
    0,
    65535,
    true,
    f.family,
    0::uhugeint,
    340282366920938463463374607431768211455::uhugeint,
    g.late
from guards as g
cross join (values ('ingress'), ('egress')) as d (direction)
cross join (values (4, 32767), (6, 32768)) as f (family, rule_number)
