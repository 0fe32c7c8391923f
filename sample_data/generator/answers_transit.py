"""Transit gateways, their attachments and tables as the AWS CLI lists them."""

from collections.abc import Iterator

from .answers_network import Json, tags
from .ids import CREATED, PLATFORM, aws_id
from .organisation import SUBNETS, VPCS, Vpc, mine, vpc_of
from .transit import (
    ATTACHMENTS,
    GATEWAY_OWNERS,
    OFFICE_CIDR,
    OFFICE_VPN,
    TGW_BLACKHOLES,
    TGW_TABLES,
    TRANSIT_GATEWAY,
    UNASSOCIATED,
    WAITING,
)

GATEWAY = aws_id("tgw", TRANSIT_GATEWAY)


def transit(vpc: Vpc) -> dict[str, Json]:
    """The owner of the transit gateway sees its tables, a participant only its attachment."""
    owner = vpc.account == PLATFORM
    own = mine(vpc, ATTACHMENTS)
    if not own:
        return {}
    everyone = [name for name, gateway in ATTACHMENTS.items() if gateway == TRANSIT_GATEWAY]
    visible = everyone if owner else own
    names = dict.fromkeys(ATTACHMENTS[name] for name in own)
    made: dict[str, Json] = {
        "describe-transit-gateways": {
            "TransitGateways": [transit_gateway_json(name) for name in names]
        },
        "describe-transit-gateway-vpc-attachments": {
            "TransitGatewayVpcAttachments": [vpc_attachment_json(name) for name in visible]
        },
    }
    return made | dict(tables()) if owner else made


def tables() -> Iterator[tuple[str, Json]]:
    names = [name for users, _ in TGW_TABLES.values() for name in users] + UNASSOCIATED
    yield (
        "describe-transit-gateway-attachments",
        {"TransitGatewayAttachments": [attachment_json(name) for name in names]},
    )
    yield (
        "describe-transit-gateway-route-tables",
        {"TransitGatewayRouteTables": [transit_table_json(table) for table in TGW_TABLES]},
    )
    for table, (users, origins) in TGW_TABLES.items():
        own_id = aws_id("tgw-rtb", table)
        routes = [transit_route_json(name) for name in origins]
        routes += [transit_blackhole_json(cidr) for cidr in TGW_BLACKHOLES.get(table, [])]
        yield (
            f"search-transit-gateway-routes--{own_id}",
            {"Routes": routes, "AdditionalRoutesAvailable": False},
        )
        yield (
            f"get-transit-gateway-route-table-associations--{own_id}",
            {"Associations": [attached(name, "associated") for name in users]},
        )
        yield (
            f"get-transit-gateway-route-table-propagations--{own_id}",
            {"TransitGatewayRouteTablePropagations": [attached(n, "enabled") for n in origins]},
        )


def transit_gateway_json(name: str) -> Json:
    own_id, owner = aws_id("tgw", name), GATEWAY_OWNERS[name]
    return {
        "TransitGatewayId": own_id,
        "TransitGatewayArn": f"arn:aws:ec2:eu-west-1:{owner}:transit-gateway/{own_id}",
        "State": "available",
        "OwnerId": owner,
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
        "Tags": tags(name),
    }


def vpc_attachment_json(name: str) -> Json:
    vpc = vpc_of(name)
    subnets = [subnet for subnet in SUBNETS if subnet.startswith(f"{vpc.name}-tgw-")]
    return {
        "TransitGatewayAttachmentId": aws_id("tgw-attach", name),
        "TransitGatewayId": aws_id("tgw", ATTACHMENTS[name]),
        "VpcId": aws_id("vpc", vpc.name),
        "VpcOwnerId": vpc.account,
        "State": WAITING.get(name, "available"),
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
    table = next((table for table, (users, _) in TGW_TABLES.items() if name in users), None)
    owner = vpc_of(name).account if name in ATTACHMENTS else PLATFORM
    made: Json = {
        "TransitGatewayAttachmentId": aws_id("tgw-attach", name),
        "TransitGatewayId": GATEWAY,
        "TransitGatewayOwnerId": PLATFORM,
        "ResourceOwnerId": owner,
        **resource(name),
        "State": WAITING.get(name, "available"),
    }
    if table:
        own_id = aws_id("tgw-rtb", table)
        made["Association"] = {"TransitGatewayRouteTableId": own_id, "State": "associated"}
    return made | {"CreationTime": CREATED, "Tags": tags(f"{name}-attachment")}


def resource(name: str) -> Json:
    if name in ATTACHMENTS:
        return {"ResourceType": "vpc", "ResourceId": aws_id("vpc", vpc_of(name).name)}
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


def transit_blackhole_json(cidr: str) -> Json:
    """https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html"""
    return {"DestinationCidrBlock": cidr, "Type": "static", "State": "blackhole"}
