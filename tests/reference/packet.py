"""What a record says of the packet: its peer, its direction and its phase.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from dataclasses import dataclass

from .lookup import Address, Interface, address, holds
from .model import Record

SYN, ACK = 2, 16
TCP, UDP = 6, 17
FIRST_EPHEMERAL = 1024


@dataclass(frozen=True)
class Packet:
    """A packet as the interface sees it; rules ask for the destination's port both ways."""

    direction: str
    peer: Address
    protocol: int
    dst_port: int
    src_port: int | None = None


def packet_of(record: Record, direction: str | None) -> Packet | None:
    """None where the record lacks what the rules ask for.

    The packet's own addresses come before the interface's.
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
    """
    if direction is None:
        return None
    side = "src" if direction == "ingress" else "dst"
    peer = record.get(f"pkt_{side}addr") or record.get(f"{side}addr")
    protocol, port = record.get("protocol"), record.get("dstport")
    if peer is None or protocol is None or (protocol in (TCP, UDP) and port is None):
        return None
    return Packet(direction, address(peer), protocol, port or 0, record.get("srcport"))


def direction_of(record: Record, interface: Interface | None) -> str | None:
    """As recorded; else by which end is the interface's; None where both or neither are."""
    if record.get("flow_direction"):
        return str(record["flow_direction"])
    if interface is None:
        return None
    arrives = _is_own(interface, record.get("dstaddr"))
    leaves = _is_own(interface, record.get("srcaddr"))
    if arrives == leaves:
        return None
    return "ingress" if arrives else "egress"


def _is_own(interface: Interface, text: str | None) -> bool:
    return text is not None and holds(interface, address(text))


def phase_of(
    record: Record, reverse_seen: bool, reply_ports: list[tuple[int, int]]
) -> tuple[str, str | None]:
    """Phase and where it comes from: the first of phase rules 1 to 4 that tells."""
    is_tcp = record.get("protocol") == TCP
    if is_tcp and record.get("tcp_flags") is not None:
        return phase_by_flags(record["tcp_flags"]), "flags"
    if reverse_seen:
        return "reply", "reverse-flow"
    if is_tcp:
        return phase_by_ports(record, reply_ports), "heuristic"
    return "unknown", None


def phase_by_flags(flags: int) -> str:
    """Phase rule 1: a SYN alone starts, SYN-ACK replies, all else came later."""
    if flags & (SYN | ACK) == SYN:
        return "initial"
    if flags & (SYN | ACK) == (SYN | ACK):
        return "reply"
    return "late"


def phase_by_ports(record: Record, reply_ports: list[tuple[int, int]]) -> str:
    """Phase rule 3: from a served port to an ephemeral one looks like a reply."""
    source, target = record.get("srcport"), record.get("dstport")
    if source is None or target is None or target < FIRST_EPHEMERAL:
        return "initial"
    if source < FIRST_EPHEMERAL:
        return "reply"
    served = any(low <= source <= high for low, high in reply_ports)
    return "reply" if source < target and served else "initial"
