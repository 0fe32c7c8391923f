-- What each row of the decision table concludes. The rows and their conditions are told in
-- docs/decision-table.md; `note` says what a row without a cause of its own waits for.
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
    (9, 'not_explained', null, 'row 9: Block Public Access may be the cause, not yet judged'),
    (
        10, 'not_explained', null,
        'row 10: a rule refers to a group whose members may not count here, not yet judged'
    ),
    (
        11, 'not_explained', null,
        'row 11: groups and ACL allow it in this snapshot, a change between snapshots may explain it'
    ),
    (12, 'not_explained', null, 'row 12: an ACL that refuses replies, not yet judged'),
    (13, 'not_explained', null, 'row 13: no tracked connection, not yet judged'),
    (14, 'not_explained', null, 'row 14: a late packet, not yet judged'),
    (15, 'sg_egress_miss', 'ENI_SG_RULES_MISMATCH', null),
    (16, 'nacl_egress_deny', 'SUBNET_ACL_RESTRICTION', null),
    (17, 'sg_and_nacl', 'SUBNET_ACL_RESTRICTION', null),
    (18, 'not_explained', null, 'row 18: an ACL that refuses replies, not yet judged'),
    (19, 'not_explained', null, 'row 19: no tracked connection, not yet judged'),
    (20, 'not_explained', null, 'row 20: Block Public Access may be the cause, not yet judged'),
    (
        21, 'not_explained', null,
        'row 21: groups and ACL allow it in this snapshot, a change between snapshots may explain it'
    ),
    (23, 'not_explained', null, 'row 23: it depends on the ICMP type, which no record has'),
    (24, 'stage_unknown', null, null)
) as decided (decision_row, cause, alias, note)
