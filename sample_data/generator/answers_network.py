"""VPCs, subnets and route tables as the AWS CLI lists them, and what those share."""

from typing import Any

from .ids import PLATFORM, ZONE_IDS, aws_id
from .interfaces import INTERFACES
from .organisation import (
    DELETED_PEERING,
    MAIN_TABLES,
    PEERINGS,
    ROUTES,
    SUBNETS,
    Subnet,
    Vpc,
    vpc_of,
    zone_of,
)
from .transit import CARRIER_GATEWAY, TRANSIT_GATEWAY, WAITING

Json = dict[str, Any]


def tags(name: str, owner: str | None = None) -> list[Json]:
    made = [{"Key": "Name", "Value": name}]
    return made + ([{"Key": "Owner", "Value": owner}] if owner else [])


def vpc_json(vpc: Vpc) -> Json:
    made: Json = {
        "OwnerId": vpc.account,
        "InstanceTenancy": "default",
        "CidrBlockAssociationSet": [
            {
                "AssociationId": aws_id("vpc-cidr-assoc", vpc.name),
                "CidrBlock": vpc.cidr,
                "CidrBlockState": {"State": "associated"},
            }
        ],
        "IsDefault": False,
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": vpc.block_mode},
        "VpcId": aws_id("vpc", vpc.name),
        "State": "available",
        "CidrBlock": vpc.cidr,
        "DhcpOptionsId": aws_id("dopt", f"{vpc.account}-{vpc.region}"),
        "Tags": tags(vpc.name, vpc.owner),
    }
    if vpc.ipv6:
        made["Ipv6CidrBlockAssociationSet"] = [
            ipv6_association("vpc-cidr-assoc", vpc.name, vpc.ipv6)
            | {"NetworkBorderGroup": vpc.region, "Ipv6Pool": "Amazon", "IpSource": "amazon"}
        ]
    if vpc.account == PLATFORM:
        made["EncryptionControl"] = encryption_control(vpc)
    return made


def encryption_control(vpc: Vpc) -> Json:
    return {
        "VpcId": aws_id("vpc", vpc.name),
        "VpcEncryptionControlId": aws_id("vpcec", vpc.name),
        "Mode": "enforce",
        "State": "available",
    }


def ipv6_association(prefix: str, name: str, cidr: str) -> Json:
    return {
        "AssociationId": aws_id(prefix, f"{name}-ipv6"),
        "Ipv6CidrBlock": cidr,
        "Ipv6CidrBlockState": {"State": "associated"},
    }


def subnet_json(subnet: Subnet) -> Json:
    vpc, zone = vpc_of(subnet.name), zone_of(subnet.name)
    ipv6 = [ipv6_association("subnet-cidr-assoc", subnet.name, subnet.ipv6)] if subnet.ipv6 else []
    return {
        "AvailabilityZoneId": ZONE_IDS[vpc.account, vpc.region][zone],
        "MapCustomerOwnedIpOnLaunch": False,
        "OwnerId": vpc.account,
        "AssignIpv6AddressOnCreation": bool(ipv6),
        "Ipv6CidrBlockAssociationSet": ipv6,
        "Tags": tags(subnet.name, vpc.owner),
        "SubnetArn": f"arn:aws:ec2:{vpc.region}:{vpc.account}:subnet/"
        + aws_id("subnet", subnet.name),
        "EnableDns64": False,
        "Ipv6Native": False,
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": vpc.block_mode},
        "SubnetId": aws_id("subnet", subnet.name),
        "State": "available",
        "VpcId": aws_id("vpc", vpc.name),
        "CidrBlock": subnet.cidr,
        "AvailableIpAddressCount": 8 if subnet.cidr.endswith("/28") else 240,
        "AvailabilityZone": vpc.region + zone,
        "DefaultForAz": False,
        "MapPublicIpOnLaunch": False,
    }


def route_table_json(table: str) -> Json:
    vpc = vpc_of(table)
    associated = [subnet for subnet in SUBNETS.values() if subnet.table == table]
    return {
        "Associations": [main_association(table)] * (table in MAIN_TABLES)
        + [subnet_association(table, subnet.name) for subnet in associated],
        "PropagatingVgws": [],
        "RouteTableId": aws_id("rtb", table),
        "Routes": [
            *(local_route(cidr) for cidr in (vpc.cidr, vpc.ipv6) if cidr),
            *(route_json(vpc, cidr, target) for cidr, target in ROUTES[table]),
        ],
        "Tags": tags(table),
        "VpcId": aws_id("vpc", vpc.name),
        "OwnerId": vpc.account,
    }


def main_association(table: str) -> Json:
    return {
        "Main": True,
        "RouteTableAssociationId": aws_id("rtbassoc", table),
        "RouteTableId": aws_id("rtb", table),
        "AssociationState": {"State": "associated"},
    }


def subnet_association(table: str, subnet: str) -> Json:
    return {
        "Main": False,
        "RouteTableAssociationId": aws_id("rtbassoc", subnet),
        "RouteTableId": aws_id("rtb", table),
        "SubnetId": aws_id("subnet", subnet),
        "AssociationState": {"State": "associated"},
    }


def local_route(cidr: str) -> Json:
    return {
        destination_key(cidr): cidr,
        "GatewayId": "local",
        "Origin": "CreateRouteTable",
        "State": "active",
    }


def destination_key(cidr: str) -> str:
    return "DestinationIpv6CidrBlock" if ":" in cidr else "DestinationCidrBlock"


def route_json(vpc: Vpc, cidr: str, target: str) -> Json:
    """A route to a peering or an attachment that is pending or gone is a black hole.

    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html
    """
    kinds = {
        "igw": ("GatewayId", aws_id("igw", vpc.name)),
        "nat": ("NatGatewayId", aws_id("nat", vpc.name)),
        "eigw": ("EgressOnlyInternetGatewayId", aws_id("eigw", vpc.name)),
        "tgw": ("TransitGatewayId", aws_id("tgw", TRANSIT_GATEWAY)),
        "carrier": ("TransitGatewayId", aws_id("tgw", CARRIER_GATEWAY)),
    }
    if target in INTERFACES:
        kinds[target] = "NetworkInterfaceId", INTERFACES[target].id
    field, gateway = kinds.get(target, ("VpcPeeringConnectionId", aws_id("pcx", target)))
    dead = target == DELETED_PEERING or (target in PEERINGS and PEERINGS[target].status != "active")
    dead = dead or (target == "tgw" and any(vpc_of(name) is vpc for name in WAITING))
    return {
        destination_key(cidr): cidr,
        field: gateway,
        "Origin": "CreateRoute",
        "State": "blackhole" if dead else "active",
    }
