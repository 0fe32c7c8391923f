"""Which flows a security group does not track: they have no state that could be lost.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
"""

from .groups import OPPOSITE, RULE_LISTS, port_fits, protocol_number, rules_of
from .lookup import Interface
from .model import Json, Snapshot
from .packet import TCP, UDP, Packet

# Interfaces whose flows are tracked whatever the rules say.
ALWAYS_TRACKED = (
    "nat_gateway",
    "network_load_balancer",
    "vpc_endpoint",
    "lambda",
    "global_accelerator_managed",
    "gateway_load_balancer_endpoint",
)
EVERYWHERE = {4: ("IpRanges", "CidrIp", "0.0.0.0/0"), 6: ("Ipv6Ranges", "CidrIpv6", "::/0")}


def untracked(snapshot: Snapshot, interface: Interface, packet: Packet) -> bool:
    """Open to all addresses one way, and to all addresses on all ports the other way.

    The flow may be the packet's, to its destination port, or the one it replies to, from its
    source port. These dumps hold no routes: no peer is behind what tracks by itself.
    """
    if packet.protocol not in (TCP, UDP) or interface.kind in ALWAYS_TRACKED:
        return False
    if not interface.group_ids or not rules_are_known(snapshot, interface.group_ids):
        return False
    ours, theirs = (
        open_rules(snapshot, interface.group_ids, packet, direction)
        for direction in (packet.direction, OPPOSITE[packet.direction])
    )
    return (wide(ours, packet.dst_port) and all_ports(theirs)) or (
        wide(theirs, packet.src_port) and all_ports(ours)
    )


def rules_are_known(snapshot: Snapshot, group_ids: list[str]) -> bool:
    return all(
        rules_of(snapshot, group_id, direction) is not None
        for group_id in group_ids
        for direction in RULE_LISTS
    )


def open_rules(
    snapshot: Snapshot, group_ids: list[str], packet: Packet, direction: str
) -> list[Json]:
    """Rules of one direction for the packet's protocol that name the whole address family."""
    peers, field, everywhere = EVERYWHERE[packet.peer.version]
    return [
        rule
        for group_id in group_ids
        for rule in rules_of(snapshot, group_id, direction) or []
        if protocol_number(rule) in ("-1", str(packet.protocol))
        and any(item[field] == everywhere for item in rule.get(peers) or [])
    ]


def wide(rules: list[Json], port: int | None) -> bool:
    return port is not None and any(
        protocol_number(rule) == "-1" or port_fits(rule, port) for rule in rules
    )


def all_ports(rules: list[Json]) -> bool:
    return any(
        protocol_number(rule) == "-1" or (rule.get("FromPort"), rule.get("ToPort")) == (0, 65535)
        for rule in rules
    )
