"""What a pair of ends means, once it is known what each of them saw."""

from dataclasses import replace

from .arrivals import holders
from .history import Log
from .hops import BLOCK, Hop, Sent, Way
from .lookup import Interface
from .model import Blocker, Expected, Record, Snapshot
from .silence import sent_there

# Rows of the pair table, far from those of the decision table.
LOST_BETWEEN, HOST_SILENT, HOST_REFUSED, REPLY_LOST = 103, 104, 105, 108
AT_HOST = (HOST_SILENT, HOST_REFUSED)
ROWS = {"forward": LOST_BETWEEN, "reply": REPLY_LOST}
RST = 4
# Who chooses the VPC that the packet goes to.
CHOOSING = ("route", "gateway-route")


def lost(path: Way, leg: str, is_absent: bool) -> Expected | None:
    """By what blocks first; else, if it is absent, where the sight of it is lost, or unexplained.

    Certain only where all before is known and AWS says that it blocks.
    """
    row = ROWS[leg]
    if path.blocks:
        first = path.blocks[0]
        certainty = "certain" if path.is_known and first.sure else "probable"
        blockers = tuple(hop.blocker for hop in path.blocks)
        return named(first, certainty, row, leg, blockers)
    if not is_absent:
        return None
    if path.lost_sight:
        return named(path.lost_sight, "unknown", row, leg)
    return Expected("lost_unexplained", "unknown", row, leg=leg)


def named(
    hop: Hop, certainty: str, row: int, leg: str, blockers: tuple[Blocker, ...] = ()
) -> Expected:
    element = (hop.element_type, hop.element_id, hop.rule)
    return Expected(str(hop.cause), certainty, row, *element, blockers, leg=leg)


def only_resets(records: list[Record]) -> bool:
    return all((one["action"], one.get("tcp_flags")) == ("ACCEPT", RST) for one in records)


def at_host(there: Interface, sent: list[Record], came: list[Record]) -> Expected | None:
    """A host that answered nothing, or only that it refuses, and this came back; else None.

    RST and RST-ACK are both logged as 4. A NAT gateway drops what nobody behind it asked for.
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    https://repost.aws/knowledge-center/vpc-analyze-inbound-traffic-nat-gateway
    """
    element = ("interface", there.body["NetworkInterfaceId"])
    if sent and came and only_resets(sent):
        return Expected("host_refused", "certain", HOST_REFUSED, *element, leg="forward")
    if sent or came:
        return None
    cause = "nat_unsolicited" if there.kind == "nat_gateway" else "host_silent"
    return Expected(cause, "probable", HOST_SILENT, *element, leg="forward")


def ends_at(snapshot: Snapshot, path: Way, sent: Sent) -> list[Interface]:
    """Where the packet should be seen; where no way tells, all that hold the address."""
    return [path.end.interface] if path.end.interface else holders(snapshot, sent.destination)


def sender_of(
    snapshot: Snapshot, path: Way, sent: Sent, record: Record, log: Log
) -> Interface | None:
    """Who sent what the record answers, as its own records tell.

    None where several did, and the way back leads to none of them.
    """
    there = holders(snapshot, sent.destination)
    told = [one for one in there if sent_there(record, one, log)]
    led = path.end.interface
    if led in told:
        return led
    return told[0] if len(told) == 1 else None


def diverted(path: Way) -> Way:
    """The way blocked where a route chose another VPC than it should; never within a subnet.

    https://docs.aws.amazon.com/vpc/latest/peering/peering-configurations-partial-access.html
    """
    places = [index for index, hop in enumerate(path.hops) if hop.stage in CHOOSING]
    if not places:
        return path
    last = places[-1]
    if path.hops[last].outcome == BLOCK or path.hops[last].element_id is None:
        return path
    turned = replace(path.hops[last], outcome=BLOCK, cause="route_diverted")
    return replace(path, hops=(*path.hops[:last], turned))
