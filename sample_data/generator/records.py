"""What one record of a flow log says, and its text in any of the formats.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any

from .formats import FlowLog
from .ids import ZONE_IDS, aws_id
from .interfaces import Interface
from .organisation import zone_of
from .outside import SERVICES

SYN, RST, SYN_ACK, LATE = 2, 4, 18, (4, 1, 0, 5)
SHORT, SHORT_ANSWER = 3, 19


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet's own addresses, whatever a record shows in their place."""

    src: str
    dst: str
    sport: int
    dport: int
    protocol: int = 6

    def answer(self) -> "Packet":
        return Packet(self.dst, self.src, self.dport, self.sport, self.protocol)


@dataclass(frozen=True, slots=True)
class Record:
    """`shown` are srcaddr and dstaddr where another interface stands in for the packet's ends."""

    interface: Interface
    direction: str
    packet: Packet | None
    start: int
    seconds: int = 0
    flags: int = 0
    action: str = "ACCEPT"
    volume: tuple[int, int] = (1, 60)
    shown: tuple[str | None, str | None] = (None, None)
    reason: str = "-"
    status: str = "OK"


def flags_of(packet: Packet, flags: int) -> int:
    return flags if packet.protocol == 6 else 0


def asks(interface: Interface, packet: Packet, start: int, **more: Any) -> Record:
    made = Record(interface, "egress", packet, start, 3, flags_of(packet, SYN), "ACCEPT", (2, 120))
    return replace(made, **more)


def hears(interface: Interface, packet: Packet, start: int, **more: Any) -> Record:
    return replace(asks(interface, packet, start), direction="ingress", **more)


def connection(client: Interface, server: Interface, packet: Packet, start: int) -> list[Record]:
    """A connection that opens and closes within one record."""
    answer = packet.answer()
    return [
        asks(client, packet, start, seconds=20, flags=SHORT, volume=(9, 1204)),
        hears(server, packet, start, seconds=20, flags=SHORT, volume=(9, 1204)),
        asks(server, answer, start, seconds=20, flags=SHORT_ANSWER, volume=(8, 4120)),
        hears(client, answer, start, seconds=20, flags=SHORT_ANSWER, volume=(8, 4120)),
    ]


def line(record: Record, log: FlowLog) -> str:
    cells = owner_cells(record, log)
    if record.packet:
        cells |= flow_cells(record, record.packet)
    return " ".join(cells.get(field, "-") for field in log.fields)


def owner_cells(record: Record, log: FlowLog) -> dict[str, str]:
    """What a record says even where nothing flowed."""
    interface = record.interface
    vpc = interface.vpc
    return {
        "version": str(log.version),
        "account-id": vpc.account,
        "interface-id": interface.id,
        "start": str(record.start),
        "end": str(record.start + record.seconds),
        "log-status": record.status,
        "vpc-id": aws_id("vpc", vpc.name),
        "subnet-id": aws_id("subnet", interface.subnet),
        "instance-id": interface.instance_id or "-",
        "region": vpc.region,
        "az-id": ZONE_IDS[vpc.account, vpc.region][zone_of(interface.subnet)],
    }


def flow_cells(record: Record, packet: Packet) -> dict[str, str]:
    shown_src, shown_dst = record.shown
    packets, size = record.volume
    return {
        "srcaddr": shown_src or record.interface.primary_for(packet.src),
        "dstaddr": shown_dst or record.interface.primary_for(packet.dst),
        "srcport": str(packet.sport),
        "dstport": str(packet.dport),
        "protocol": str(packet.protocol),
        "packets": str(packets),
        # Records of refusals by Block Public Access have no bytes.
        # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
        "bytes": "-" if record.reason == "BPA" else str(size),
        "action": record.action,
        "tcp-flags": str(record.flags),
        "type": "IPv6" if ":" in packet.src else "IPv4",
        "pkt-srcaddr": packet.src,
        "pkt-dstaddr": packet.dst,
        "pkt-src-aws-service": SERVICES.get(packet.src, "-"),
        "pkt-dst-aws-service": SERVICES.get(packet.dst, "-"),
        "flow-direction": record.direction,
        "traffic-path": traffic_path(record, packet),
        "reject-reason": record.reason,
    }


def traffic_path(record: Record, packet: Packet) -> str:
    """Same VPC 1, peering 4 or 5, internet gateway 8; none for what comes in or stays in."""
    if record.direction == "ingress" or record.action == "REJECT":
        return "-"
    vpc = record.interface.vpc
    if packet.dst.startswith((vpc.cidr[:6], (vpc.ipv6 or "none")[:17])):
        return "1"
    if ip_address(packet.dst).is_global:
        return "8" if "public" in record.interface.subnet else "1"
    peers = {"data": "10.10.", "us": "10.20."}
    return "4" if packet.dst.startswith(peers.get(vpc.name, "none")) else "-"
