"""Decision table rows 4-8, 10-19 and 21-24: what both stages say of the packet."""

from collections.abc import Callable
from dataclasses import dataclass

from .acls import ALLOW, DENY, SAME_SUBNET, AclStage
from .coverage import accepted_are_logged, accepted_go_unseen
from .groups import GroupStage
from .history import History
from .lookup import Interface
from .model import Blocker, Expected, Snapshot
from .outcomes import DEPENDS, DOUBTFUL, IN_DOUBT, INEFFECTIVE, MATCH, MISS, NONE, UNKNOWN
from .packet import Packet
from .public_access import row_9_or_20
from .tracking import untracked

# Rows for a packet that opens a connection: (direction, group stage, ACL stage) -> row.
ROWS = {
    ("ingress", MISS, SAME_SUBNET): 4,
    ("ingress", MATCH, DENY): 5,
    ("ingress", MISS, ALLOW): 6,
    ("ingress", MISS, DENY): 7,
    ("ingress", DOUBTFUL, DENY): 7,
    ("ingress", INEFFECTIVE, DENY): 7,
    ("ingress", NONE, DENY): 8,
    ("egress", MISS, ALLOW): 15,
    ("egress", MISS, SAME_SUBNET): 15,
    ("egress", MATCH, DENY): 16,
    ("egress", NONE, DENY): 16,
    ("egress", MISS, DENY): 17,
    ("egress", DOUBTFUL, DENY): 17,
    ("egress", INEFFECTIVE, DENY): 17,
}
# Rows that give way to row 22 where nobody could have seen the flow that a packet replies to.
UNSURE_OF_PHASE = (4, 6, 10, 15, 17)


@dataclass(frozen=True)
class Case:
    """One record at one snapshot, with its phase and both stages judged.

    `of_answers` is whether it is of the side that answers, as the log shows it or else the ports.
    """

    snapshot: Snapshot
    interface: Interface
    packet: Packet
    phase: str
    phase_source: str | None
    of_answers: bool
    history: History
    log_version: int
    group: GroupStage
    acl: AclStage

    @property
    def ingress(self) -> bool:
        return self.packet.direction == "ingress"


def by_stages(case: Case) -> Expected:
    """Read the half of the table that the phase opens."""
    return later_rows(case) if case.phase in ("reply", "late") else initial_rows(case)


def row_23() -> Expected:
    """Decision table row 23: some ICMP types are refused, and the record has no type."""
    return Expected("depends_on_icmp_type", "conditional", 23)


def row_24() -> Expected:
    """Decision table row 24: a stage that must be judged is unknown."""
    return Expected("stage_unknown", "unknown", 24)


def not_explained(case: Case) -> Expected:
    """Decision table rows 11 and 21: nothing in the snapshot refuses the packet."""
    return Expected("not_explained", "unknown", 11 if case.ingress else 21)


def later_rows(case: Case) -> Expected:
    """Decision table rows 12-14, 18 and 19: a reply answers to the ACL, not to the groups.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
    """
    if case.acl.outcome == UNKNOWN:
        return row_24()
    if case.acl.outcome == DEPENDS:
        return row_23()
    if case.acl.outcome == DENY:
        return reply_refusal(case)
    if case.ingress and case.group.outcome in (MISS, UNKNOWN):
        return row_13(case)
    if untracked(case.snapshot, case.interface, case.packet):
        return not_explained(case)
    if case.ingress:
        return Expected("late_packet", "probable", 14)
    return Expected("no_tracked_connection", "probable", 19)


def reply_refusal(case: Case) -> Expected:
    """Decision table rows 12 and 18: certain where the log saw what the packet replies to.

    What came later may be of the side that began the connection: then it is no reply, but what rows
    5 and 16 name, and the ACL asks for the port of the server. Where the connection may have been
    tracked no longer, the groups refused it, too, if no rule allows it.
    """
    cause = f"nacl_{case.packet.direction}_deny"
    is_late, told = case.phase == "late", case.history.answers is not None
    only_acl = is_the_acl_s_alone(case)
    if is_late and not case.of_answers:
        row = 5 if case.ingress else 16
        is_sure = told and only_acl
        return named(row, "certain" if is_sure else "probable", [named_acl(case, cause)])
    seen = case.history.reverse_seen and case.phase_source != "heuristic"
    is_sure = seen and (told or not is_late) and only_acl
    row = 12 if case.ingress else 18
    return named(row, "certain" if is_sure else "probable", [named_acl(case, f"{cause}_reply")])


def is_the_acl_s_alone(case: Case) -> bool:
    """Whether the ACL refuses it by all that is known, and would the groups let it pass.

    An ACL keeps no state: what it let pass of the same flow it refuses only once it has changed.
    The groups judge what is tracked no more, and an ICMP question, which no log tells from an
    answer.
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """
    may_be_new = case.history.in_doubt or case.packet.protocol in (1, 58)
    lets_in = case.group.outcome in (MATCH, NONE) or not may_be_new
    has_changed = case.history.let_pass or case.history.mixed
    return lets_in and not has_changed and case.acl.rule is not None


def row_13(case: Case) -> Expected:
    """Decision table row 13: no rule and no connection.

    Unsolicited where the log would have shown an earlier flow, and shows none.
    """
    unsolicited = (
        case.group.outcome == MISS
        and not case.history.earlier_seen
        and not case.history.mixed
        and case.history.watched
        and accepted_are_logged(case.snapshot, case.interface)
    )
    cause = "unsolicited_packet" if unsolicited else "no_tracked_connection"
    return Expected(cause, "probable", 13)


def initial_rows(case: Case) -> Expected:
    """Decision table rows 4-11, 15-17 and 20-24: the packet opens a connection, or may."""
    stages = (case.group.outcome, case.acl.outcome)
    if UNKNOWN in stages:
        return row_24()
    if DEPENDS in stages:
        return row_23()
    if case.acl.outcome != DENY and case.group.outcome in (MATCH, NONE):
        return row_9_or_20(
            case.snapshot, case.interface, case.packet, case.log_version
        ) or not_explained(case)
    row = ROWS.get((case.packet.direction, *stages), 10)
    is_unsure = row in UNSURE_OF_PHASE and case.phase == "unknown"
    if is_unsure and accepted_go_unseen(case.snapshot, case.interface):
        return Expected("stage_unknown", "conditional", 22)
    return refusal(row, case)


def refusal(row: int, case: Case) -> Expected:
    """Name all that refuse, in path order, and let the first stand for the verdict.

    Inbound meets the ACL before the groups, outbound the groups before the ACL. What they let begin
    since, they do not surely refuse.
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
    """
    stages: list[Callable[[Case], Blocker | None]] = [group_blocker, acl_blocker]
    if case.ingress:
        stages.reverse()
    blockers = [blocker for stage in stages if (blocker := stage(case)) is not None]
    told = case.phase_source == "flags" and case.group.outcome != DOUBTFUL
    is_sure = told and not (case.history.let_begin or case.history.mixed)
    is_sure = is_sure and (case.acl.outcome != DENY or case.acl.rule is not None)
    return named(row, "certain" if is_sure else "probable", blockers)


def named(row: int, certainty: str, blockers: list[Blocker]) -> Expected:
    """The verdict that the first blocker stands for."""
    first = blockers[0]
    cause = "sg_and_nacl" if len(blockers) > 1 else first.cause
    element = (first.element_type, first.element_id, first.rule)
    return Expected(cause, certainty, row, *element, tuple(blockers))


def group_blocker(case: Case) -> Blocker | None:
    """A miss is a miss of all groups of the interface; a doubt is of those that have it."""
    if case.group.outcome in IN_DOUBT:
        groups, cause = case.group.in_doubt, "sg_reference_ineffective"
    elif case.group.outcome == MISS:
        groups = tuple(sorted(case.interface.group_ids or []))
        cause = f"sg_{case.packet.direction}_miss"
    else:
        return None
    return Blocker("group", "security-group", ",".join(groups), None, cause)


def acl_blocker(case: Case) -> Blocker | None:
    if case.acl.outcome != DENY:
        return None
    return named_acl(case, f"nacl_{case.packet.direction}_deny")


def named_acl(case: Case, cause: str) -> Blocker:
    """An ACL has one deciding rule, by number; none is named where it depends on the ICMP type."""
    rule = None if case.acl.rule is None else str(case.acl.rule)
    return Blocker("acl", "network-acl", case.acl.acl_id, rule, cause)
