"""Two VPCs by hand, and all that can lie between them; what a test needs otherwise, it edits.

VPC A (10.0.0.0/16, account 1) has subnet-a (zone 1, with eni-a), subnet-a2 (zone 2, with eni-a2)
and subnet-at for the gateway; VPC B (10.1.0.0/16, account 2) has subnet-b (zone 1, with eni-b) and
subnet-bt. They are peered (pcx-1) and both attached to tgw-1 of account 3, whose table tgw-rtb-a
serves A's attachment and tgw-rtb-b B's. Each VPC has one table, main, rtb-a and rtb-b.
"""

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address

from .hops import Sent, Way
from .lookup import interface_with_id
from .model import ALL_KEYS, Answer, Json, Snapshot
from .organisation import NOON, REGION
from .ways import way

ONE, TWO, HUB = "111111111111", "222222222222", "333333333333"
A, A2, B = "10.0.1.10", "10.0.2.10", "10.1.1.10"
A_6, B_6 = "2600:1f18:a:1::10", "2600:1f18:b:1::10"
PUBLIC, PUBLIC_6 = "52.94.0.1", "2a00:1450::1"
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


@dataclass
class Crossing:
    """Every object by its id, with the account that lists it and the call; edited in place."""

    things: dict[str, tuple[str, str, Json]] = field(default_factory=dict)
    about: dict[tuple[str, str], Json] = field(default_factory=dict)
    unasked: set[tuple[str, str]] = field(default_factory=set)

    def add(self, account: str, command: str, name: str, body: Json) -> None:
        self.things[name] = (account, command, body)

    def of(self, name: str) -> Json:
        return self.things[name][2]

    def snapshot(self, at: datetime = NOON) -> Snapshot:
        """As the accounts would list it; of what was not asked there is no answer."""
        listed: dict[tuple[str, str], list[Json]] = {
            (account, command): []
            for account in (ONE, TWO, HUB)
            for command in ALL_KEYS
            if not command.startswith(("get-", "search-"))
        }
        for account, command, body in self.things.values():
            listed[account, command].append(body)
        answers = [
            Answer(account, REGION, command, {ALL_KEYS[command]: bodies})
            for (account, command), bodies in listed.items()
            if (account, command) not in self.unasked
        ]
        answers += [
            Answer(HUB, REGION, command, body, subject)
            for (command, subject), body in self.about.items()
        ]
        return Snapshot(at, tuple(answers))


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


EVERYONE = (("CidrBlock", "0.0.0.0/0"), ("Ipv6CidrBlock", "::/0"))


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


def add_gateway(made: Crossing, name: str, owner: str) -> None:
    body = {"TransitGatewayId": name, "OwnerId": owner, "State": "available"}
    made.add(owner, "describe-transit-gateways", name, body)


def attach(made: Crossing, letter: str, account: str, state: str = "available") -> None:
    name = f"tgw-attach-{letter}"
    body = {"TransitGatewayAttachmentId": name, "TransitGatewayId": "tgw-1", "State": state}
    more = {"VpcId": f"vpc-{letter}", "VpcOwnerId": account, "SubnetIds": [f"subnet-{letter}t"]}
    made.add(account, "describe-transit-gateway-vpc-attachments", name, body | more)


def add_gateway_table(made: Crossing, name: str, *attached: str, gateway: str = "tgw-1") -> None:
    body = {"TransitGatewayRouteTableId": name, "TransitGatewayId": gateway, "State": "available"}
    made.add(HUB, "describe-transit-gateway-route-tables", name, body)
    joined = [{"TransitGatewayAttachmentId": one, "State": "associated"} for one in attached]
    made.about["get-transit-gateway-route-table-associations", name] = {"Associations": joined}
    routes: Json = {"Routes": [], "AdditionalRoutesAvailable": False}
    made.about["search-transit-gateway-routes", name] = routes


def gateway_routes(made: Crossing, table: str) -> list[Json]:
    routes: list[Json] = made.about["search-transit-gateway-routes", table]["Routes"]
    return routes


def gateway_route(
    cidr: str, attachment: str | None, kind: str = "vpc", resource: str = "", type_: str = "static"
) -> Json:
    """A blackhole where no attachment is named."""
    if attachment is None:
        return {"DestinationCidrBlock": cidr, "Type": type_, "State": "blackhole"}
    leads = {"TransitGatewayAttachmentId": attachment, "ResourceType": kind, "ResourceId": resource}
    made = {"DestinationCidrBlock": cidr, "Type": type_, "State": "active"}
    return made | {"TransitGatewayAttachments": [leads]}


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
