-- What each row of the decision table concludes. The rows and their conditions are told in
-- docs/decision-table.md; `note` says what is to be known of every verdict of a row.
select *
from (
    values
    (1, 'block_public_access', 'VPC_BLOCK_PUBLIC_ACCESS_ENABLED', null),
    (2, 'encryption_control', null, null),
    (
        3, 'interface_unknown', null,
        'load its account''s describe-network-interfaces, taken near the time of the traffic'
    ),
    (4, 'sg_ingress_miss', 'ENI_SG_RULES_MISMATCH', null),
    (5, 'nacl_ingress_deny', 'SUBNET_ACL_RESTRICTION', null),
    (6, 'sg_ingress_miss', 'ENI_SG_RULES_MISMATCH', null),
    (7, 'sg_and_nacl', 'SUBNET_ACL_RESTRICTION', null),
    (8, 'nacl_ingress_deny', 'SUBNET_ACL_RESTRICTION', null),
    (
        9, 'block_public_access', 'VPC_BLOCK_PUBLIC_ACCESS_ENABLED',
        'groups and ACL allow it; a log of version 8 would say whether Block Public Access refused it'
    ),
    (10, 'sg_reference_ineffective', 'SG_REFERENCES_NOT_PRESERVED', null),
    (
        11, 'not_explained', null,
        'groups and ACL allow it in this snapshot: a change between snapshots may explain it'
    ),
    (12, 'nacl_ingress_deny_reply', 'SUBNET_ACL_RESTRICTION', null),
    (13, 'no_tracked_connection', null, null),
    (14, 'late_packet', null, 'a new connection would pass the groups: none is tracked any more'),
    (15, 'sg_egress_miss', 'ENI_SG_RULES_MISMATCH', null),
    (16, 'nacl_egress_deny', 'SUBNET_ACL_RESTRICTION', null),
    (17, 'sg_and_nacl', 'SUBNET_ACL_RESTRICTION', null),
    (18, 'nacl_egress_deny_reply', 'SUBNET_ACL_RESTRICTION', null),
    (19, 'no_tracked_connection', null, null),
    (
        20, 'block_public_access', 'VPC_BLOCK_PUBLIC_ACCESS_ENABLED',
        'groups and ACL allow it; a log of version 8 would say whether Block Public Access refused it'
    ),
    (
        21, 'not_explained', null,
        'groups and ACL allow it in this snapshot: a change between snapshots may explain it'
    ),
    (22, 'stage_unknown', null, null),
    (23, 'depends_on_icmp_type', null, 'it depends on the ICMP type, which no record has'),
    (24, 'stage_unknown', null, null)
) as decided (decision_row, cause, alias, note)
