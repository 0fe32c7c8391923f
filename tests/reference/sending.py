"""Which records are of a packet that may have been lost: what they show, and whose it is.

A SYN alone that is sent again and again is what a lost start looks like; once anything else shows,
the connection has come about.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from .history import Log, ends_of
from .lookup import Interface, address, block, holds, interfaces, private_blocks
from .model import Record, Snapshot
from .packet import ACK, SYN, TCP
from .silence import (
    answered_by,
    at_the_other_end,
    of_answers,
    overlaps,
    reversed_ends,
)

# IPv6's header, and TCP's at its longest but for rare options.
LARGEST_SYN = 84
FIRST_EPHEMERAL = 1024
# These pass on what others sent.
FORWARDING = (
    "nat_gateway",
    "natGateway",
    "transit_gateway",
    "gateway_load_balancer",
    "gateway_load_balancer_endpoint",
)


def is_bare(record: Record, *flags: int) -> bool:
    """Whether a record of TCP shows just this much of a handshake; without flags by its size."""
    size, packets = record.get("bytes"), record.get("packets")
    is_small = size is None or packets is None or size <= LARGEST_SYN * packets
    return is_small and record.get("tcp_flags") in (*flags, None)


def leg_of(record: Record, log: Log) -> str | None:
    """`forward` of what starts a flow, or may; `reply` of what surely answers one; else None."""
    asked, flags = bool(answered_by(record, log)), record.get("tcp_flags")
    if record["protocol"] != TCP:
        return "reply" if asked else "forward"
    if not is_bare(record, SYN, SYN | ACK):
        return None
    is_reply = flags == SYN | ACK if flags is not None else asked
    if is_reply:
        return "reply" if asked and only_asked(record, log) else None
    return "forward" if flags is not None or goes_to_a_service(record) else None


def goes_to_a_service(record: Record) -> bool:
    """Where no flags tell, an answer goes from the lower port to the higher one."""
    source, target = record["srcport"], record["dstport"]
    return bool(target < FIRST_EPHEMERAL or source >= target)


def only_asked(record: Record, log: Log) -> bool:
    """Whether the other end said nothing that shows it got the answer: only SYNs came, accepted."""
    window, wanted = of_answers(record), reversed_ends(record)
    for other in log:
        own = other.get("interface_id") == record["interface_id"] and other.get("action")
        alike = own and other.get("protocol") == TCP and ends_of(other) == wanted
        says_more = other.get("action") != "ACCEPT" or not is_bare(other, SYN)
        if alike and says_more and overlaps(other, window):
            return False
    return True


def heard_elsewhere(
    record: Record, there: Interface | None, snapshots: list[Snapshot], log: Log
) -> bool:
    """Whether another that has the address got it, or one that no snapshot has, which may be it.

    Then it is not told who was meant: blocks of two VPCs may be alike.
    """
    ends = ends_of(record)
    meant = {record["interface_id"], there.body["NetworkInterfaceId"] if there else None}
    for other in log:
        if ends is None or other.get("interface_id") in meant or not is_same_flow(record, other):
            continue
        own = known_ever(snapshots).get(str(other["interface_id"]), [])
        if not own or any(holds(one, ends[1][0]) for one in own):
            return True
    return False


def is_same_flow(record: Record, other: Record) -> bool:
    """Whether another interface's record is of the same packets."""
    return (
        other.get("action") is not None
        and other.get("protocol") == record.get("protocol")
        and overlaps(other, at_the_other_end(record))
        and ends_of(other) == ends_of(record)
    )


def known_ever(snapshots: list[Snapshot]) -> dict[str, list[Interface]]:
    """Each interface as each snapshot has it."""
    known: dict[str, list[Interface]] = {}
    for snapshot in snapshots:
        for one in interfaces(snapshot):
            known.setdefault(one.body["NetworkInterfaceId"], []).append(one)
    return known


def is_exact(record: Record, snapshots: list[Snapshot]) -> bool:
    """Whether the record tells the packet's own source: itself, or the interface has no other.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
    """
    if record.get("pkt_srcaddr"):
        return True
    return is_sole(record["interface_id"], address(record["srcaddr"]).version, snapshots)


def is_sole(interface_id: str, version: int, snapshots: list[Snapshot]) -> bool:
    """Whether the interface has no more than one address of the family in any snapshot."""
    own = {
        cidr
        for one in known_ever(snapshots).get(interface_id, [])
        for cidr in private_blocks(one)
        if block(cidr).version == version
    }
    return len(own) == 1
