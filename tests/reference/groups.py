"""The group stage: what the security groups of an interface say of a packet.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterator

from .lookup import (
    Interface,
    actively_peered,
    group_with_id,
    holds,
    inside,
    interfaces,
    interfaces_were_listed,
    prefix_list_entries,
)
from .model import Json, Snapshot
from .packet import Packet

MATCH, DOUBTFUL, UNKNOWN, DEPENDS, MISS, NONE = (
    "match",
    "doubtful",
    "unknown",
    "depends",
    "miss",
    "none",
)
# The first of these that any rule gives is the stage's answer.
PRECEDENCE = (MATCH, DOUBTFUL, UNKNOWN, DEPENDS, MISS)

PROTOCOL_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
RULE_LISTS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
OPPOSITE = {"ingress": "egress", "egress": "ingress"}


def group_stage(snapshot: Snapshot, interface: Interface, packet: Packet) -> str:
    """All rules of all groups together; no order and no deny rules.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
    """
    group_ids = interface.group_ids
    if group_ids is None:
        return UNKNOWN
    if not group_ids:
        return NONE
    outcomes = {MISS}
    for group_id in group_ids:
        outcomes.update(_group_outcomes(snapshot, interface, packet, group_id))
    return next(outcome for outcome in PRECEDENCE if outcome in outcomes)


def _group_outcomes(
    snapshot: Snapshot, interface: Interface, packet: Packet, group_id: str
) -> Iterator[str]:
    """Unknown for a group, or its rules, that the dump lacks; else each rule's outcome."""
    group = group_with_id(snapshot, group_id)
    rules = None if group is None else group.get(RULE_LISTS[packet.direction])
    if rules is None:
        yield UNKNOWN
        return
    for rule in rules:
        fit = traffic_outcome(rule, packet)
        if fit == MISS:
            continue
        for outcome in peer_outcomes(snapshot, interface, rule, packet):
            yield fit if outcome == MATCH else outcome


def traffic_outcome(rule: Json, packet: Packet) -> str:
    """Whether protocol and destination port (or ICMP type) fit the rule.

    Ports count for TCP and UDP only; a rule for some ICMP types depends on the packet's type,
    which no flow-log record carries.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    """
    number = protocol_number(rule)
    if number == "-1":
        return MATCH
    if number != str(packet.protocol):
        return MISS
    if number in ("6", "17"):
        return MATCH if _port_fits(rule, packet.dst_port) else MISS
    if number in ("1", "58"):
        return MATCH if rule.get("FromPort", -1) == -1 else DEPENDS
    return MATCH


def protocol_number(rule: Json) -> str:
    protocol: str = rule["IpProtocol"]
    return PROTOCOL_NUMBERS.get(protocol, protocol)


def _port_fits(rule: Json, port: int) -> bool:
    if rule.get("FromPort") is None:
        return True
    return bool(rule["FromPort"] <= port <= rule["ToPort"])


def peer_outcomes(
    snapshot: Snapshot, interface: Interface, rule: Json, packet: Packet
) -> Iterator[str]:
    """One outcome for each peer that the rule names: CIDR, prefix list or group."""
    for item in rule.get("IpRanges") or []:
        yield MATCH if inside(packet.peer, item["CidrIp"]) else MISS
    for item in rule.get("Ipv6Ranges") or []:
        yield MATCH if inside(packet.peer, item["CidrIpv6"]) else MISS
    for item in rule.get("PrefixListIds") or []:
        yield prefix_list_outcome(snapshot, item["PrefixListId"], packet)
    for item in rule.get("UserIdGroupPairs") or []:
        yield reference_outcome(snapshot, interface, item, packet)


def prefix_list_outcome(snapshot: Snapshot, prefix_list_id: str, packet: Packet) -> str:
    """https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html"""
    entries = prefix_list_entries(snapshot, prefix_list_id)
    if entries is None:
        return UNKNOWN
    return MATCH if any(inside(packet.peer, cidr) for cidr in entries) else MISS


def reference_outcome(snapshot: Snapshot, interface: Interface, pair: Json, packet: Packet) -> str:
    """A group reference stands for the private addresses of the interfaces in that group.

    Doubtful where such a member has the address but sits where the reference may not reach;
    unknown where nobody listed the members, unless the peer's own interface is known: one of the
    same VPC, for these dumps hold no routes that would name another.
    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    """
    holders = [other for other in interfaces(snapshot) if holds(other, packet.peer)]
    members = [other for other in holders if pair["GroupId"] in (other.group_ids or [])]
    if any(in_reach(snapshot, interface, member) for member in members):
        return MATCH
    if members:
        return DOUBTFUL
    if any(other.group_ids is None for other in holders):
        return UNKNOWN
    if members_are_known(snapshot, interface, pair):
        return MISS
    return MISS if any(other.vpc_id == interface.vpc_id for other in holders) else UNKNOWN


def in_reach(snapshot: Snapshot, interface: Interface, other: Interface) -> bool:
    """The same VPC, or a VPC of the same Region over an active peering.

    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    """
    if other.vpc_id == interface.vpc_id:
        return True
    return other.region == interface.region and actively_peered(
        snapshot, interface.vpc_id, other.vpc_id
    )


def members_are_known(snapshot: Snapshot, interface: Interface, pair: Json) -> bool:
    """Whether the group's account listed its interfaces; a stale pair without UserId has none."""
    account = pair.get("UserId")
    return account is None or interfaces_were_listed(snapshot, account, interface.region)


def explicit_tcp_ports(
    snapshot: Snapshot, interface: Interface, direction: str
) -> list[tuple[int, int]]:
    """Port ranges that TCP rules of one direction name; all ports (0-65535) names none."""
    ranges = []
    for group_id in interface.group_ids or []:
        group = group_with_id(snapshot, group_id) or {}
        for rule in group.get(RULE_LISTS[direction]) or []:
            ports = (rule.get("FromPort"), rule.get("ToPort"))
            if protocol_number(rule) == "6" and ports not in ((None, None), (0, 65535)):
                ranges.append((rule["FromPort"], rule["ToPort"]))
    return ranges
