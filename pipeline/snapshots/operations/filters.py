"""What changes groups, ACLs, prefix lists, Block Public Access and network firewalls.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclEntry.html
https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_Operations.html
"""

from pipeline.lake.inventory import KEYS
from pipeline.snapshots.operations.effect import ADDED, REMOVED, Effect, Rows, created

_AUTHORIZE = "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress"
_REVOKE = "RevokeSecurityGroupIngress RevokeSecurityGroupEgress"
_DESCRIBE = "UpdateSecurityGroupRuleDescriptionsIngress UpdateSecurityGroupRuleDescriptionsEgress"
RULE = " ".join(KEYS["security_group_rules"])
_RULE_ID = "security_group_rule_id"
_GROUPS = {
    "security_groups": created("group_id", "CreateSecurityGroup", "DeleteSecurityGroup"),
    "security_group_rules": created(
        RULE,
        f"{_AUTHORIZE} ModifySecurityGroupRules",
        f"{_REVOKE} DeleteSecurityGroup",
        Effect("ModifySecurityGroupRules", REMOVED, of=_RULE_ID),
        Effect(f"{_DESCRIBE} ModifySecurityGroupRules", "description", told=True),
    ),
    "security_group_rule_ids": created(
        _RULE_ID,
        _AUTHORIZE,
        _REVOKE,
        Effect(_AUTHORIZE, ADDED, by="group_id", of=RULE),
        Effect(f"{_REVOKE} DeleteSecurityGroup", REMOVED, by="group_id", of=RULE),
        Effect(_DESCRIBE, "description", by="group_id", of=RULE, told=True),
        Effect(
            "ModifySecurityGroupRules",
            "protocol from_port to_port cidr prefix_list_id referenced_group_id description",
            told=True,
        ),
    ),
    "security_group_vpcs": created(
        "group_id vpc_id",
        "AssociateSecurityGroupVpc",
        "DisassociateSecurityGroupVpc",
        Effect("AssociateSecurityGroupVpc", "state=associating|associated state_reason"),
        Effect("DisassociateSecurityGroupVpc", "state=disassociating|disassociated state_reason"),
    ),
}

_ENTRY = "rule_action protocol cidr from_port to_port icmp_type icmp_code"
_ACLS = {
    "network_acls": created("network_acl_id", "CreateNetworkAcl", "DeleteNetworkAcl"),
    "network_acl_entries": created(
        "network_acl_id is_egress rule_number",
        "CreateNetworkAclEntry",
        "DeleteNetworkAclEntry DeleteNetworkAcl",
        # One that is created where there was another was deleted before.
        Effect("ReplaceNetworkAclEntry CreateNetworkAclEntry", _ENTRY),
        holds=_ENTRY,
    ),
    # It names the ACL and an association, but no subnet.
    "network_acl_associations": Rows(
        "subnet_id",
        (Effect("ReplaceNetworkAclAssociation", "network_acl_id", by="network_acl_id"),),
    ),
}
_LISTS = {
    "prefix_lists": created(
        "prefix_list_id",
        "CreateManagedPrefixList",
        "DeleteManagedPrefixList",
        Effect("ModifyManagedPrefixList", "version state prefix_list_name max_entries"),
        Effect("RestoreManagedPrefixListVersion", "version state"),
    ),
    "prefix_list_entries": created(
        "prefix_list_id cidr",
        "ModifyManagedPrefixList:addentry CreateManagedPrefixList RestoreManagedPrefixListVersion",
        "ModifyManagedPrefixList:removeentry DeleteManagedPrefixList "
        "RestoreManagedPrefixListVersion",
    ),
}
_PUBLIC_ACCESS = {
    # Of an account and Region there is one.
    "block_public_access": Rows(
        "",
        (Effect("ModifyVpcBlockPublicAccessOptions", "state internet_gateway_block_mode reason"),),
    ),
    "block_public_access_exclusions": created(
        "exclusion_id",
        "CreateVpcBlockPublicAccessExclusion",
        "DeleteVpcBlockPublicAccessExclusion",
        Effect("DeleteVpcBlockPublicAccessExclusion", "state=delete-in-progress|delete-complete"),
        Effect("ModifyVpcBlockPublicAccessExclusion", "internet_gateway_exclusion_mode", told=True),
    ),
}

_FIREWALLS = {
    "network_firewalls": created("firewall_arn", "CreateFirewall", "DeleteFirewall"),
    # They name the subnet, but not the endpoint that is made in it.
    "network_firewall_endpoints": Rows(
        "vpc_endpoint_id",
        (
            Effect("CreateFirewall AssociateSubnets", ADDED, by="firewall_arn"),
            Effect("DeleteFirewall DisassociateSubnets", REMOVED, by="firewall_arn"),
        ),
        holds="subnet_id",
    ),
}
FILTERS = _GROUPS | _ACLS | _LISTS | _PUBLIC_ACCESS | _FIREWALLS
