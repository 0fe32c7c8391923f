"""Random networks in which packets get lost, judged twice: by the SQL, and by the evaluator.

How often the two agree on each accepted record, whether it is of a loss and all that is said of it,
and on where each refused packet's other end is. They do not agree throughout yet: what differs is
printed, to be settled from the specification. NETWORKS sets how many networks there are.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from reference.evaluator import observations
from reference.history import ends_of
from reference.hops import Sent
from reference.lookup import interface_with_id
from reference.losses import loss
from reference.lossy_networks import lossy_network
from reference.networks import write_dump, write_log
from reference.packet import direction_of
from reference.ways import way

from pipeline import api
from pipeline.config import Settings

COMPARED = (
    "cause",
    "certainty",
    "leg",
    "element_type",
    "element_id",
    "rule",
    "direction",
    "phase",
    "observed_before",
    "observed_after",
    "stable",
)


NETWORKS = int(os.environ.get("NETWORKS", "20"))
SHOWN = 20


def main() -> None:
    lost, ends, differing = [0, 0], [0, 0], []
    for seed in range(NETWORKS):
        network, verdicts = lossy_network(seed), judged(seed)
        for part, told in (
            (lost, losses(network, verdicts)),
            (ends, other_ends(network, verdicts)),
        ):
            for difference in told:
                part[0] += 1
                part[1] += not difference
                differing += [f"network {seed}, {difference}"] if difference else []
    for difference in differing[:SHOWN]:
        print(difference)
    print(f"accepted records judged alike: {lost[1]:,} of {lost[0]:,}")
    print(f"other ends of refused packets told alike: {ends[1]:,} of {ends[0]:,}")


def losses(network, verdicts: dict[int, dict]) -> Iterator[str]:
    """Yield what differs of each accepted record that either of the two judges."""
    for number, record in enumerate(network.records, 2):
        if record["action"] == "ACCEPT":
            expected = loss(record, network.snapshots, network.records)
            if expected is not None or number in verdicts:
                told = differences(expected, verdicts.get(number))
                yield f"line {number}: {told}; {record}" if told else ""


def other_ends(network, verdicts: dict[int, dict]) -> Iterator[str]:
    """Yield what differs of where the routes lead to the other end of each refused packet."""
    for number, record in enumerate(network.records, 2):
        end = other_end(network, record) if record["action"] == "REJECT" else None
        if end is not None:
            row = verdicts[number]
            given = (row["path"], row["peer_vpc_id"], row["peer_interface_id"])
            yield "" if end == given else f"line {number}: {end} against {given}; {record}"


def other_end(network, record) -> tuple | None:
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


def judged(network_seed: int) -> dict[int, dict]:
    """The verdicts of a network, by the line of the record that they are of."""
    network = lossy_network(network_seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(folder / "lake")
        write_log(network, folder / "flows.log")
        api.ingest_files([folder / "flows.log"], settings)
        dumps = write_dump(network, folder / "dumps")
        for dump, snapshot in zip(dumps, network.snapshots, strict=True):
            api.load_snapshot(dump, snapshot.instant, settings)
        api.attribute(None, None, settings)
        rows = api.sql("select * from verdicts", settings).to_pylist()
    return {row["line_number"]: row for row in rows}


def differences(expected, verdict: dict | None) -> str:
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


def blockers(expected) -> list[tuple]:
    return [(b.element_type, b.element_id, b.rule, b.cause) for b in expected.blockers]


def given_blockers(verdict: dict) -> list[tuple]:
    return [
        (b["element_type"], b["element_id"], b["rule"], b["cause"])
        for b in verdict["blockers"] or []
    ]


if __name__ == "__main__":
    main()
