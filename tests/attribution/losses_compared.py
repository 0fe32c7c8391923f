"""What the SQL says of lost packets and of other ends, beside what the evaluator says of them."""

from collections.abc import Iterator

from reference.evaluator import observations
from reference.history import ends_of
from reference.hops import Sent
from reference.lookup import interface_with_id
from reference.losses import loss
from reference.model import Expected, Record
from reference.networks import Network
from reference.packet import direction_of
from reference.ways import way

COMPARED = (
    "cause",
    "certainty",
    "leg",
    "element_type",
    "element_id",
    "rule",
    "direction",
    "phase",
    "phase_source",
    "observed_before",
    "observed_after",
    "stable",
)


def losses(network: Network, verdicts: dict[int, dict]) -> Iterator[str]:
    """Yield what differs of each accepted record that either of them judges; empty if nothing."""
    for number, record in enumerate(network.records, 2):
        if record["action"] == "ACCEPT":
            expected = loss(record, network.snapshots, network.records)
            if expected is not None or number in verdicts:
                told = differences(expected, verdicts.get(number))
                yield f"line {number}: {told}; {record}" if told else ""


def differences(expected: Expected | None, verdict: dict | None) -> str:
    if expected is None or verdict is None:
        return "" if expected is None and verdict is None else f"{expected} against {verdict}"
    differing = [
        f"{name} {getattr(expected, name)!r} against {verdict[name]!r}"
        for name in COMPARED
        if getattr(expected, name) != verdict[name]
    ]
    # Behind the first the two may see differently far.
    if blockers(expected)[:1] != given_blockers(verdict)[:1]:
        differing.append(f"blockers {blockers(expected)} against {given_blockers(verdict)}")
    return f"row {expected.row}: {'; '.join(differing)}" if differing else ""


def blockers(expected: Expected) -> list[tuple]:
    return [(b.element_type, b.element_id, b.rule, b.cause) for b in expected.blockers]


def given_blockers(verdict: dict) -> list[tuple]:
    return [
        (b["element_type"], b["element_id"], b["rule"], b["cause"])
        for b in verdict["blockers"] or []
    ]


def other_ends(network: Network, verdicts: dict[int, dict]) -> Iterator[str]:
    """Yield what differs of where the routes lead to the other end of each refused packet."""
    for number, record in enumerate(network.records, 2):
        end = other_end(network, record) if record["action"] == "REJECT" else None
        if end is not None:
            row = verdicts[number]
            given = (row["path"], row["peer_vpc_id"], row["peer_interface_id"])
            yield "" if end == given else f"line {number}: {end} against {given}; {record}"


def other_end(network: Network, record: Record) -> tuple | None:
    """Path, VPC and interface; None where the record or the snapshot tells no two ends."""
    before, after = observations(record["start_time"], network.snapshots)
    snapshot = before or after
    interface = interface_with_id(snapshot, record["interface_id"])
    ends, direction = ends_of(record), direction_of(record, interface)
    if interface is None or ends is None or direction is None:
        return None
    (own, own_port), (far, far_port) = ends if direction == "egress" else reversed(ends)
    sent = Sent(own, far, record["protocol"], far_port, own_port)
    end = way(snapshot, interface, sent).end
    there = end.interface.body["NetworkInterfaceId"] if end.interface else None
    return end.path, end.vpc_id, there
