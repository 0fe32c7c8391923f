"""What the log itself tells of a flow: whether it was seen before, and since when it is watched.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .lookup import Address, address
from .model import Record
from .packet import ACK, SYN, TCP, UDP

REACH = timedelta(seconds=3600)
# How long what is not TCP is tracked after its last packet; of UDP the longest that may be set.
IDLE = {UDP: timedelta(seconds=180)}
OTHER_IDLE = timedelta(seconds=600)
# How late the start of a record may be.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
OFF = timedelta(seconds=60)

Log = Sequence[Record]
End = tuple[Address, int]


@dataclass(frozen=True)
class History:
    """What the hour before a record holds: the flow the other way, either way, and no gap.

    `answers` is whether the record is of the side that answers, where flags show who began.
    """

    reverse_seen: bool = False
    earlier_seen: bool = False
    watched: bool = False
    answers: bool | None = None


def history_of(record: Record, log: Log) -> History:
    reverse = reverse_seen(record, log)
    return History(
        reverse,
        reverse or forward_seen(record, log),
        watched(record, log),
        answers(record, log),
    )


def answers(record: Record, log: Log) -> bool | None:
    """Who began: a SYN alone comes from that side, a SYN-ACK from the other.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
    """
    ends, told = ends_of(record), set()
    for other in accepted_before(record, log):
        flags = (other.get("tcp_flags") or 0) & (SYN | ACK)
        if ends is None or flags not in (SYN, SYN | ACK):
            continue
        if ends_of(other) == ends and not opposite_direction(record, other):
            told.add(flags != SYN)
        elif ends_of(other) == (ends[1], ends[0]) and not same_direction(record, other):
            told.add(flags == SYN)
    return told.pop() if len(told) == 1 else None


def reverse_seen(record: Record, log: Log) -> bool:
    """Phase rule 2: the reversed flow was accepted in the opposite direction."""
    ends = ends_of(record)
    return ends is not None and any(
        ends_of(other) == (ends[1], ends[0]) and not same_direction(record, other)
        for other in accepted_before(record, log)
    )


def forward_seen(record: Record, log: Log) -> bool:
    """The same flow was accepted, in the record's own orientation."""
    ends = ends_of(record)
    return ends is not None and any(
        ends_of(other) == ends for other in accepted_before(record, log)
    )


def ends_of(record: Record) -> tuple[End, End] | None:
    """Source and destination; None where an address, or a port of TCP or UDP, is missing.

    The packet's own addresses come before the interface's.
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
    """
    source = record.get("pkt_srcaddr") or record.get("srcaddr")
    target = record.get("pkt_dstaddr") or record.get("dstaddr")
    ports = (record.get("srcport"), record.get("dstport"))
    if source is None or target is None:
        return None
    if record.get("protocol") in (TCP, UDP) and None in ports:
        return None
    return (address(source), ports[0] or 0), (address(target), ports[1] or 0)


def same_direction(record: Record, other: Record) -> bool:
    """Only where both records say theirs."""
    directions = (record.get("flow_direction"), other.get("flow_direction"))
    return None not in directions and directions[0] == directions[1]


def opposite_direction(record: Record, other: Record) -> bool:
    """Only where both records say theirs."""
    directions = (record.get("flow_direction"), other.get("flow_direction"))
    return None not in directions and directions[0] != directions[1]


def accepted_before(record: Record, log: Log) -> Iterator[Record]:
    """Accepted flows of the same interface and protocol that began in the hour before.

    Of what is not TCP those that are tracked still.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
    """
    start, protocol = record["start_time"], record.get("protocol")
    idle = IDLE.get(protocol, OTHER_IDLE) + OFF
    for other in of_interface(record, log):
        alike = other.get("protocol") == record.get("protocol")
        in_time = start - REACH <= other["start_time"] <= start
        lasting = protocol == TCP or ended(other) >= start - idle
        if other.get("action") == "ACCEPT" and alike and in_time and lasting:
            yield other


def watched(record: Record, log: Log) -> bool:
    """Whether the log reaches back an hour for this interface, and skipped nothing of it.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    """
    start = record["start_time"]
    own = list(of_interface(record, log))
    reaches_back = any(other["start_time"] <= start - REACH for other in own)
    skipped = any(
        other["start_time"] <= start and ended(other) >= start - REACH
        for other in own
        if other.get("log_status") == "SKIPDATA"
    )
    return reaches_back and not skipped


def ended(record: Record) -> datetime:
    end: datetime = record.get("end_time") or record["start_time"]
    return end


def of_interface(record: Record, log: Log) -> Iterator[Record]:
    wanted = record.get("interface_id")
    return (other for other in log if wanted and other.get("interface_id") == wanted)
