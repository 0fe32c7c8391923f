"""The pair table: which element lost a packet that was let go and never heard of again.

Rows are those of a table of what both ends saw: source's egress, target's ingress, target's
egress, source's ingress. A loss has a verdict on the record of who sent what was lost: the forward
leg on the source's, the reply on the target's. Absence proves something only where it was logged.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
"""

from dataclasses import replace

from .answered import doubted
from .brought import may_be_brought
from .coverage import SEES_ACCEPTED
from .evaluator import compared, observations, row_0, row_3
from .groups import explicit_tcp_ports
from .history import Log, ends_of
from .hops import Sent, Way
from .idle import with_timeouts
from .lookup import Interface, holds, interface_with_id
from .model import Expected, Record, Snapshot
from .packet import TCP, direction_of, phase_of
from .pairs import AT_HOST, at_host, diverted, ends_at, lost, only_resets, sender_of
from .proof import Loss, came, is_watched, sees_packets, shows_nothing, sole_holder
from .sending import FORWARDING, heard_elsewhere, leg_of
from .sightings import unpassed
from .silence import answered_by, answers, arrivals, came_back
from .ways import way

# No loss, or none that the next snapshot would show.
NO_LOSS = Expected("", "unknown", 0)


def loss(record: Record, snapshots: list[Snapshot], log: Log) -> Expected | None:
    """The verdict of one record; None where nothing was lost, or nothing proves that it was.

    `log` is every record that there is, the record itself among them.
    """
    if row_0(record) or record.get("action") != "ACCEPT":
        return None
    ever = tuple(answer for one in snapshots for answer in one.answers)
    snapshots = [replace(one, ever=ever) for one in snapshots]
    before, after = observations(record["start_time"], snapshots)
    record = with_timeouts(record, before or after)
    verdict = judge(record, before or after, log, snapshots)
    if verdict is None:
        return None
    verdict = replace(
        doubted(verdict, record, log, before, after),
        observed_before=before.instant if before else None,
        observed_after=after.instant if after else None,
    )
    if before and after:
        return compared(verdict, at_the_next(verdict, record, after, before, log) or NO_LOSS)
    # Interfaces come and go: one that no snapshot has is normal (section 4).
    is_late = before is None or verdict.cause == "no_interface"
    if is_late and verdict.certainty == "certain":
        return replace(verdict, certainty="probable")
    return verdict


def at_the_next(
    verdict: Expected, record: Record, after: Snapshot, before: Snapshot, log: Log
) -> Expected | None:
    """What the network of the next snapshot would have done with it; the log says what it says."""
    if verdict.row in AT_HOST:
        return verdict
    interface, sent = interface_with_id(after, record["interface_id"]), sent_of(record)
    if interface is None or sent is None:
        return row_3()
    path = way(after, interface, sent)
    own = interface_with_id(before, record["interface_id"])
    first = way(before, own, sent) if own else None
    if verdict.leg == "forward":
        there = first.end.interface if first else None
        path = unpassed(record, path, far_vpc(path, there), after, log)
        return None if leaves(path) else lost(path, "forward", True)
    asker = sender_of(before, first, sent, record, log) if first else None
    path = unpassed(record, turned(path, asker), asked_vpc(path, asker), after, log)
    return lost(path, "reply", True)


def judge(
    record: Record,
    snapshot: Snapshot | None,
    log: Log,
    snapshots: list[Snapshot],
) -> Expected | None:
    """The verdict at one snapshot, without regard to time."""
    interface = interface_with_id(snapshot, record.get("interface_id")) if snapshot else None
    sent = sent_of(record)
    if snapshot is None or interface is None or sent is None:
        return None
    # Who passes on what another sent, as a NAT gateway does, is not its source.
    is_source = holds(interface, sent.source) and interface.kind not in FORWARDING
    if direction_of(record, interface) != "egress" or not is_source:
        return None
    return by_leg(Loss(record, snapshot, interface, sent, log, snapshots))


def by_leg(case: Loss) -> Expected | None:
    """Forward where a connection starts, or may; the reply where it surely answers something."""
    leg = leg_of(case.record, case.log)
    if leg is None:
        return None
    verdict = forward(case) if leg == "forward" else reply(case)
    if verdict is None:
        return None
    asked = bool(answered_by(case.record, case.log))
    ports = explicit_tcp_ports(case.snapshot, case.interface, "ingress")
    phase, source = phase_of(case.record, asked, ports)
    if leg == "forward" and case.sent.protocol == TCP:
        # A start by its ports, whatever else is served there.
        phase = "initial"
    if case.sent.protocol == TCP and source != "flags" and verdict.certainty == "certain":
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
    if not is_watched(case, case.interface, SEES_ACCEPTED):
        return None
    path, back = case.way, came_back(record, case.interface, log)
    if back and not only_resets(back):
        return None
    for there in ends_at(case.snapshot, path, case.sent):
        heard = arrivals(record, there, log)
        if heard:
            return arrived(case, there, heard, back)
    if heard_elsewhere(record, path.end.interface, case.snapshots, log):
        return None
    there = path.end.interface or sole_holder(case)
    is_absent = there is not None and shows_nothing(case, there)
    path = unpassed(record, path, far_vpc(path, there), case.snapshot, log)
    # What a NAT gateway never carries needs no proof that it did not arrive.
    refused = bool(path.blocks) and path.blocks[0].cause == "nat_protocol_unsupported"
    is_shown = case.sent.protocol == TCP or refused or is_absent
    if back or leaves(path) or not is_shown:
        return None
    return lost(path, "forward", is_absent)


def arrived(
    case: Loss, there: Interface, heard: list[Record], back: list[Record]
) -> Expected | None:
    """It reached the other end: who refused it there has a record, else the host kept silent."""
    if case.sent.protocol != TCP or any(one["action"] == "REJECT" for one in heard):
        return None
    if not sees_packets(case, there):
        return None
    return at_host(there, answers(case.record, there, case.log), back)


def reply(case: Loss) -> Expected | None:
    """An answer that the interface which had asked never got.

    Of TCP, who answers sees by itself that only SYNs come again; it takes a way that blocks to
    say that the answer was lost. Else the log of who asked must show that it did not come.
    """
    path, record = case.way, case.record
    asker = sender_of(case.snapshot, path, case.sent, record, case.log)
    if not is_watched(case, case.interface, SEES_ACCEPTED) or came(case, asker):
        return None
    if may_be_brought(record, case.interface, case.snapshots, case.log):
        return None
    is_absent = asker is not None and shows_nothing(case, asker)
    far = asked_vpc(path, asker)
    path = unpassed(record, turned(path, asker), far, case.snapshot, case.log)
    cause = path.blocks[0].cause if path.blocks else None
    is_shown = case.sent.protocol == TCP and cause != "route_diverted"
    if not is_absent and not is_shown and cause != "nat_protocol_unsupported":
        return None
    return lost(path, "reply", is_absent)


def turned(path: Way, asker: Interface | None) -> Way:
    """The way blocked where it leads elsewhere than to the VPC of who asked."""
    if asker and (path.end.vpc_id not in (None, asker.vpc_id) or leaves(path)):
        return diverted(path)
    return path


def far_vpc(path: Way, there: Interface | None) -> str | None:
    return path.end.vpc_id or (there.vpc_id if there else None)


def asked_vpc(path: Way, asker: Interface | None) -> str | None:
    return asker.vpc_id if asker else path.end.vpc_id


def leaves(path: Way) -> bool:
    """Whether all is known, and the way ends outside of every VPC."""
    return path.is_known and not path.blocks and path.end.vpc_id is None
