"""Connections that an interface let begin since the snapshot that judges a refused start.

Groups and ACL are asked for the ends of a start and the server's port, not for the client's: what
they let begin they refuse only once they have changed.
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from datetime import datetime

from .history import Log, ended, is_start, of_interface, opposite_direction
from .idle import OFF
from .lookup import Address, address
from .model import Record, Snapshot

Asked = tuple[Address, Address, int]


def was_let_begin(
    record: Record, log: Log, before: Snapshot | None, after: Snapshot | None
) -> bool:
    """Whether one like it was accepted, which the same snapshot judges, before this one ended.

    `before` is the snapshot that judges, `after` the next.
    """
    if before is None or not is_start(record):
        return False
    return any(
        other.get("action") == "ACCEPT"
        and is_start(other)
        and asked(other) == asked(record) is not None
        and not opposite_direction(record, other)
        and is_judged_by(other, before, after)
        and other["start_time"] <= ended(record)
        for other in of_interface(record, log)
    )


def asked(record: Record) -> Asked | None:
    """Both addresses, the packet's own before the interface's, and the port that is called."""
    source = record.get("pkt_srcaddr") or record.get("srcaddr")
    target = record.get("pkt_dstaddr") or record.get("dstaddr")
    port = record.get("dstport")
    if source is None or target is None or port is None:
        return None
    return address(source), address(target), port


def is_judged_by(record: Record, before: Snapshot, after: Snapshot | None) -> bool:
    """A record may start a minute later than it says, so its snapshot is a minute older."""
    start: datetime = record["start_time"]
    return before.instant + OFF <= start and (after is None or start < after.instant + OFF)
