"""The pair table: which element lost a packet that was let go and never heard of again.

Rows are those of a table of what both ends saw: source's egress, target's ingress, target's
egress, source's ingress. A loss has a verdict on the record of who sent what was lost: the forward
leg on the source's, the reply on the target's. Absence proves something only where it was logged.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
"""

from dataclasses import dataclass, replace

from .coverage import SEES_ACCEPTED, SEES_ALL, were_logged
from .evaluator import compared, observations, row_0, told
from .groups import explicit_tcp_ports
from .history import Log, ends_of
from .hops import Sent, Way
from .lookup import Interface, holds, interface_with_id
from .model import Expected, Record, Snapshot
from .packet import direction_of, phase_of
from .pairs import at_host, diverted, ends_at, lost, sender_of
from .silence import (
    answered_by,
    answers,
    arrivals,
    at_the_other_end,
    came_back,
    is_skipped,
    of_answers,
    of_answers_there,
)
from .ways import way

TCP = 6
NO_LOSS = Expected("", "unknown", 0)


@dataclass(frozen=True)
class Loss:
    """An accepted packet that may be lost, in the network of one snapshot."""

    record: Record
    snapshot: Snapshot
    interface: Interface
    sent: Sent
    log: Log

    @property
    def way(self) -> Way:
        return way(self.snapshot, self.interface, self.sent)


def loss(record: Record, snapshots: list[Snapshot], log: Log) -> Expected | None:
    """The verdict of one record; None where nothing was lost, or nothing proves that it was.

    `log` is every record that there is, the record itself among them.
    """
    if row_0(record) or record.get("action") != "ACCEPT":
        return None
    before, after = observations(record["start_time"], snapshots)
    verdict = judge(record, before or after, log)
    if verdict is None:
        return None
    verdict = replace(
        verdict,
        observed_before=before.instant if before else None,
        observed_after=after.instant if after else None,
    )
    if before and after:
        return compared(verdict, judge(told(record, "egress"), after, log) or NO_LOSS)
    if before is None and verdict.certainty == "certain":
        return replace(verdict, certainty="probable")
    return verdict


def judge(record: Record, snapshot: Snapshot | None, log: Log) -> Expected | None:
    """The verdict at one snapshot, without regard to time."""
    interface = interface_with_id(snapshot, record.get("interface_id")) if snapshot else None
    sent = sent_of(record)
    if snapshot is None or interface is None or sent is None:
        return None
    # Who passes on what another sent, as a NAT gateway does, is not its source.
    if direction_of(record, interface) != "egress" or not holds(interface, sent.source):
        return None
    return by_leg(Loss(record, snapshot, interface, sent, log))


def by_leg(case: Loss) -> Expected | None:
    """Forward where a connection starts, or may; the reply where it surely answers something."""
    asked = answered_by(case.record, case.log)
    ports = explicit_tcp_ports(case.snapshot, case.interface, "ingress")
    phase, source = phase_of(case.record, bool(asked), ports)
    if phase not in ("initial", "unknown") and not asked:
        return None
    verdict = forward(case) if phase in ("initial", "unknown") else reply(case)
    if verdict is None:
        return None
    if source == "heuristic" and verdict.certainty == "certain":
        verdict = replace(verdict, certainty="probable")
    return replace(verdict, phase=phase, phase_source=source, direction="egress")


def sent_of(record: Record) -> Sent | None:
    ends, protocol = ends_of(record), record.get("protocol")
    if ends is None or protocol is None:
        return None
    (source, src_port), (destination, dst_port) = ends
    return Sent(source, destination, protocol, dst_port, src_port)


def forward(case: Loss) -> Expected | None:
    """A connection that starts, and nothing came back to an interface that is surely logged.

    Silence is normal for all but TCP: there the other end must show that nothing arrived.
    """
    record, log = case.record, case.log
    if not was_logged(case, case.interface, SEES_ACCEPTED):
        return None
    gap = is_skipped(case.interface, of_answers(record), log)
    if gap or came_back(record, case.interface, log):
        return None
    path = case.way
    for there in ends_at(case.snapshot, path, case.sent):
        heard = arrivals(record, there, log)
        if heard:
            return arrived(case, there, heard)
    is_absent = path.end.interface is not None and shows_nothing(case, path.end.interface)
    if case.sent.protocol != TCP and not is_absent:
        return None
    return lost(path, "forward", is_absent)


def was_logged(case: Loss, one: Interface, types: tuple[str, ...]) -> bool:
    return were_logged(case.snapshot, one, types, case.record["start_time"])


def shows_nothing(case: Loss, there: Interface) -> bool:
    """Whether the other end was logged, refusals too, without a gap, and did not get the packet."""
    return (
        was_logged(case, there, SEES_ALL)
        and not is_skipped(there, at_the_other_end(case.record), case.log)
        and not arrivals(case.record, there, case.log)
    )


def arrived(case: Loss, there: Interface, heard: list[Record]) -> Expected | None:
    """It reached the other end: who refused it there has a record, else the host kept silent."""
    if case.sent.protocol != TCP or any(one["action"] == "REJECT" for one in heard):
        return None
    back = answers(case.record, there, case.log)
    gap = is_skipped(there, of_answers_there(case.record), case.log)
    is_silent = was_logged(case, there, SEES_ALL) and not gap
    return at_host(there, back, is_silent)


def reply(case: Loss) -> Expected | None:
    """An answer that the interface which had asked never got, though it was surely logged."""
    path = case.way
    asker = sender_of(case.snapshot, path, case.sent, case.record, case.log)
    if asker is None or not shows_nothing(case, asker):
        return None
    if path.end.vpc_id not in (None, asker.vpc_id) or leaves(path):
        path = diverted(path)
    return lost(path, "reply", True)


def leaves(path: Way) -> bool:
    """Whether all is known, and the way ends outside of every VPC."""
    return path.is_known and not path.blocks and path.end.vpc_id is None
