"""Others' connections that were answered since the snapshot that judges a loss: the way was open.

A SYN-ACK shows that a SYN got there, and that the answer found its way back.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
"""

from dataclasses import replace

from .history import Log, ended, ends_of, of_interface
from .model import Expected, Record, Snapshot
from .packet import ACK, SYN, TCP
from .pairs import AT_HOST
from .starts import Asked, asked, is_judged_by


def doubted(
    verdict: Expected, record: Record, log: Log, before: Snapshot | None, after: Snapshot | None
) -> Expected:
    """What the configuration shows to be in a start's way is not surely it, if others got past.

    What the host itself did is told by the logs, and not by a snapshot.
    """
    is_shown = verdict.leg == "forward" and verdict.row not in AT_HOST
    if verdict.certainty != "certain" or not is_shown or before is None:
        return verdict
    is_past = others_were_answered(record, log, before, after)
    return replace(verdict, certainty="probable") if is_past else verdict


def others_were_answered(
    record: Record, log: Log, before: Snapshot, after: Snapshot | None
) -> bool:
    """Whether a SYN-ACK came from there, refused or not, which the same snapshot judges."""
    return record.get("protocol") == TCP and any(
        other.get("action") is not None
        and answered(other) == asked(record) is not None
        and is_judged_by(other, before, after)
        and other["start_time"] <= ended(record)
        for other in of_interface(record, log)
    )


def answered(record: Record) -> Asked | None:
    """What a SYN-ACK that comes in answers: from where, to whom, at which port."""
    flags, ends = record.get("tcp_flags") or 0, ends_of(record)
    is_syn_ack = record.get("protocol") == TCP and flags & SYN and flags & ACK
    if ends is None or not is_syn_ack or record.get("flow_direction") == "egress":
        return None
    (target, port), (source, _) = ends
    return source, target, port
