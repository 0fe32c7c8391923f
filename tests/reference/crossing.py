"""Two VPCs by hand, and all that can lie between them; what a test needs otherwise, it edits.

VPC A (10.0.0.0/16, account 1) has subnet-a (zone 1, with eni-a), subnet-a2 (zone 2, with eni-a2)
and subnet-at for the gateway; VPC B (10.1.0.0/16, account 2) has subnet-b (zone 1, with eni-b) and
subnet-bt. They are peered (pcx-1) and both attached to tgw-1 of account 3, whose table tgw-rtb-a
serves A's attachment and tgw-rtb-b B's. Each VPC has one table, main, rtb-a and rtb-b.
"""

from ipaddress import ip_address

from .crossed import A2, A_6, B_6, HUB, ONE, TWO, A, B, Crossing
from .gateways_by_hand import add_gateway, add_gateway_table, attach, gateway_route, gateway_routes
from .hops import Sent, Way
from .lookup import interface_with_id
from .model import Json
from .organisation import REGION
from .ways import way

BLOCKS = {
    "vpc-a": ("10.0.0.0/16", "2600:1f18:a::/56"),
    "vpc-b": ("10.1.0.0/16", "2600:1f18:b::/56"),
}
SUBNETS = {
    "subnet-a": ("10.0.1.0/24", "2600:1f18:a:1::/64", "az-1"),
    "subnet-a2": ("10.0.2.0/24", "2600:1f18:a:2::/64", "az-2"),
    "subnet-at": ("10.0.9.0/28", "2600:1f18:a:9::/64", "az-1"),
    "subnet-b": ("10.1.1.0/24", "2600:1f18:b:1::/64", "az-1"),
    "subnet-bt": ("10.1.9.0/28", "2600:1f18:b:9::/64", "az-1"),
}
FIELDS = {
    "pcx-": "VpcPeeringConnectionId",
    "tgw-": "TransitGatewayId",
    "nat-": "NatGatewayId",
    "eni-": "NetworkInterfaceId",
    "eigw-": "EgressOnlyInternetGatewayId",
    "i-": "InstanceId",
}
EVERYONE = (("CidrBlock", "0.0.0.0/0"), ("Ipv6CidrBlock", "::/0"))


def crossing(by: str = "tgw-1") -> Crossing:
    """Both VPCs, with routes to each other by a gateway, a peering, or what else is named."""
    made = Crossing()
    for letter, account in (("a", ONE), ("b", TWO)):
        add_vpc(made, account, letter, by)
    add_peering(made)
    add_gateway(made, "tgw-1", HUB)
    for letter, account, other in (("a", ONE, "b"), ("b", TWO, "a")):
        attach(made, letter, account)
        add_gateway_table(made, f"tgw-rtb-{letter}", f"tgw-attach-{letter}")
        for cidr in BLOCKS[f"vpc-{other}"]:
            gateway_routes(made, f"tgw-rtb-{letter}").append(
                gateway_route(cidr, f"tgw-attach-{other}", resource=f"vpc-{other}")
            )
    return made


def add_vpc(made: Crossing, account: str, letter: str, by: str) -> None:
    name, (cidr, cidr_6) = f"vpc-{letter}", BLOCKS[f"vpc-{letter}"]
    sets = {
        f"{field}AssociationSet": [{field: one, f"{field}State": {"State": "associated"}}]
        for field, one in (("CidrBlock", cidr), ("Ipv6CidrBlock", cidr_6))
    }
    body = {"VpcId": name, "OwnerId": account, "CidrBlock": cidr, **sets}
    made.add(account, "describe-vpcs", name, body)
    for subnet in [one for one in SUBNETS if one.startswith(f"subnet-{letter}")]:
        add_subnet(made, account, name, subnet)
    for eni, subnet, own in (("eni-a", "subnet-a", [A, A_6]), ("eni-a2", "subnet-a2", [A2])):
        if letter == "a":
            add_interface(made, account, eni, subnet, own)
    if letter == "b":
        add_interface(made, account, "eni-b", "subnet-b", [B, B_6])
    others = [one for vpc, both in BLOCKS.items() if vpc != name for one in both]
    routes = [route(cidr, "local"), route(cidr_6, "local"), *(route(one, by) for one in others)]
    add_table(made, account, f"rtb-{letter}", name, routes)


def add_subnet(made: Crossing, account: str, vpc_id: str, name: str) -> None:
    """With a zone, and an ACL of its own that allows all."""
    cidr, cidr_6, zone = SUBNETS[name]
    ipv6 = {"Ipv6CidrBlock": cidr_6, "Ipv6CidrBlockState": {"State": "associated"}}
    body: Json = {"SubnetId": name, "VpcId": vpc_id, "CidrBlock": cidr, "AvailabilityZoneId": zone}
    body["Ipv6CidrBlockAssociationSet"] = [ipv6]
    made.add(account, "describe-subnets", name, body)
    entries = [
        entry(egress, field, all_of) for egress in (False, True) for field, all_of in EVERYONE
    ]
    acl = {"NetworkAclId": f"acl-{name}", "Associations": [{"SubnetId": name}], "Entries": entries}
    made.add(account, "describe-network-acls", f"acl-{name}", acl)


def entry(egress: bool, field: str, cidr: str, number: int = 100, action: str = "allow") -> Json:
    made = {"Egress": egress, field: cidr, "Protocol": "-1", "RuleAction": action}
    return made | {"RuleNumber": number}


def add_interface(
    made: Crossing, account: str, name: str, subnet: str, own: list[str], public: str | None = None
) -> None:
    addresses: list[Json] = [{"PrivateIpAddress": one} for one in own if ":" not in one]
    if public:
        addresses[0]["Association"] = {"PublicIp": public}
    body = {
        "NetworkInterfaceId": name,
        "OwnerId": account,
        "VpcId": made.of(subnet)["VpcId"],
        "SubnetId": subnet,
        "PrivateIpAddresses": addresses,
        "Ipv6Addresses": [{"Ipv6Address": one} for one in own if ":" in one],
        "Groups": [],
    }
    made.add(account, "describe-network-interfaces", name, body)


def add_table(
    made: Crossing, account: str, name: str, vpc_id: str, routes: list[Json], subnet: str = ""
) -> None:
    """The VPC's main table, or a subnet's own."""
    joined = {"Main": False, "SubnetId": subnet} if subnet else {"Main": True}
    body = {"RouteTableId": name, "VpcId": vpc_id, "Associations": [joined], "Routes": routes}
    made.add(account, "describe-route-tables", name, body)


def route(destination: str, target: str, state: str = "active", **more: str) -> Json:
    """The field that names the target is told by its prefix."""
    kind = next((one for prefix, one in FIELDS.items() if target.startswith(prefix)), "GatewayId")
    where = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    if destination.startswith("pl-"):
        where = "DestinationPrefixListId"
    return {where: destination, kind: target, "State": state, "Origin": "CreateRoute"} | more


def add_peering(made: Crossing) -> None:
    body: Json = {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}}
    for side, vpc_id, account in (("Requester", "vpc-a", ONE), ("Accepter", "vpc-b", TWO)):
        cidr, cidr_6 = BLOCKS[vpc_id]
        sets = {
            "CidrBlockSet": [{"CidrBlock": cidr}],
            "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": cidr_6}],
        }
        body[f"{side}VpcInfo"] = {"VpcId": vpc_id, "OwnerId": account, "Region": REGION, **sets}
    made.add(ONE, "describe-vpc-peering-connections", "pcx-1", body)


def way_of(
    made: Crossing, destination: str = B, source: str = A, sender: str = "eni-a", protocol: int = 6
) -> Way:
    """The way of a packet to port 443; from eni-a to eni-b where nothing is said."""
    snapshot = made.snapshot()
    interface = interface_with_id(snapshot, sender)
    assert interface is not None
    sent = Sent(ip_address(source), ip_address(destination), protocol, 443, 50000)
    return way(snapshot, interface, sent)


def blocked(found: Way) -> tuple[str | None, str, str | None]:
    """Cause and element of the first hop that blocks."""
    first = found.blocks[0]
    return first.cause, first.element_type, first.element_id


def out_by(target: str, destination: str = "0.0.0.0/0", **more: str) -> Crossing:
    """Routes of A: its own, and one more."""
    made = crossing()
    made.of("rtb-a")["Routes"] = [route("10.0.0.0/16", "local"), route(destination, target, **more)]
    return made


def outcomes(made: Crossing, destination: str = B, **more: str) -> list[tuple[str, str]]:
    return [(hop.stage, hop.outcome) for hop in way_of(made, destination, **more).hops]
