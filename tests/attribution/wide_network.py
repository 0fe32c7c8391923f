"""A network with a VPC of ours and three of others, joined by peerings and transit gateways.

VPC A (10.0.0.0/16, ours) holds E in subnet-e, F in subnet-f of another zone, and a NAT gateway;
VPC B (10.1.0.0/16, theirs) holds T; VPC C, a stranger's, has B's block too, and VPC D is
10.2.0.0/16 in another Region. Every change of a test is made to the objects of `plain`.
"""

from datetime import datetime
from typing import Any

from reference.model import Answer, Json, Snapshot
from reference.organisation import ALLOW_ALL, NOON, OURS, REGION, STRANGER, THEIRS

Network = dict[tuple[str, str, str], list[Json]]

FAR_REGION = "us-east-1"
E, F, T, D = "10.0.1.10", "10.0.2.20", "10.1.1.20", "10.2.1.20"
E_6, F_6, T_6 = "2600:1f18:a:1::10", "2600:1f18:a:2::20", "2600:1f18:b:1::20"
PUBLIC, PUBLIC_6 = "52.94.0.1", "2a00:1450::1"
ALL = "0.0.0.0/0"
KEYS = {
    "describe-vpcs": "Vpcs",
    "describe-subnets": "Subnets",
    "describe-network-interfaces": "NetworkInterfaces",
    "describe-security-groups": "SecurityGroups",
    "describe-network-acls": "NetworkAcls",
    "describe-route-tables": "RouteTables",
    "describe-vpc-peering-connections": "VpcPeeringConnections",
    "describe-transit-gateways": "TransitGateways",
    "describe-transit-gateway-attachments": "TransitGatewayAttachments",
    "describe-transit-gateway-vpc-attachments": "TransitGatewayVpcAttachments",
    "describe-transit-gateway-peering-attachments": "TransitGatewayPeeringAttachments",
    "describe-transit-gateway-route-tables": "TransitGatewayRouteTables",
    "get-transit-gateway-route-table-associations": "Associations",
    "search-transit-gateway-routes": "Routes",
    "describe-nat-gateways": "NatGateways",
    "describe-vpc-endpoints": "VpcEndpoints",
    "describe-addresses": "Addresses",
    "describe-flow-logs": "FlowLogs",
    "describe-load-balancers": "LoadBalancers",
    "describe-listeners": "Listeners",
    "get-managed-prefix-list-entries": "Entries",
}
TARGETS = {
    "nat": "NatGatewayId",
    "tgw": "TransitGatewayId",
    "pcx": "VpcPeeringConnectionId",
    "eni": "NetworkInterfaceId",
    "eigw": "EgressOnlyInternetGatewayId",
}
IDS = (
    "NetworkInterfaceId",
    "TransitGatewayAttachmentId",
    "RouteTableId",
    "NatGatewayId",
    "SubnetId",
    "NetworkAclId",
    "VpcPeeringConnectionId",
    "GroupId",
    "FlowLogId",
    "VpcId",
)


def route(destination: str, target: str, state: str = "active", **more: Any) -> Json:
    kind = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    key = "DestinationPrefixListId" if destination.startswith("pl-") else kind
    way = TARGETS.get(target.partition("-")[0], "GatewayId")
    return {key: destination, way: target, "State": state, "Origin": "CreateRoute"} | more


def table(name: str, vpc: str, subnets: list[str], routes: list[Json]) -> Json:
    served = [{"SubnetId": subnet, "Main": False} for subnet in subnets]
    return {"RouteTableId": name, "VpcId": vpc, "Associations": served, "Routes": routes}


def gateway_route(destination: str, attachment: str, resource: str, kind: str = "vpc") -> Json:
    led = {"TransitGatewayAttachmentId": attachment, "ResourceType": kind, "ResourceId": resource}
    return {
        "DestinationCidrBlock": destination,
        "TransitGatewayAttachments": [led],
        "Type": "propagated" if kind == "vpc" else "static",
        "State": "active",
    }


def _vpc(name: str, owner: str, *blocks: str) -> Json:
    v4 = [
        {"CidrBlock": block, "CidrBlockState": {"State": "associated"}}
        for block in blocks
        if ":" not in block
    ]
    v6 = [
        {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": {"State": "associated"}}
        for block in blocks
        if ":" in block
    ]
    return {
        "VpcId": name,
        "OwnerId": owner,
        "CidrBlockAssociationSet": v4,
        "Ipv6CidrBlockAssociationSet": v6,
    }


def subnet(name: str, vpc: str, owner: str, zone: str, block: str, block_6: str = "") -> Json:
    v6 = {"Ipv6CidrBlock": block_6, "Ipv6CidrBlockState": {"State": "associated"}}
    return {
        "SubnetId": name,
        "VpcId": vpc,
        "OwnerId": owner,
        "CidrBlock": block,
        "AvailabilityZoneId": zone,
        "Ipv6CidrBlockAssociationSet": [v6] if block_6 else [],
    }


def interface(name: str, where: Json, *addresses: str, **more: Any) -> Json:
    v4 = [{"PrivateIpAddress": one} for one in addresses if ":" not in one]
    return {
        "NetworkInterfaceId": name,
        "OwnerId": where["OwnerId"],
        "VpcId": where["VpcId"],
        "SubnetId": where["SubnetId"],
        "PrivateIpAddresses": v4,
        "Ipv6Addresses": [{"Ipv6Address": one} for one in addresses if ":" in one],
        "Groups": [{"GroupId": f"sg-{where['VpcId']}", "GroupName": "all"}],
    } | more


def peering(name: str, near: str, far: str, owner: str = THEIRS, status: str = "active") -> Json:
    ends = {"OwnerId": OURS, "VpcId": near}, {"OwnerId": owner, "VpcId": far}
    return {
        "VpcPeeringConnectionId": name,
        "Status": {"Code": status},
        "RequesterVpcInfo": ends[0] | {"Region": REGION},
        "AccepterVpcInfo": ends[1] | {"Region": REGION},
    }


def attachment(name: str, vpc: str, owner: str, subnets: list[str], gateway: str = "tgw-1") -> Json:
    return {
        "TransitGatewayAttachmentId": name,
        "TransitGatewayId": gateway,
        "VpcId": vpc,
        "VpcOwnerId": owner,
        "State": "available",
        "SubnetIds": subnets,
    }


def plain(*routes: Json, region: str = REGION) -> Network:
    """The network; `routes` are those of E's subnet beside the local ones, and of F's."""
    e = subnet("subnet-e", "vpc-a", OURS, "z1", "10.0.1.0/24", "2600:1f18:a:1::/64")
    f = subnet("subnet-f", "vpc-a", OURS, "z2", "10.0.2.0/24", "2600:1f18:a:2::/64")
    nat = subnet("subnet-nat", "vpc-a", OURS, "z1", "10.0.8.0/24")
    gate_a = subnet("subnet-gate-a", "vpc-a", OURS, "z1", "10.0.9.0/28")
    t = subnet("subnet-t", "vpc-b", THEIRS, "z1", "10.1.1.0/24", "2600:1f18:b:1::/64")
    gate_b = subnet("subnet-gate-b", "vpc-b", THEIRS, "z1", "10.1.9.0/28")
    c = subnet("subnet-c", "vpc-c", STRANGER, "z1", "10.1.1.0/24")
    d = subnet("subnet-d", "vpc-d", THEIRS, "y1", "10.2.1.0/24")
    gate_d = subnet("subnet-gate-d", "vpc-d", THEIRS, "y1", "10.2.9.0/28")
    local = {
        "vpc-a": [route("10.0.0.0/16", "local"), route("2600:1f18:a::/56", "local")],
        "vpc-b": [route("10.1.0.0/16", "local"), route("2600:1f18:b::/56", "local")],
        "vpc-d": [route("10.2.0.0/16", "local")],
    }
    opened = {
        "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": ALL}]}],
        "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": ALL}]}],
    }
    ours: dict[str, list[Json]] = {
        "describe-vpcs": [_vpc("vpc-a", OURS, "10.0.0.0/16", "2600:1f18:a::/56")],
        "describe-subnets": [e, f, nat, gate_a],
        "describe-network-interfaces": [
            interface("eni-e", e, E, E_6),
            interface("eni-f", f, F, F_6),
            interface("eni-nat", nat, "10.0.8.8", InterfaceType="nat_gateway", Groups=[]),
        ],
        "describe-security-groups": [{"GroupId": "sg-vpc-a", "OwnerId": OURS} | opened],
        "describe-network-acls": [
            acl("acl-a", OURS, "subnet-e", "subnet-f", "subnet-nat"),
            acl("acl-gate-a", OURS, "subnet-gate-a"),
        ],
        "describe-route-tables": [
            table("rtb-e", "vpc-a", ["subnet-e", "subnet-f"], [*local["vpc-a"], *routes]),
            table("rtb-nat", "vpc-a", ["subnet-nat"], [*local["vpc-a"], route(ALL, "igw-1")]),
            table("rtb-gate-a", "vpc-a", ["subnet-gate-a"], list(local["vpc-a"])),
        ],
        "describe-vpc-peering-connections": [
            peering("pcx-b", "vpc-a", "vpc-b"),
            peering("pcx-c", "vpc-a", "vpc-c", STRANGER),
        ],
        "describe-nat-gateways": [
            {"NatGatewayId": "nat-1", "VpcId": "vpc-a", "SubnetId": "subnet-nat"}
            | {"State": "available", "ConnectivityType": "public"}
        ],
        "describe-vpc-endpoints": [
            {"VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway", "VpcId": "vpc-a"},
            {"VpcEndpointId": "vpce-gwlb", "VpcEndpointType": "GatewayLoadBalancer"},
        ],
        "describe-transit-gateway-vpc-attachments": [
            attachment("tgw-attach-a", "vpc-a", OURS, ["subnet-gate-a"])
        ],
    }
    theirs: dict[str, list[Json]] = {
        "describe-vpcs": [_vpc("vpc-b", THEIRS, "10.1.0.0/16", "2600:1f18:b::/56")],
        "describe-subnets": [t, gate_b],
        "describe-network-interfaces": [interface("eni-t", t, T, T_6)],
        "describe-network-acls": [
            acl("acl-b", THEIRS, "subnet-t"),
            acl("acl-gate-b", THEIRS, "subnet-gate-b"),
        ],
        "describe-security-groups": [{"GroupId": "sg-vpc-b", "OwnerId": THEIRS} | opened],
        "describe-route-tables": [
            table("rtb-t", "vpc-b", ["subnet-t"], list(local["vpc-b"])),
            table("rtb-gate-b", "vpc-b", ["subnet-gate-b"], list(local["vpc-b"])),
        ],
        "describe-transit-gateway-vpc-attachments": [
            attachment("tgw-attach-b", "vpc-b", THEIRS, ["subnet-gate-b"]),
            attachment("tgw-attach-a", "vpc-a", OURS, ["subnet-gate-a"]),
        ],
        "describe-transit-gateway-route-tables": [
            {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1"}
        ],
        "get-transit-gateway-route-table-associations--tgw-rtb-1": [
            _associated("tgw-attach-a", "vpc-a"),
            _associated("tgw-attach-b", "vpc-b"),
        ],
        "search-transit-gateway-routes--tgw-rtb-1": [
            gateway_route("10.0.0.0/16", "tgw-attach-a", "vpc-a"),
            gateway_route("10.1.0.0/16", "tgw-attach-b", "vpc-b"),
            gateway_route("10.2.0.0/16", "tgw-attach-p", "tgw-2", "peering"),
            gateway_route("192.168.0.0/16", "tgw-attach-v", "vpn-1", "vpn"),
        ],
        "describe-transit-gateway-peering-attachments": [
            {
                "TransitGatewayAttachmentId": "tgw-attach-p",
                "State": "available",
                "RequesterTgwInfo": {"TransitGatewayId": "tgw-1", "OwnerId": THEIRS},
                "AccepterTgwInfo": {"TransitGatewayId": "tgw-2", "OwnerId": THEIRS},
            }
        ],
    }
    far: dict[str, list[Json]] = {
        "describe-vpcs": [_vpc("vpc-d", THEIRS, "10.2.0.0/16")],
        "describe-subnets": [d, gate_d],
        "describe-network-interfaces": [interface("eni-d", d, D)],
        "describe-network-acls": [acl("acl-d", THEIRS, "subnet-d", "subnet-gate-d")],
        "describe-route-tables": [
            table("rtb-d", "vpc-d", ["subnet-d", "subnet-gate-d"], list(local["vpc-d"]))
        ],
        "describe-transit-gateway-vpc-attachments": [
            attachment("tgw-attach-d", "vpc-d", THEIRS, ["subnet-gate-d"], "tgw-2")
        ],
        "describe-transit-gateway-route-tables": [
            {"TransitGatewayRouteTableId": "tgw-rtb-2", "TransitGatewayId": "tgw-2"}
        ],
        "get-transit-gateway-route-table-associations--tgw-rtb-2": [
            _associated("tgw-attach-p", "tgw-1", "peering"),
            _associated("tgw-attach-d", "vpc-d"),
        ],
        "search-transit-gateway-routes--tgw-rtb-2": [
            gateway_route("10.2.0.0/16", "tgw-attach-d", "vpc-d"),
            gateway_route("10.0.0.0/16", "tgw-attach-p", "tgw-1", "peering"),
        ],
    }
    strange: dict[str, list[Json]] = {
        "describe-vpcs": [_vpc("vpc-c", STRANGER, "10.1.0.0/16")],
        "describe-subnets": [c],
        "describe-network-interfaces": [interface("eni-c", c, T)],
    }
    views = [(OURS, region, ours), (THEIRS, region, theirs), (STRANGER, region, strange)]
    views.append((THEIRS, FAR_REGION, far))
    return {
        (account, place, call): objects
        for account, place, view in views
        for call, objects in view.items()
    }


def acl(name: str, owner: str, *subnets: str, entries: list[Json] = ALLOW_ALL) -> Json:
    return {
        "NetworkAclId": name,
        "OwnerId": owner,
        "Associations": [{"SubnetId": subnet} for subnet in subnets],
        "Entries": [one | {"Egress": egress} for one in entries for egress in (False, True)],
    }


def _associated(name: str, resource: str, kind: str = "vpc") -> Json:
    made = {"TransitGatewayAttachmentId": name, "ResourceId": resource, "ResourceType": kind}
    return made | {"State": "associated"}


def of(network: Network, name: str) -> Json:
    """The first object with this id, to be changed."""
    for objects in network.values():
        for one in objects:
            if name in (one.get(field) for field in IDS) and own_id(one) == name:
                return one
    raise LookupError(name)


def own_id(one: Json) -> str | None:
    return next((one[field] for field in IDS if field in one), None)


def without(network: Network, call: str, account: str | None = None) -> Network:
    """The network without a call, of all accounts or of one."""
    return {
        key: objects
        for key, objects in network.items()
        if key[2].partition("--")[0] != call or account not in (None, key[0])
    }


def gone(network: Network, *names: str) -> Network:
    """The network without some objects."""
    return {
        key: [one for one in objects if own_id(one) not in names]
        for key, objects in network.items()
    }


def snapshot(network: Network, at: datetime = NOON) -> Snapshot:
    answers = []
    for (account, region, call), objects in network.items():
        command, _, subject = call.partition("--")
        body = {KEYS[command]: objects}
        answers.append(Answer(account, region, command, body, subject or None))
    return Snapshot(at, tuple(answers))
