"""What lets packets through or not: groups, ACLs, prefix lists, Block Public Access, firewalls.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAcl.html
https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_DescribeFirewall.html
"""

from pipeline.lake.calls.call import About, Call, Shape, named, rules, tags

_GROUPS = (
    Call(
        "describe-security-groups",
        "SecurityGroups",
        (
            Shape(
                "security_groups",
                "",
                {
                    **named("GroupId GroupName VpcId Description"),
                    "ingress_permission_count": "#0.IpPermissions",
                    "egress_permission_count": "#0.IpPermissionsEgress",
                },
            ),
            *rules("IpPermissions", "ingress"),
            *rules("IpPermissionsEgress", "egress"),
            tags("GroupId"),
        ),
    ),
    Call(
        "describe-security-group-rules",
        "SecurityGroupRules",
        (
            Shape(
                "security_group_rule_ids",
                "",
                {
                    **named("SecurityGroupRuleId GroupId IsEgress"),
                    "protocol": "0.IpProtocol",
                    **named("FromPort ToPort"),
                    "cidr": "0.CidrIpv4|0.CidrIpv6",
                    **named("PrefixListId"),
                    "referenced_group_id": "0.ReferencedGroupInfo.GroupId",
                    **named("Description"),
                },
            ),
            tags("SecurityGroupRuleId"),
        ),
        owner="GroupOwnerId",
    ),
    Call(
        "describe-security-group-vpc-associations",
        "SecurityGroupVpcAssociations",
        (
            Shape(
                "security_group_vpcs",
                "",
                {
                    **named("GroupId VpcId"),
                    "vpc_account_id": "0.VpcOwnerId",
                    **named("State StateReason"),
                },
            ),
        ),
        owner="GroupOwnerId",
        ids=("GroupId", "VpcId"),
    ),
    Call(
        "describe-stale-security-groups",
        "StaleSecurityGroupSet",
        tuple(
            Shape(
                "stale_security_group_rules",
                f"{permissions}.UserIdGroupPairs",
                {
                    **named("GroupId GroupName VpcId"),
                    "direction": f"={direction}",
                    "protocol": "1.IpProtocol",
                    **named("FromPort ToPort", 1),
                    "referenced_group_id": "2.GroupId",
                    "referenced_account_id": "2.UserId",
                    "referenced_vpc_id": "2.VpcId",
                    **named("VpcPeeringConnectionId PeeringStatus", 2),
                },
            )
            for permissions, direction in (
                ("StaleIpPermissions", "ingress"),
                ("StaleIpPermissionsEgress", "egress"),
            )
        ),
        about=About("VpcId", "describe-vpcs", "VpcId"),
    ),
)
_ACLS = Call(
    "describe-network-acls",
    "NetworkAcls",
    (
        Shape("network_acls", "", named("NetworkAclId VpcId IsDefault")),
        Shape(
            "network_acl_entries",
            "Entries",
            {
                "network_acl_id": "0.NetworkAclId",
                "is_egress": "1.Egress",
                **named("RuleNumber RuleAction Protocol", 1),
                "cidr": "1.CidrBlock|1.Ipv6CidrBlock",
                "from_port": "1.PortRange.From",
                "to_port": "1.PortRange.To",
                "icmp_type": "1.IcmpTypeCode.Type",
                "icmp_code": "1.IcmpTypeCode.Code",
            },
        ),
        Shape(
            "network_acl_associations",
            "Associations",
            {"network_acl_id": "0.NetworkAclId", "subnet_id": "1.SubnetId"},
        ),
        tags("NetworkAclId"),
    ),
)
_PREFIX_LISTS = (
    Call(
        "describe-managed-prefix-lists",
        "PrefixLists",
        (
            Shape(
                "prefix_lists", "", named("PrefixListId PrefixListName State Version MaxEntries")
            ),
            tags("PrefixListId"),
        ),
        marks=("PrefixListArn",),
    ),
    Call(
        "describe-prefix-lists",
        "PrefixLists",
        (
            Shape("prefix_lists", "", named("PrefixListId PrefixListName")),
            Shape(
                "prefix_list_entries",
                "Cidrs",
                {"prefix_list_id": "0.PrefixListId", "cidr": "1"},
            ),
        ),
        marks=("Cidrs",),
    ),
    Call(
        "get-managed-prefix-list-entries",
        "Entries",
        (
            Shape(
                "prefix_list_entries",
                "",
                {"prefix_list_id": "@subject", "cidr": "0.Cidr", **named("Description")},
            ),
        ),
        marks=("Cidr",),
        ids=("Cidr",),
        about=About("PrefixListId", "describe-managed-prefix-lists", "PrefixListId"),
    ),
)
_BLOCK_PUBLIC_ACCESS = (
    Call(
        "describe-vpc-block-public-access-options",
        "VpcBlockPublicAccessOptions",
        (
            Shape(
                "block_public_access",
                "",
                {
                    **named("VpcBlockPublicAccessOptions.State"),
                    **named("VpcBlockPublicAccessOptions.InternetGatewayBlockMode"),
                    **named("VpcBlockPublicAccessOptions.Reason"),
                    **named("VpcBlockPublicAccessOptions.ManagedBy"),
                    **named("VpcBlockPublicAccessOptions.ExclusionsAllowed"),
                },
            ),
        ),
        whole=True,
        owner="VpcBlockPublicAccessOptions.AwsAccountId",
    ),
    Call(
        "describe-vpc-block-public-access-exclusions",
        "VpcBlockPublicAccessExclusions",
        (
            Shape(
                "block_public_access_exclusions",
                "",
                named("ExclusionId InternetGatewayExclusionMode ResourceArn State Reason"),
            ),
            tags("ExclusionId"),
        ),
    ),
)
_FIREWALLS = (
    Call(
        "list-firewalls",
        "Firewalls",
        (Shape("network_firewalls", "", named("FirewallArn FirewallName")),),
        marks=("FirewallArn",),
        service="network-firewall",
    ),
    Call(
        "describe-firewall",
        "Firewall",
        (
            Shape(
                "network_firewall_endpoints",
                "FirewallStatus/SyncStates*",
                {
                    **named("Firewall.FirewallArn Firewall.VpcId Firewall.FirewallPolicyArn"),
                    "vpc_endpoint_id": "1.Attachment.EndpointId",
                    "subnet_id": "1.Attachment.SubnetId",
                    "status": "1.Attachment.Status",
                },
            ),
        ),
        about=About("FirewallArn", "list-firewalls", "FirewallArn"),
        whole=True,
        service="network-firewall",
    ),
)
FILTERS = (*_GROUPS, _ACLS, *_PREFIX_LISTS, *_BLOCK_PUBLIC_ACCESS, *_FIREWALLS)
