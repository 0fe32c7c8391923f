"""The ACL stage: what the network ACL of the interface's subnet says of a packet.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from dataclasses import dataclass

from .lookup import Interface, acl_of_subnet, holds, inside, interfaces, with_id
from .model import Json, Snapshot
from .packet import Packet

ALLOW, DENY, DEPENDS, UNKNOWN, SAME_SUBNET = "allow", "deny", "depends", "unknown", "same-subnet"

TRANSIT_GATEWAY = "transit_gateway"
IMPLICIT_DENY = {4: ("CidrBlock", "0.0.0.0/0", 32767), 6: ("Ipv6CidrBlock", "::/0", 32768)}


@dataclass(frozen=True)
class AclStage:
    outcome: str
    acl_id: str | None = None
    rule: int | None = None


def acl_stage(snapshot: Snapshot, interface: Interface, packet: Packet) -> AclStage:
    """An ACL judges only what enters or leaves its subnet, and what a transit gateway takes in.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
    """
    taken_in = interface.kind == TRANSIT_GATEWAY and packet.direction == "ingress"
    same = False if taken_in else same_subnet(snapshot, interface, packet)
    if same:
        return AclStage(SAME_SUBNET)
    acl = acl_of_subnet(snapshot, interface.subnet_id)
    if acl is None:
        return AclStage(UNKNOWN)
    outcome, rule = first_match(acl, packet)
    if outcome != ALLOW and (same is None or may_be_handed_in(snapshot, interface, packet)):
        return AclStage(UNKNOWN)
    return AclStage(outcome, acl["NetworkAclId"], rule)


def may_be_handed_in(snapshot: Snapshot, interface: Interface, packet: Packet) -> bool:
    """Whether a transit gateway's interface in the subnet may have handed the packet in.

    Then no rule is evaluated. It hands in nothing from within the VPC, and these dumps hold no
    routes that would name another way.
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
    """
    if packet.direction == "egress" or interface.kind == TRANSIT_GATEWAY:
        return False
    vpc = with_id(snapshot, "describe-vpcs", "VpcId", interface.vpc_id)
    if vpc and any(inside(packet.peer, cidr) for cidr in vpc_cidrs(vpc)):
        return False
    return any(
        other.kind == TRANSIT_GATEWAY and is_neighbour(interface, other)
        for other in interfaces(snapshot)
    )


def vpc_cidrs(vpc: Json) -> list[str]:
    """Every associated block of a VPC.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html
    """
    return [
        item[field]
        for field in ("CidrBlock", "Ipv6CidrBlock")
        for item in vpc.get(f"{field}AssociationSet") or []
        if item[f"{field}State"]["State"] == "associated"
    ]


def same_subnet(snapshot: Snapshot, interface: Interface, packet: Packet) -> bool | None:
    """Whether the peer sits in the interface's own subnet; None where the dump cannot tell."""
    subnet = with_id(snapshot, "describe-subnets", "SubnetId", interface.subnet_id)
    if subnet is not None:
        return any(inside(packet.peer, cidr) for cidr in subnet_cidrs(subnet))
    neighbours = (other for other in interfaces(snapshot) if is_neighbour(interface, other))
    return True if any(holds(other, packet.peer) for other in neighbours) else None


def subnet_cidrs(subnet: Json) -> list[str]:
    """The IPv4 block and every associated IPv6 block.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html
    """
    ipv4 = [subnet["CidrBlock"]] if subnet.get("CidrBlock") else []
    return ipv4 + [
        item["Ipv6CidrBlock"]
        for item in subnet.get("Ipv6CidrBlockAssociationSet") or []
        if item["Ipv6CidrBlockState"]["State"] == "associated"
    ]


def is_neighbour(interface: Interface, other: Interface) -> bool:
    return interface.subnet_id is not None and interface.subnet_id == other.subnet_id


def first_match(acl: Json, packet: Packet) -> tuple[str, int | None]:
    """The lowest-numbered entry that matches decides.

    For ICMP every entry for some types may decide, down to the first one for all types: the
    answer depends on the type unless all of them act alike, and which of them decides depends on it
    still, for no record has a type (section 2.4): then none is named.
    """
    possible: list[Json] = []
    for entry in entries_in_order(acl, packet):
        if not entry_matches(entry, packet):
            continue
        possible.append(entry)
        if not is_for_some_types(entry):
            break
    actions = {entry["RuleAction"] for entry in possible}
    if len(actions) > 1:
        return DEPENDS, None
    decider = possible[0]["RuleNumber"] if len(possible) == 1 else None
    return possible[0]["RuleAction"], decider


def entries_in_order(acl: Json, packet: Packet) -> list[Json]:
    """Entries of the packet's direction and family, and the implicit deny even when omitted.

    https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    """
    field, everywhere, number = IMPLICIT_DENY[packet.peer.version]
    implicit = {
        field: everywhere,
        "Protocol": "-1",
        "RuleAction": DENY,
        "RuleNumber": number,
    }
    listed = [
        entry
        for entry in acl.get("Entries") or []
        if entry.get(field) and entry["Egress"] == (packet.direction == "egress")
    ]
    return sorted([*listed, implicit], key=lambda entry: int(entry["RuleNumber"]))


def entry_matches(entry: Json, packet: Packet) -> bool:
    """Protocol (-1 is all), destination port of TCP and UDP, and the peer's address.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html
    """
    field = IMPLICIT_DENY[packet.peer.version][0]
    if not inside(packet.peer, entry[field]):
        return False
    if entry["Protocol"] == "-1":
        return True
    if entry["Protocol"] != str(packet.protocol):
        return False
    ports = entry.get("PortRange")
    if packet.protocol not in (6, 17) or ports is None:
        return True
    return bool(ports["From"] <= packet.dst_port <= ports["To"])


def is_for_some_types(entry: Json) -> bool:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IcmpTypeCode.html"""
    if entry["Protocol"] not in ("1", "58"):
        return False
    return bool((entry.get("IcmpTypeCode") or {}).get("Type", -1) != -1)
