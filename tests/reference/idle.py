"""How long a flow is tracked after its last packet, as its interface is set or by default.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ConnectionTrackingConfiguration.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
"""

from datetime import datetime, timedelta

from .lookup import interface_with_id
from .model import Record, Snapshot
from .packet import TCP, UDP

# How late the start of a record may be, and its end.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
OFF = timedelta(seconds=60)
UDP_TIMEOUT, UDP_STREAM_TIMEOUT, OTHERS = 30, 180, 600
# Where a record that is judged keeps the timeouts of its interface, and when they were looked up.
TIMEOUTS, JUDGED_BY = "timeouts", "judged_by"


def with_timeouts(record: Record, snapshot: Snapshot | None) -> Record:
    """The record, and how its interface is set in the snapshot that judges it."""
    interface = interface_with_id(snapshot, record.get("interface_id")) if snapshot else None
    told = interface.body.get("ConnectionTrackingConfiguration") if interface else None
    return record | {TIMEOUTS: told or {}, JUDGED_BY: snapshot.instant if snapshot else None}


def passed_since(record: Record, other: Record) -> bool:
    """Whether the other was seen after the snapshot that judges the record."""
    judged_by: datetime | None = record.get(JUDGED_BY)
    return judged_by is not None and other["start_time"] >= judged_by + OFF


def tracked_seconds(record: Record) -> int | None:
    """The longest that it may be tracked; None for TCP by default, which is five days."""
    told, protocol = record.get(TIMEOUTS) or {}, record.get("protocol")
    if protocol == TCP:
        return told.get("TcpEstablishedTimeout")
    return told.get("UdpStreamTimeout", UDP_STREAM_TIMEOUT) if protocol == UDP else OTHERS


def may_be_tracked(record: Record, last: datetime) -> bool:
    return not is_idle(record, last, tracked_seconds(record))


def only_as_a_stream(record: Record, last: datetime) -> bool:
    """UDP that is no stream of questions and answers is tracked for a shorter time."""
    seconds = (record.get(TIMEOUTS) or {}).get("UdpTimeout", UDP_TIMEOUT)
    return record.get("protocol") == UDP and is_idle(record, last, seconds)


def is_idle(record: Record, last: datetime, seconds: int | None) -> bool:
    """Whether nothing came for so long, though both times may be a minute off."""
    limit = None if seconds is None else timedelta(seconds=seconds) + OFF
    return limit is not None and last < record["start_time"] - limit
