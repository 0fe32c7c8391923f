"""What the log itself tells of a flow: whether it was seen before, and since when it is watched.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .idle import may_be_tracked, only_as_a_stream, passed_since
from .lookup import Address, address
from .model import Record
from .packet import ACK, SYN, TCP, UDP

REACH = timedelta(seconds=3600)
FIN, RST = 1, 4

Log = Sequence[Record]
End = tuple[Address, int]


@dataclass(frozen=True)
class History:
    """What the hour before a record holds: the flow the other way, either way, and no gap.

    `answers` is whether the record is of the side that answers, where flags show who began.
    `tracked` is whether the connection may be tracked still; `in_doubt` whether it was there, and
    was closed, or idle for so long that it may be no longer. `let_pass` is whether the same flow
    was accepted since the snapshot that judges, `let_begin` whether a start like this one was;
    `mixed` whether it was within the window of the record.
    """

    reverse_seen: bool = False
    earlier_seen: bool = False
    let_pass: bool = False
    watched: bool = False
    answers: bool | None = None
    tracked: bool = True
    in_doubt: bool = False
    let_begin: bool = False
    mixed: bool = False


def history_of(record: Record, log: Log) -> History:
    """`record` is one with its timeouts, see idle."""
    back, forth = reversed_before(record, log), same_before(record, log)
    last = max((ended(one) for one in back + forth), default=None)
    return History(
        bool(back),
        bool(back or forth),
        any(passed_since(record, one) for one in forth),
        watched(record, log),
        answers(record, log),
        last is None or may_be_tracked(record, last),
        last is not None and is_in_doubt(record, back, forth, last),
        mixed=was_mixed(record, log),
    )


def is_in_doubt(record: Record, back: list[Record], forth: list[Record], last: datetime) -> bool:
    """TCP has a timeout once it is established, by packets both ways, and until it is closed."""
    if record.get("protocol") != TCP:
        return only_as_a_stream(record, last) or not may_be_tracked(record, last)
    closed = any((one.get("tcp_flags") or 0) & (FIN | RST) for one in back + forth)
    return closed or (bool(back and forth) and not may_be_tracked(record, last))


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


def reversed_before(record: Record, log: Log) -> list[Record]:
    """Phase rule 2: the reversed flow, accepted in the opposite direction."""
    ends = ends_of(record)
    return [
        other
        for other in accepted_before(record, log)
        if ends and ends_of(other) == (ends[1], ends[0]) and not same_direction(record, other)
    ]


def same_before(record: Record, log: Log) -> list[Record]:
    """The same flow, accepted in the record's own orientation."""
    ends = ends_of(record)
    return [
        other
        for other in accepted_before(record, log)
        if ends and ends_of(other) == ends and not opposite_direction(record, other)
    ]


def was_mixed(record: Record, log: Log) -> bool:
    """Whether the same flow was accepted and refused in one window; of starts `let_begin` tells.

    Then the configuration changed within it, or the tracking of the connection ended.
    """
    ends = ends_of(record)
    return not is_start(record) and any(
        other.get("action") == "ACCEPT"
        and other.get("protocol") == record.get("protocol")
        and ends is not None
        and ends_of(other) == ends
        and not opposite_direction(record, other)
        and other["start_time"] <= ended(record)
        and ended(other) >= record["start_time"]
        for other in of_interface(record, log)
    )


def is_start(record: Record) -> bool:
    """Flags are ORed over the window: SYN without ACK is of who begins, whatever came next.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
    """
    flags = record.get("tcp_flags")
    return record.get("protocol") == TCP and flags is not None and flags & (SYN | ACK) == SYN


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
    """Accepted flows of the same interface and protocol that began in the hour before."""
    start = record["start_time"]
    for other in of_interface(record, log):
        alike = other.get("protocol") == record.get("protocol")
        in_time = start - REACH <= other["start_time"] <= start
        if other.get("action") == "ACCEPT" and alike and in_time:
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
