"""VPCs, their subnets, route tables and peering connections, and what flow logs watch of them.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnection.html
"""

from pipeline.lake.calls.call import Call, Shape, named, tags

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
_SUBNETS = Call(
    "describe-subnets",
    "Subnets",
    (
        Shape(
            "subnets",
            "",
            {
                **named("SubnetId VpcId AvailabilityZone AvailabilityZoneId"),
                "cidr": "0.CidrBlock",
                **named("MapPublicIpOnLaunch State"),
                **named("BlockPublicAccessStates.InternetGatewayBlockMode"),
            },
        ),
        Shape(
            "subnet_cidrs",
            "",
            {"subnet_id": "0.SubnetId", "cidr": "0.CidrBlock", "state": "=associated"},
        ),
        Shape(
            "subnet_cidrs",
            "Ipv6CidrBlockAssociationSet~",
            {
                "subnet_id": "0.SubnetId",
                "cidr": "1.Ipv6CidrBlock",
                "state": "1.Ipv6CidrBlockState.State",
            },
        ),
        tags("SubnetId"),
    ),
)
_VPCS = Call(
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
                **named("BlockPublicAccessStates.InternetGatewayBlockMode"),
                "encryption_control_mode": "0.EncryptionControl.Mode",
                **named("State DhcpOptionsId"),
            },
        ),
        Shape(
            "vpc_cidrs",
            "CidrBlockAssociationSet",
            {"vpc_id": "0.VpcId", "cidr": "1.CidrBlock", "state": "1.CidrBlockState.State"},
        ),
        Shape(
            "vpc_cidrs",
            "Ipv6CidrBlockAssociationSet~",
            {
                "vpc_id": "0.VpcId",
                "cidr": "1.Ipv6CidrBlock",
                "state": "1.Ipv6CidrBlockState.State",
            },
        ),
        tags("VpcId"),
    ),
)
_ROUTE_TABLES = Call(
    "describe-route-tables",
    "RouteTables",
    (
        Shape("route_tables", "", named("RouteTableId VpcId")),
        Shape(
            "route_table_associations",
            "Associations",
            {
                **named("RouteTableId VpcId"),
                **named("SubnetId GatewayId", 1),
                "is_main": "1.Main",
                "state": "1.AssociationState.State",
            },
        ),
        Shape(
            "routes",
            "Routes",
            {
                **named("RouteTableId VpcId"),
                "destination": "1.DestinationCidrBlock|1.DestinationIpv6CidrBlock",
                "destination_prefix_list_id": "1.DestinationPrefixListId",
                "target": "|".join(f"1.{target}" for target in _TARGETS),
                **named("State Origin", 1),
            },
        ),
        tags("RouteTableId"),
    ),
)
_PEERINGS = Call(
    "describe-vpc-peering-connections",
    "VpcPeeringConnections",
    (
        Shape(
            "peerings",
            "",
            {
                "vpc_peering_connection_id": "0.VpcPeeringConnectionId",
                "status": "0.Status.Code",
                **{
                    f"{side}_{column}": f"0.{side.capitalize()}VpcInfo.{field}"
                    for side in ("requester", "accepter")
                    for column, field in (
                        ("account_id", "OwnerId"),
                        ("region", "Region"),
                        ("vpc_id", "VpcId"),
                    )
                },
                "status_message": "0.Status.Message",
                **{
                    f"{side}_allow_dns_resolution_from_remote_vpc": (
                        f"0.{side.capitalize()}VpcInfo.PeeringOptions."
                        "AllowDnsResolutionFromRemoteVpc"
                    )
                    for side in ("requester", "accepter")
                },
                "expiration_time": "0.ExpirationTime",
            },
        ),
        *(
            Shape(
                "peering_cidrs",
                # Only active connections have them.
                f"{side}VpcInfo/{blocks}~",
                {
                    "vpc_peering_connection_id": "0.VpcPeeringConnectionId",
                    "vpc_id": f"0.{side}VpcInfo.VpcId",
                    "cidr": f"1.{block}",
                },
            )
            for side in ("Requester", "Accepter")
            for blocks, block in (
                ("CidrBlockSet", "CidrBlock"),
                ("Ipv6CidrBlockSet", "Ipv6CidrBlock"),
            )
        ),
        tags("VpcPeeringConnectionId"),
    ),
)
_FLOW_LOGS = Call(
    "describe-flow-logs",
    "FlowLogs",
    (
        Shape(
            "flow_logs",
            "",
            {
                **named("FlowLogId ResourceId TrafficType LogDestinationType LogDestination"),
                **named("LogGroupName LogFormat MaxAggregationInterval"),
                **named("DestinationOptions.FileFormat"),
                **named("DestinationOptions.HiveCompatiblePartitions"),
                **named("DestinationOptions.PerHourPartition"),
                **named("DeliverLogsStatus DeliverLogsErrorMessage CreationTime FlowLogStatus"),
            },
        ),
        tags("FlowLogId"),
    ),
)
VPCS = (_SUBNETS, _VPCS, _ROUTE_TABLES, _PEERINGS, _FLOW_LOGS)
