-- What the ACLs of transit gateways' subnets say, whatever the protocol and port.
select
    end_id,
    place,
    'network-acl-' || direction as stage,
    'network-acl' as element_type,
    nullif(network_acl_id, '') as element_id,
    case when says in ('allow', 'deny') then rule_number::varchar end as rule,
    case says when 'allow' then 'pass' when 'deny' then 'block' else 'unknown' end as outcome,
    case when says = 'deny' then 'nacl_' || direction || '_deny' end as cause,
    not late as is_sure,
    case says
        when 'unknown' then
            'the ACL of the transit gateway''s subnet is not known: load describe-network-acls'
        when 'depends' then 'whether it lets the packet pass depends on its protocol and port'
        else 'the ACL of the transit gateway''s subnet'
    end as note
from gateway_acls
