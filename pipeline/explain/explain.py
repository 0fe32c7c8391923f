"""A question answered: the four steps of the hunt, in order.

Connection and routes, groups and ACLs on both legs, DNS, and what the flow logs saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.engines import duckdb
from pipeline.explain.icmp import answer
from pipeline.explain.legs import Leg, Row, unanswered, unresolved
from pipeline.explain.names import Answered
from pipeline.explain.packets import asked
from pipeline.explain.prepared import Prepared, concerned, prepared, times
from pipeline.explain.question import End, Question, address, check, listed
from pipeline.explain.readings import among, reading
from pipeline.explain.remedy import remedy
from pipeline.explain.said import Said, judged, legs
from pipeline.remedies.remedy import Remedy


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer: between which ends, both legs, and who answers the name if one was asked for.

    `snapshots` are those that judged and those after them, rows of queries/explain/snapshots.sql.
    """

    question: Question
    source: End
    destination: End
    forward: Leg
    reply: Leg
    dns: Answered | None = None
    remedy: Remedy | None = None
    snapshots: Sequence[Row] = ()


def explain(connection: duckdb.Connection, question: Question) -> Explained:
    """Judge a packet that nobody need have logged, hop by hop and both ways.

    `connection` is opened for packets, for explaining and for remedies. Raises BadInput for an end
    that is not there, or may be several.
    """
    check(question)
    made = prepared(connection, question)
    if not made.targets:
        nowhere = unresolved(made.dns.hops if made.dns else [])
        end = End(question.destination, None, None)
        return Explained(question, made.source, end, nowhere, nowhere, made.dns)
    moments = times(question.at, made.snapshots)
    wanted = asked(question, made.source, made.targets, made.turns, moments)
    with judged(connection, wanted, made.changes) as said:
        leaving = said.leaving(question.at)
        reached = _reached(made.targets, leaving)
        snapshots = concerned(made.snapshots, leaving)
        said = said.at(times(question.at, snapshots))
        there = made.targets[reached[0]]
        forward, reply = (
            among({address(made.targets[n]): _read(said, made, n, question, way) for n in reached})
            for way in (False, True)
        )
        if question.icmp_type is not None and answer(question).icmp_type is None:
            reply = unanswered(question.icmp_type)
        change = remedy(connection, question, forward, reply, made.changes)
    if made.dns:
        there = replace(there, asked=question.destination)
    return Explained(question, made.source, there, forward, reply, made.dns, change, snapshots)


def _reached(targets: Sequence[End], leaving: Sequence[Row]) -> list[int]:
    """Return for each address the target that the routes lead to, else the last: it alone.

    What else has that address, in other VPCs, is no end of this packet.
    """
    reached = {row["peer_interface_id"] for row in leaving}
    chosen: dict[str, int] = {}
    for number, end in enumerate(targets):
        before = chosen.setdefault(address(end), number)
        if targets[before].interface_id not in reached - {None}:
            chosen[address(end)] = number
    return list(chosen.values())


def _read(said: Said, made: Prepared, target: int, question: Question, is_reply: bool) -> Leg:
    there = made.targets[target]
    wanted = made.source.interface_id if is_reply else there.interface_id
    others = [end for end in made.targets if end.interface_id and address(end) == address(there)]
    elsewhere = listed(others) if there.interface_id is None else ""
    return reading(question.at, legs(said, target, is_reply, wanted, elsewhere))
