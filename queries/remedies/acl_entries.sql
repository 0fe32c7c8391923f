-- The entries of the ACLs that the packets meet: those of the snapshot that judges, and those that
-- came since, for a number that is taken by now is not free.
select distinct
    e.network_acl_id,
    case when e.is_egress then 'egress' else 'ingress' end as direction,
    e.rule_number,
    e.rule_action,
    e.protocol,
    e.cidr,
    e.from_port,
    e.to_port,
    e.icmp_type,
    e.icmp_code
from network_acl_entries as e
where
    e.network_acl_id in (select network_acl_id from acl_answers)
    and (e.valid_to is null or e.valid_to > (select min(moment) from moments))
order by all
