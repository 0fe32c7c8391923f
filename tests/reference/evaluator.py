"""The decision table: which element refused the packet of a REJECT record, and how sure it is."""

from dataclasses import replace
from datetime import datetime, timedelta

from .acls import acl_stage
from .groups import OPPOSITE, explicit_tcp_ports, group_stage
from .history import History, Log, history_of
from .idle import with_timeouts
from .lookup import Interface, interface_with_id, interfaces
from .model import Expected, Record, Snapshot
from .packet import direction_of, packet_of, phase_by_ports, phase_of
from .public_access import REJECT_REASON, mode_for, row_1
from .references import is_local
from .rows import Case, by_stages, row_24
from .starts import was_let_begin

SETTLING = timedelta(seconds=60)


def evaluate(record: Record, snapshots: list[Snapshot], log: Log = ()) -> Expected | None:
    """The verdict of one record; None where the table gives none (row 0, or not a REJECT).

    `log` is every record that there is, the record itself among them.
    """
    if row_0(record) or record.get("action") != "REJECT":
        return None
    before, after = observations(record["start_time"], snapshots)
    history = replace(
        history_of(with_timeouts(record, before or after), log),
        let_begin=was_let_begin(record, log, before, after),
    )
    verdict = judge(record, before or after, history)
    verdict = replace(
        verdict,
        observed_before=before.instant if before else None,
        observed_after=after.instant if after else None,
    )
    if before and after:
        return compared(verdict, judge(told(record, verdict.direction), after, history))
    if before is None and verdict.certainty == "certain":
        return replace(verdict, certainty="probable")
    return verdict


def row_0(record: Record) -> bool:
    """Decision table row 0: no flow, no verdict.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    """
    return record.get("log_status") in ("NODATA", "SKIPDATA")


def observations(
    start: datetime, snapshots: list[Snapshot]
) -> tuple[Snapshot | None, Snapshot | None]:
    """The last snapshot a minute or more before the record, and the one that follows it."""
    ordered = sorted(snapshots, key=lambda snapshot: snapshot.instant)
    earlier = [snapshot for snapshot in ordered if snapshot.instant <= start - SETTLING]
    later = ordered[len(earlier) :]
    return (earlier[-1] if earlier else None), (later[0] if later else None)


def compared(verdict: Expected, next_one: Expected) -> Expected:
    """Both snapshots must name the same cause, element and rule; else it is conditional.

    An interface that only the earlier one has is normal, and contradicts nothing (section 4).
    """
    stable = (verdict.cause, verdict.element_id, verdict.rule) == (
        next_one.cause,
        next_one.element_id,
        next_one.rule,
    )
    if not stable and next_one.cause == row_3().cause:
        return verdict
    if not stable and verdict.certainty in ("certain", "probable"):
        return replace(verdict, stable=stable, certainty="conditional")
    return replace(verdict, stable=stable)


def told(record: Record, direction: str | None) -> Record:
    """The record with the direction that the first snapshot told: it is the record's own."""
    return record | {"flow_direction": record.get("flow_direction") or direction}


def judge(record: Record, snapshot: Snapshot | None, history: History) -> Expected:
    """The verdict at one snapshot, without regard to time."""
    interface = interface_with_id(snapshot, record.get("interface_id")) if snapshot else None
    direction = direction_of(record, interface)
    reply_ports = []
    if snapshot and interface and direction:
        reply_ports = explicit_tcp_ports(snapshot, interface, OPPOSITE[direction])
    phase, source = phase_of(record, history.reverse_seen and history.tracked, reply_ports)
    of_answers = history.answers
    if of_answers is None:
        of_answers = phase_by_ports(record, reply_ports) == "reply"
    verdict = by_record(record, interface)
    if verdict is None:
        case = case_of(record, snapshot, interface, history, (phase, source, direction, of_answers))
        verdict = by_stages(case) if case else row_24()
        in_doubt = case and (may_be_accelerated(case, verdict) or may_be_kept_out(case, verdict))
        if in_doubt and verdict.certainty == "certain":
            verdict = replace(verdict, certainty="probable")
    return replace(verdict, phase=phase, phase_source=source, direction=direction)


def may_be_accelerated(case: Case, verdict: Expected) -> bool:
    """Whether an ACL refuses what a Global Accelerator may have brought: it is not asked of that.

    https://docs.aws.amazon.com/global-accelerator/latest/dg/preserve-client-ip-address.html
    """
    if verdict.row not in (5, 7, 8, 12) or not case.packet.peer.is_global:
        return False
    if is_local(case.snapshot, case.interface, case.packet):
        return False
    return case.ingress and any(
        one.kind == "global_accelerator_managed" and one.vpc_id == case.interface.vpc_id
        for one in interfaces(case.snapshot)
    )


def may_be_kept_out(case: Case, verdict: Expected) -> bool:
    """Whether Block Public Access may have refused first what groups or ACL refuse.

    What comes in meets the internet gateway before the subnet (section 2.13). Answers it keeps out
    only where it blocks both ways.
    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    if not case.ingress or verdict.row not in (4, 5, 6, 7, 8, 10, 12):
        return False
    mode = mode_for(case.snapshot, case.interface, case.packet, case.log_version)
    return mode == "block-bidirectional" or (mode != "off" and verdict.row != 12)


def by_record(record: Record, interface: Interface | None) -> Expected | None:
    """Decision table rows 1, 2 and 3, which no rule of the configuration can change."""
    if record.get("reject_reason") == "BPA":
        return row_1(interface.vpc_id if interface else record.get("vpc_id"))
    if record.get("reject_reason") == "EC":
        return row_2()
    return row_3() if interface is None else None


def row_2() -> Expected:
    """Decision table row 2: encryption controls refused it.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    """
    return Expected("encryption_control", "certain", 2)


def row_3() -> Expected:
    """Decision table row 3: the interface is not in the snapshot."""
    return Expected("interface_unknown", "unknown", 3)


def case_of(
    record: Record,
    snapshot: Snapshot | None,
    interface: Interface | None,
    history: History,
    told_of: tuple[str, str | None, str | None, bool],
) -> Case | None:
    """Both stages judged; None where the record lacks what they ask for."""
    phase, source, direction, of_answers = told_of
    packet = packet_of(record, direction)
    if packet is None or snapshot is None or interface is None:
        return None
    return Case(
        snapshot,
        interface,
        packet,
        phase,
        source,
        of_answers,
        history,
        record.get("log_version", REJECT_REASON),
        group_stage(snapshot, interface, packet),
        acl_stage(snapshot, interface, packet),
    )
