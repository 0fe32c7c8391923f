"""The AWS CLI calls that a snapshot is made of, in the order in which their tables are listed.

Field names: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/OperationList-query.html
"""

from pipeline.lake.call import Call, Shape, addresses, rules, tags

# A route has exactly one target; an instance's route also names its interface, which decides.
_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "InstanceId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
)

CALLS = (
    Call(
        "describe-network-interfaces",
        "NetworkInterfaces",
        (
            Shape(
                "interfaces",
                "",
                {
                    "interface_id": "0.NetworkInterfaceId",
                    "vpc_id": "0.VpcId",
                    "subnet_id": "0.SubnetId",
                    "availability_zone": "0.AvailabilityZone",
                    "availability_zone_id": "0.AvailabilityZoneId",
                    "interface_type": "0.InterfaceType",
                    "description": "0.Description",
                    "instance_id": "0.Attachment.InstanceId",
                    "requester_managed": "0.RequesterManaged",
                    "source_dest_check": "0.SourceDestCheck",
                    "status": "0.Status",
                    "private_ip": "0.PrivateIpAddress",
                    "public_ip": "0.Association.PublicIp",
                    "group_count": "#0.Groups",
                },
            ),
            *addresses(
                {
                    "PrivateIpAddresses": "PrivateIpAddress",
                    "Ipv6Addresses": "Ipv6Address",
                    "Ipv4Prefixes": "Ipv4Prefix",
                    "Ipv6Prefixes": "Ipv6Prefix",
                }
            ),
            Shape(
                "interface_groups",
                "Groups",
                {
                    "interface_id": "0.NetworkInterfaceId",
                    "group_id": "1.GroupId",
                    "group_name": "1.GroupName",
                },
            ),
            tags("NetworkInterfaceId", "TagSet"),
        ),
    ),
    Call(
        "describe-security-groups",
        "SecurityGroups",
        (
            Shape(
                "security_groups",
                "",
                {
                    "group_id": "0.GroupId",
                    "group_name": "0.GroupName",
                    "vpc_id": "0.VpcId",
                    "description": "0.Description",
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
        "describe-network-acls",
        "NetworkAcls",
        (
            Shape(
                "network_acls",
                "",
                {
                    "network_acl_id": "0.NetworkAclId",
                    "vpc_id": "0.VpcId",
                    "is_default": "0.IsDefault",
                },
            ),
            Shape(
                "network_acl_entries",
                "Entries",
                {
                    "network_acl_id": "0.NetworkAclId",
                    "is_egress": "1.Egress",
                    "rule_number": "1.RuleNumber",
                    "rule_action": "1.RuleAction",
                    "protocol": "1.Protocol",
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
                {
                    "network_acl_id": "0.NetworkAclId",
                    "subnet_id": "1.SubnetId",
                },
            ),
            tags("NetworkAclId"),
        ),
    ),
    Call(
        "describe-subnets",
        "Subnets",
        (
            Shape(
                "subnets",
                "",
                {
                    "subnet_id": "0.SubnetId",
                    "vpc_id": "0.VpcId",
                    "availability_zone": "0.AvailabilityZone",
                    "availability_zone_id": "0.AvailabilityZoneId",
                    "cidr": "0.CidrBlock",
                    "map_public_ip_on_launch": "0.MapPublicIpOnLaunch",
                },
            ),
            Shape(
                "subnet_cidrs",
                "",
                {"subnet_id": "0.SubnetId", "cidr": "0.CidrBlock", "state": "=associated"},
            ),
            Shape(
                "subnet_cidrs",
                "Ipv6CidrBlockAssociationSet",
                {
                    "subnet_id": "0.SubnetId",
                    "cidr": "1.Ipv6CidrBlock",
                    "state": "1.Ipv6CidrBlockState.State",
                },
            ),
            tags("SubnetId"),
        ),
    ),
    Call(
        "describe-vpcs",
        "Vpcs",
        (
            Shape(
                "vpcs",
                "",
                {
                    "vpc_id": "0.VpcId",
                    "cidr": "0.CidrBlock",
                    "is_default": "0.IsDefault",
                    "internet_gateway_block_mode": (
                        "0.BlockPublicAccessStates.InternetGatewayBlockMode"
                    ),
                    "encryption_control_mode": "0.EncryptionControl.Mode",
                },
            ),
            Shape(
                "vpc_cidrs",
                "CidrBlockAssociationSet",
                {
                    "vpc_id": "0.VpcId",
                    "cidr": "1.CidrBlock",
                    "state": "1.CidrBlockState.State",
                },
            ),
            Shape(
                "vpc_cidrs",
                "Ipv6CidrBlockAssociationSet",
                {
                    "vpc_id": "0.VpcId",
                    "cidr": "1.Ipv6CidrBlock",
                    "state": "1.Ipv6CidrBlockState.State",
                },
            ),
            tags("VpcId"),
        ),
    ),
    Call(
        "describe-route-tables",
        "RouteTables",
        (
            Shape(
                "route_tables",
                "",
                {"route_table_id": "0.RouteTableId", "vpc_id": "0.VpcId"},
            ),
            Shape(
                "route_table_associations",
                "Associations",
                {
                    "route_table_id": "0.RouteTableId",
                    "vpc_id": "0.VpcId",
                    "subnet_id": "1.SubnetId",
                    "gateway_id": "1.GatewayId",
                    "is_main": "1.Main",
                    "state": "1.AssociationState.State",
                },
            ),
            Shape(
                "routes",
                "Routes",
                {
                    "route_table_id": "0.RouteTableId",
                    "vpc_id": "0.VpcId",
                    "destination": "1.DestinationCidrBlock|1.DestinationIpv6CidrBlock",
                    "destination_prefix_list_id": "1.DestinationPrefixListId",
                    "target": "|".join(f"1.{target}" for target in _TARGETS),
                    "state": "1.State",
                    "origin": "1.Origin",
                },
            ),
            tags("RouteTableId"),
        ),
    ),
    Call(
        "describe-vpc-peering-connections",
        "VpcPeeringConnections",
        (
            Shape(
                "peerings",
                "",
                {
                    "vpc_peering_connection_id": "0.VpcPeeringConnectionId",
                    "status": "0.Status.Code",
                    "requester_account_id": "0.RequesterVpcInfo.OwnerId",
                    "requester_region": "0.RequesterVpcInfo.Region",
                    "requester_vpc_id": "0.RequesterVpcInfo.VpcId",
                    "accepter_account_id": "0.AccepterVpcInfo.OwnerId",
                    "accepter_region": "0.AccepterVpcInfo.Region",
                    "accepter_vpc_id": "0.AccepterVpcInfo.VpcId",
                },
            ),
            tags("VpcPeeringConnectionId"),
        ),
    ),
    Call(
        "describe-managed-prefix-lists",
        "PrefixLists",
        (
            Shape(
                "prefix_lists",
                "",
                {
                    "prefix_list_id": "0.PrefixListId",
                    "prefix_list_name": "0.PrefixListName",
                    "state": "0.State",
                    "version": "0.Version",
                },
            ),
            tags("PrefixListId"),
        ),
        marks=("PrefixListArn",),
    ),
    Call(
        "describe-prefix-lists",
        "PrefixLists",
        (
            Shape(
                "prefix_lists",
                "",
                {"prefix_list_id": "0.PrefixListId", "prefix_list_name": "0.PrefixListName"},
            ),
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
                {
                    "prefix_list_id": "@subject",
                    "cidr": "0.Cidr",
                    "description": "0.Description",
                },
            ),
        ),
        marks=("Cidr",),
        about=True,
    ),
    Call(
        "describe-flow-logs",
        "FlowLogs",
        (
            Shape(
                "flow_logs",
                "",
                {
                    "flow_log_id": "0.FlowLogId",
                    "resource_id": "0.ResourceId",
                    "traffic_type": "0.TrafficType",
                    "log_destination_type": "0.LogDestinationType",
                    "log_destination": "0.LogDestination",
                    "log_group_name": "0.LogGroupName",
                    "log_format": "0.LogFormat",
                    "max_aggregation_interval": "0.MaxAggregationInterval",
                    "file_format": "0.DestinationOptions.FileFormat",
                    "hive_compatible_partitions": "0.DestinationOptions.HiveCompatiblePartitions",
                    "per_hour_partition": "0.DestinationOptions.PerHourPartition",
                    "deliver_logs_status": "0.DeliverLogsStatus",
                    "deliver_logs_error_message": "0.DeliverLogsErrorMessage",
                    "creation_time": "0.CreationTime",
                    "flow_log_status": "0.FlowLogStatus",
                },
            ),
            tags("FlowLogId"),
        ),
    ),
)
