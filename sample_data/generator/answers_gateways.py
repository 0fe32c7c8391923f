"""Internet, NAT and transit gateways and the flow logs as the AWS CLI lists them."""

from .answers_network import Json, tags
from .formats import FlowLog
from .ids import CREATED, PLATFORM, aws_id
from .interfaces import INTERFACES
from .organisation import (
    OFFICE_CIDR,
    OFFICE_VPN,
    SUBNETS,
    TGW_TABLES,
    TGW_VPCS,
    TRANSIT_GATEWAY,
    VPCS,
    Vpc,
)

GATEWAY = aws_id("tgw", TRANSIT_GATEWAY)


def internet_gateway_json(vpc: Vpc) -> Json:
    return {
        "Attachments": [{"State": "available", "VpcId": aws_id("vpc", vpc.name)}],
        "InternetGatewayId": aws_id("igw", vpc.name),
        "OwnerId": vpc.account,
        "Tags": tags(f"{vpc.name}-igw"),
    }


def egress_only_json(vpc: Vpc) -> Json:
    return {
        "Attachments": [{"State": "attached", "VpcId": aws_id("vpc", vpc.name)}],
        "EgressOnlyInternetGatewayId": aws_id("eigw", vpc.name),
        "Tags": tags(f"{vpc.name}-eigw"),
    }


def nat_gateway_json(vpc: Vpc) -> Json:
    interface = INTERFACES[f"{vpc.name}-nat-a"]
    return {
        "CreateTime": CREATED,
        "NatGatewayAddresses": [
            {
                "AllocationId": aws_id("eipalloc", interface.name),
                "NetworkInterfaceId": interface.id,
                "PrivateIp": interface.address,
                "PublicIp": interface.public,
                "AssociationId": aws_id("eipassoc", interface.name),
                "IsPrimary": True,
                "Status": "succeeded",
            }
        ],
        "NatGatewayId": aws_id("nat", vpc.name),
        "State": "available",
        "SubnetId": aws_id("subnet", interface.subnet),
        "VpcId": aws_id("vpc", vpc.name),
        "Tags": tags(interface.name),
        "ConnectivityType": "public",
    }


def transit_gateway_json() -> Json:
    return {
        "TransitGatewayId": GATEWAY,
        "TransitGatewayArn": f"arn:aws:ec2:eu-west-1:{PLATFORM}:transit-gateway/{GATEWAY}",
        "State": "available",
        "OwnerId": PLATFORM,
        "Description": "one for the Region",
        "CreationTime": CREATED,
        "Options": {
            "AmazonSideAsn": 64512,
            "AutoAcceptSharedAttachments": "disable",
            "DefaultRouteTableAssociation": "disable",
            "DefaultRouteTablePropagation": "disable",
            "VpnEcmpSupport": "enable",
            "DnsSupport": "enable",
            "SecurityGroupReferencingSupport": "disable",
            "MulticastSupport": "disable",
        },
        "Tags": tags(TRANSIT_GATEWAY),
    }


def vpc_attachment_json(name: str) -> Json:
    subnets = [subnet for subnet in SUBNETS if subnet.startswith(f"{name}-tgw-")]
    return {
        "TransitGatewayAttachmentId": aws_id("tgw-attach", name),
        "TransitGatewayId": GATEWAY,
        "VpcId": aws_id("vpc", name),
        "VpcOwnerId": VPCS[name].account,
        "State": "available",
        "SubnetIds": [aws_id("subnet", subnet) for subnet in subnets],
        "CreationTime": CREATED,
        "Options": {
            "DnsSupport": "enable",
            "SecurityGroupReferencingSupport": "enable",
            "Ipv6Support": "disable",
            "ApplianceModeSupport": "disable",
        },
        "Tags": tags(f"{name}-attachment"),
    }


def attachment_json(name: str) -> Json:
    table = next(table for table, (users, _) in TGW_TABLES.items() if name in users)
    owner = VPCS[name].account if name in VPCS else PLATFORM
    return {
        "TransitGatewayAttachmentId": aws_id("tgw-attach", name),
        "TransitGatewayId": GATEWAY,
        "TransitGatewayOwnerId": PLATFORM,
        "ResourceOwnerId": owner,
        **resource(name),
        "State": "available",
        "Association": {
            "TransitGatewayRouteTableId": aws_id("tgw-rtb", table),
            "State": "associated",
        },
        "CreationTime": CREATED,
        "Tags": tags(f"{name}-attachment"),
    }


def resource(name: str) -> Json:
    if name in TGW_VPCS:
        return {"ResourceType": "vpc", "ResourceId": aws_id("vpc", name)}
    return {"ResourceType": "vpn", "ResourceId": aws_id("vpn", name)}


def transit_table_json(table: str) -> Json:
    return {
        "TransitGatewayRouteTableId": aws_id("tgw-rtb", table),
        "TransitGatewayId": GATEWAY,
        "State": "available",
        "DefaultAssociationRouteTable": False,
        "DefaultPropagationRouteTable": False,
        "CreationTime": CREATED,
        "Tags": tags(table),
    }


def attached(name: str, state: str) -> Json:
    """One line of the associations or the propagations of a table."""
    attachment = {"TransitGatewayAttachmentId": aws_id("tgw-attach", name)}
    return attachment | resource(name) | {"State": state}


def transit_route_json(name: str) -> Json:
    cidr = OFFICE_CIDR if name == OFFICE_VPN else VPCS[name].cidr
    attachment = {"TransitGatewayAttachmentId": aws_id("tgw-attach", name)} | resource(name)
    return {
        "DestinationCidrBlock": cidr,
        "TransitGatewayAttachments": [attachment],
        "Type": "propagated",
        "State": "active",
    }


def flow_log_json(log: FlowLog) -> Json:
    return {
        "CreationTime": CREATED,
        "DeliverLogsStatus": "SUCCESS",
        "FlowLogId": log.id,
        "FlowLogStatus": "ACTIVE",
        "ResourceId": aws_id("vpc", log.vpc),
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::sample-flow-logs",
        "LogFormat": log.log_format,
        "Tags": tags(f"{log.vpc}-flow-log"),
        "MaxAggregationInterval": log.interval,
        "DestinationOptions": {
            "FileFormat": "plain-text",
            "HiveCompatiblePartitions": log.hive,
            "PerHourPartition": False,
        },
    }
