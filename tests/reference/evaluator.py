"""The decision table: which element refused the packet of a REJECT record, and how sure it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .acls import ALLOW, DENY, SAME_SUBNET, AclStage, acl_stage, block_mode
from .groups import (
    DEPENDS,
    DOUBTFUL,
    MATCH,
    MISS,
    NONE,
    OPPOSITE,
    UNKNOWN,
    explicit_tcp_ports,
    group_stage,
)
from .lookup import Interface, interface_with_id
from .model import Blocker, Expected, Record, Snapshot
from .packet import Packet, direction_of, packet_of, phase_of

SETTLING = timedelta(seconds=60)

# Decision table rows 4-8, 11, 15-17 and 21: (direction, group stage, ACL stage) -> row.
ROWS = {
    ("ingress", MISS, SAME_SUBNET): 4,
    ("ingress", MATCH, DENY): 5,
    ("ingress", MISS, ALLOW): 6,
    ("ingress", MISS, DENY): 7,
    ("ingress", NONE, DENY): 8,
    ("ingress", MATCH, ALLOW): 11,
    ("ingress", MATCH, SAME_SUBNET): 11,
    ("ingress", NONE, ALLOW): 11,
    ("ingress", NONE, SAME_SUBNET): 11,
    ("egress", MISS, ALLOW): 15,
    ("egress", MISS, SAME_SUBNET): 15,
    ("egress", MATCH, DENY): 16,
    ("egress", NONE, DENY): 16,
    ("egress", MISS, DENY): 17,
    ("egress", MATCH, ALLOW): 21,
    ("egress", MATCH, SAME_SUBNET): 21,
    ("egress", NONE, ALLOW): 21,
    ("egress", NONE, SAME_SUBNET): 21,
}
NOT_EXPLAINED_ROWS = (11, 21)


@dataclass(frozen=True)
class Case:
    """One record at one snapshot, with both stages judged."""

    snapshot: Snapshot
    interface: Interface
    packet: Packet
    group: str
    acl: AclStage


def evaluate(record: Record, snapshots: list[Snapshot]) -> Expected | None:
    """The verdict of one record; None where the table gives none (row 0, or not a REJECT)."""
    if row_0(record) or record.get("action") != "REJECT":
        return None
    before, after = observations(record["start_time"], snapshots)
    used = before or after
    verdict = judge(record, used)
    verdict = replace(
        verdict,
        observed_before=before.instant if before else None,
        observed_after=after.instant if after else None,
    )
    if before and after:
        return compared(verdict, judge(told(record, verdict.direction), after))
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
    """Both snapshots must name the same cause, element and rule; else it is conditional."""
    stable = (verdict.cause, verdict.element_id, verdict.rule) == (
        next_one.cause,
        next_one.element_id,
        next_one.rule,
    )
    if not stable and verdict.certainty in ("certain", "probable"):
        return replace(verdict, stable=stable, certainty="conditional")
    return replace(verdict, stable=stable)


def told(record: Record, direction: str | None) -> Record:
    """The record with the direction that the first snapshot told: it is the record's own."""
    return record | {"flow_direction": record.get("flow_direction") or direction}


def judge(record: Record, snapshot: Snapshot | None) -> Expected:
    """The verdict at one snapshot, without regard to time."""
    interface = interface_with_id(snapshot, record.get("interface_id")) if snapshot else None
    direction = direction_of(record, interface)
    reply_ports = []
    if snapshot and interface and direction:
        reply_ports = explicit_tcp_ports(snapshot, interface, OPPOSITE[direction])
    phase, source = phase_of(record, reply_ports)
    verdict = by_record(record, interface) or by_stages(
        packet_of(record, direction), snapshot, interface, phase
    )
    if verdict.row in (4, 5, 6, 7, 8, 15, 16, 17):
        verdict = replace(verdict, certainty="certain" if source == "flags" else "probable")
    return replace(verdict, phase=phase, phase_source=source, direction=direction)


def by_record(record: Record, interface: Interface | None) -> Expected | None:
    """Decision table rows 1, 2 and 3, which no rule of the configuration can change."""
    if record.get("reject_reason") == "BPA":
        return row_1(interface.vpc_id if interface else record.get("vpc_id"))
    if record.get("reject_reason") == "EC":
        return row_2()
    return row_3() if interface is None else None


def row_1(vpc_id: str | None) -> Expected:
    """Decision table row 1: VPC Block Public Access, named by the VPC.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    kind, cause = "block-public-access", "block_public_access"
    blocker = Blocker(kind, kind, vpc_id, None, cause)
    return Expected(cause, "certain", 1, kind, vpc_id, blockers=(blocker,))


def row_2() -> Expected:
    """Decision table row 2: encryption controls refused it.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    """
    return Expected("encryption_control", "certain", 2)


def row_3() -> Expected:
    """Decision table row 3: the interface is not in the snapshot."""
    return Expected("interface_unknown", "unknown", 3)


def row_24() -> Expected:
    """Decision table row 24: a stage that must be judged is unknown."""
    return Expected("stage_unknown", "unknown", 24)


def awaited(row: int) -> Expected:
    """Not explained, or decided by a row that is not built here."""
    return Expected("not_explained", "unknown", row)


def by_stages(
    packet: Packet | None, snapshot: Snapshot | None, interface: Interface | None, phase: str
) -> Expected:
    """Judge both stages, then read the half of the table that the phase opens."""
    if packet is None or snapshot is None or interface is None:
        return row_24()
    case = Case(
        snapshot,
        interface,
        packet,
        group_stage(snapshot, interface, packet),
        acl_stage(snapshot, interface, packet),
    )
    return later_rows(case) if phase in ("reply", "late") else initial_rows(case)


def later_rows(case: Case) -> Expected:
    """Decision table rows 12-14, 18 and 19, awaited: a reply answers to the ACL, not to groups.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
    """
    if case.acl.outcome == UNKNOWN:
        return row_24()
    ingress = case.packet.direction == "ingress"
    if case.acl.outcome == DENY:
        return awaited(12 if ingress else 18)
    if not ingress:
        return awaited(19)
    return awaited(13 if case.group in (MISS, UNKNOWN) else 14)


def initial_rows(case: Case) -> Expected:
    """Decision table rows 4-11, 15-17, 20, 21, 23 and 24: the packet opens a connection."""
    stages = (case.group, case.acl.outcome)
    if UNKNOWN in stages:
        return row_24()
    if DEPENDS in stages:
        return awaited(23)
    if case.group == DOUBTFUL:
        return awaited(10)
    row = ROWS[(case.packet.direction, *stages)]
    if row in NOT_EXPLAINED_ROWS:
        return awaited(block_public_access_row(case) or row)
    return refusal(row, case)


def block_public_access_row(case: Case) -> int | None:
    """Decision table rows 9 and 20, awaited: a public peer and Block Public Access switched on.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    mode = block_mode(case.snapshot, case.interface.vpc_id)
    if not case.packet.peer.is_global or mode == "off":
        return None
    if case.packet.direction == "ingress":
        return 9
    return 20 if mode == "block-bidirectional" else None


def refusal(row: int, case: Case) -> Expected:
    """Name all that refuse, in path order, and let the first stand for the verdict.

    Inbound meets the ACL before the groups, outbound the groups before the ACL.
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """
    stages: list[Callable[[Case], Blocker | None]] = [group_blocker, acl_blocker]
    if case.packet.direction == "ingress":
        stages.reverse()
    blockers = tuple(blocker for stage in stages if (blocker := stage(case)) is not None)
    first = blockers[0]
    cause = "sg_and_nacl" if len(blockers) > 1 else first.cause
    return Expected(
        cause, "unknown", row, first.element_type, first.element_id, first.rule, blockers
    )


def group_blocker(case: Case) -> Blocker | None:
    """A miss is a miss of all groups of the interface, so all are named."""
    if case.group != MISS:
        return None
    names = ",".join(sorted(case.interface.group_ids or []))
    cause = f"sg_{case.packet.direction}_miss"
    return Blocker("group", "security-group", names, None, cause)


def acl_blocker(case: Case) -> Blocker | None:
    """An ACL has one deciding rule, by number."""
    if case.acl.outcome != DENY:
        return None
    cause = f"nacl_{case.packet.direction}_deny"
    return Blocker("acl", "network-acl", case.acl.acl_id, str(case.acl.rule), cause)
