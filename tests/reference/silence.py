"""What the log holds, and lacks, around an accepted packet: at its own end and at the other.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from .history import End, Log, accepted_before, ended, ends_of, of_interface
from .idle import may_be_tracked
from .lookup import Interface
from .model import Record

# `start` may be a minute after the first packet, `end` a minute after the last.
MINUTE = timedelta(seconds=60)
# So long an answer is waited for.
PATIENCE = timedelta(minutes=5)


class Window(NamedTuple):
    begin: datetime
    end: datetime


def at_the_other_end(record: Record) -> Window:
    """When the other end's record of the same packets must overlap."""
    return Window(record["start_time"] - MINUTE, ended(record) + MINUTE)


def of_answers(record: Record) -> Window:
    """When an answer must show, on either interface; what was skipped then may have been one."""
    return Window(record["start_time"] - MINUTE, ended(record) + PATIENCE)


def overlaps(other: Record, window: Window) -> bool:
    return bool(other["start_time"] <= window.end and ended(other) >= window.begin)


def is_skipped(record: Record, interface: Interface, log: Log) -> bool:
    """Whether the interface's log left something out then, and so proves no absence."""
    window = of_answers(record)
    own = of_interface({"interface_id": interface.body["NetworkInterfaceId"]}, log)
    return any(one.get("log_status") == "SKIPDATA" and overlaps(one, window) for one in own)


def came_back(record: Record, interface: Interface, log: Log) -> list[Record]:
    """What of the reversed flow reached the sender, accepted or refused."""
    return list(seen(record, True, interface, of_answers(record), log))


def arrivals(record: Record, there: Interface, log: Log) -> list[Record]:
    """The same packets as the other interface received them, accepted or refused."""
    return list(seen(record, False, there, at_the_other_end(record), log))


def answers(record: Record, there: Interface, log: Log) -> list[Record]:
    """What the other interface sent back, or was not let send."""
    return list(seen(record, True, there, of_answers(record), log))


def seen(
    record: Record, turned: bool, there: Interface, window: Window, log: Log
) -> Iterator[Record]:
    """Records of the same protocol and ends, or the reversed ones, on one interface."""
    wanted = reversed_ends(record) if turned else ends_of(record)
    own = of_interface({"interface_id": there.body["NetworkInterfaceId"]}, log)
    for other in own:
        alike = other.get("protocol") == record.get("protocol") and ends_of(other) == wanted
        is_flow = other.get("action") in ("ACCEPT", "REJECT") and overlaps(other, window)
        if is_flow and alike:
            yield other


def reversed_ends(record: Record) -> tuple[End, End] | None:
    ends = ends_of(record)
    return (ends[1], ends[0]) if ends else None


def answered_by(record: Record, log: Log) -> list[Record]:
    """The accepted flows that this one answers: reversed, on its interface, of the last hour.

    They are tracked still, by the timeouts of the interface that the record has, see idle.
    """
    wanted = reversed_ends(record)
    return [
        other
        for other in accepted_before(record, log)
        if wanted and ends_of(other) == wanted and may_be_tracked(record, ended(other))
    ]


def sent_there(record: Record, one: Interface, log: Log) -> bool:
    """Whether the interface sent, and was let send, what this record answers."""
    asked = seen(record, True, one, of_answers(record), log)
    return bool(answered_by(record, log)) and any(True for _ in asked)
