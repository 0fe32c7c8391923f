"""The group stage: what the security groups of an interface say of a packet.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .lookup import Interface, group_with_id, inside, prefix_list_entries
from .model import Json, Snapshot
from .outcomes import DEPENDS, IN_DOUBT, MATCH, MISS, NONE, PRECEDENCE, UNKNOWN
from .packet import Packet
from .references import reference_outcomes

PROTOCOL_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
RULE_LISTS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
OPPOSITE = {"ingress": "egress", "egress": "ingress"}


@dataclass(frozen=True)
class GroupStage:
    """`in_doubt` are the groups that would match by a reference, were it effective."""

    outcome: str
    in_doubt: tuple[str, ...] = ()


def group_stage(snapshot: Snapshot, interface: Interface, packet: Packet) -> GroupStage:
    """All rules of all groups together; no order and no deny rules.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
    """
    group_ids = interface.group_ids
    if group_ids is None:
        return GroupStage(UNKNOWN)
    if not group_ids:
        return GroupStage(NONE)
    given = {one: set(_group_outcomes(snapshot, interface, packet, one)) for one in group_ids}
    outcomes = {MISS}.union(*given.values())
    in_doubt = sorted(one for one in given if not given[one].isdisjoint(IN_DOUBT))
    return GroupStage(next(one for one in PRECEDENCE if one in outcomes), tuple(in_doubt))


def _group_outcomes(
    snapshot: Snapshot, interface: Interface, packet: Packet, group_id: str
) -> Iterator[str]:
    """Unknown for a group, or its rules, that the dump lacks; else each rule's outcome."""
    rules = rules_of(snapshot, group_id, packet.direction)
    if rules is None:
        yield UNKNOWN
        return
    for rule in rules:
        fit = traffic_outcome(rule, packet)
        if fit == MISS:
            continue
        for outcome in peer_outcomes(snapshot, interface, rule, packet):
            yield fit if outcome == MATCH else outcome


def rules_of(snapshot: Snapshot, group_id: str, direction: str) -> list[Json] | None:
    """None where the dump lacks the group, or its rules of that direction."""
    return (group_with_id(snapshot, group_id) or {}).get(RULE_LISTS[direction])


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
        return MATCH if port_fits(rule, packet.dst_port) else MISS
    if number in ("1", "58"):
        return MATCH if rule.get("FromPort", -1) == -1 else DEPENDS
    return MATCH


def protocol_number(rule: Json) -> str:
    protocol: str = rule["IpProtocol"]
    return PROTOCOL_NUMBERS.get(protocol, protocol)


def port_fits(rule: Json, port: int) -> bool:
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
        yield from reference_outcomes(snapshot, interface, item, packet)


def prefix_list_outcome(snapshot: Snapshot, prefix_list_id: str, packet: Packet) -> str:
    """https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html"""
    entries = prefix_list_entries(snapshot, prefix_list_id)
    if entries is None:
        return UNKNOWN
    return MATCH if any(inside(packet.peer, cidr) for cidr in entries) else MISS


def explicit_tcp_ports(
    snapshot: Snapshot, interface: Interface, direction: str
) -> list[tuple[int, int]]:
    """Port ranges that TCP rules of one direction name; all ports (0-65535) names none."""
    ranges = []
    for group_id in interface.group_ids or []:
        for rule in rules_of(snapshot, group_id, direction) or []:
            ports = (rule.get("FromPort"), rule.get("ToPort"))
            if protocol_number(rule) == "6" and ports not in ((None, None), (0, 65535)):
                ranges.append((rule["FromPort"], rule["ToPort"]))
    return ranges
