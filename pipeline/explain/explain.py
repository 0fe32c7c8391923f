"""A question answered: the four steps of the hunt, in order.

Connection and routes, groups and ACLs on both legs, DNS, and what the flow logs saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.attribution import packets as judging
from pipeline.attribution.judge import run_stages
from pipeline.attribution.packets import Change
from pipeline.attribution.stages import WAYS
from pipeline.engines import duckdb, queries
from pipeline.explain import icmp
from pipeline.explain.icmp import answer
from pipeline.explain.legs import Leg, Row, leg, unanswered, unresolved
from pipeline.explain.names import Answered, answered
from pipeline.explain.packets import Asked, Stretch, asked, frame
from pipeline.explain.question import (
    End,
    Question,
    at_address,
    check,
    destinations,
    listed,
    reachable,
    source_of,
)
from pipeline.explain.readings import among, reading
from pipeline.explain.remedy import remedy
from pipeline.lake.catalog import Lake
from pipeline.remedies.remedy import Remedy

# A snapshot judges what begins so long after it, for `start` of a record may be so late.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
_LATE = timedelta(seconds=60)


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


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Who the ends are, and what the judging of each leg takes; `changes` are of both legs."""

    source: End
    targets: list[End]
    dns: Answered | None
    turns: list[int]
    snapshots: list[Row]
    changes: tuple[list[Change], list[Change]]


def explain(lake: Lake, question: Question) -> Explained:
    """Judge a packet that nobody need have logged, hop by hop and both ways.

    Raises BadInput for an end that is not there, or may be several.
    """
    check(question)
    with judging.opened(lake, "explain", "remedies") as connection:
        made = _prepared(connection, question)
        if not made.targets:
            nowhere = unresolved(made.dns.hops if made.dns else [])
            end = End(question.destination, None, None)
            return Explained(question, made.source, end, nowhere, nowhere, made.dns)
        said = _said(connection, question, made)
        leaving = _leaving(said, question.at)
        reached = _reached(made.targets, leaving)
        snapshots = _concerned(made.snapshots, leaving)
        said = said.at(_times(question.at, snapshots))
        there = made.targets[reached[0]]
        forward, reply = (
            among({_address(made.targets[n]): _read(said, made, n, question, way) for n in reached})
            for way in (False, True)
        )
        if question.icmp_type is not None and answer(question).icmp_type is None:
            reply = unanswered(question.icmp_type)
        change = remedy(connection, question, forward, reply)
    if made.dns:
        there = replace(there, asked=question.destination)
    return Explained(question, made.source, there, forward, reply, made.dns, change, snapshots)


def _prepared(connection: duckdb.Connection, question: Question) -> _Prepared:
    """Find out who the ends are, which ports count, and when the next snapshot was."""
    connection.begin()
    try:
        run_stages(connection, ("functions", "scopes", "taken", "vpc_owners"), {})
        source = source_of(connection, question)
        targets, dns = destinations(connection, question, source), None
        if not targets:
            dns = answered(connection, question.destination, source.vpc_id, question.at)
            named = reachable(source, dns.addresses or [])
            targets = [
                end for one in named for end in at_address(connection, one, question.at, source)
            ]
        turns = _rows(connection, "ports", {"interface_ids": _ids([source, *targets])})
        sure = len(targets) == 1
        ends = {
            "interface_ids": _ids([source, *targets] if sure else [source]),
            "addresses": [] if sure else sorted({_address(end) for end in targets}),
        }
        snapshots = _rows(connection, "snapshots", ends | {"at": question.at})
        changes = icmp.changes(connection, question), icmp.changes(connection, answer(question))
    finally:
        connection.rollback()
    ports = [row["port"] for row in turns]
    return _Prepared(source, targets, dns, ports, snapshots, changes)


def _ids(ends: Sequence[End]) -> list[str]:
    return [end.interface_id for end in ends if end.interface_id]


def _times(at: datetime, snapshots: Sequence[Row]) -> list[datetime]:
    """Return the time asked about, and the first one that each later snapshot judges."""
    return [at, *sorted({row["compared"] + _LATE for row in snapshots if row["compared"]})]


def _rows(connection: duckdb.Connection, name: str, values: dict[str, Any]) -> list[Row]:
    sql = queries.text("explain", name)
    found: list[Row] = duckdb.select(connection, sql, values).to_pylist()
    return found


@dataclass(frozen=True, slots=True)
class _Said:
    """What was judged of each packet, by the packet, and the ways by interface, moment, peer."""

    filters: dict[Asked, Row]
    ways: dict[tuple[Any, ...], list[Row]]

    def at(self, times: Sequence[datetime]) -> "_Said":
        """Return what was judged at some of the times."""
        return _Said({one: row for one, row in self.filters.items() if one.at in times}, self.ways)


def _said(connection: duckdb.Connection, question: Question, made: _Prepared) -> _Said:
    """Judge both legs: at once, but where each has an ICMP type of its own."""
    times = _times(question.at, made.snapshots)
    wanted = asked(question, made.source, made.targets, made.turns, times)
    if question.icmp_type is None:
        return _judged(connection, wanted, [])
    legs = (
        _judged(connection, [one for one in wanted if one[0].is_reply == is_reply], changes)
        for is_reply, changes in zip((False, True), made.changes, strict=True)
    )
    forward, reply = legs
    return _Said(forward.filters | reply.filters, forward.ways | reply.ways)


def _judged(
    connection: duckdb.Connection,
    wanted: Sequence[tuple[Asked, dict[str, object]]],
    changes: Sequence[Change],
) -> _Said:
    rows = frame([row for _, row in wanted])
    with judging.judging(connection, rows, changes):
        run_stages(connection, WAYS, {})
        said = duckdb.select(connection, queries.text("explain", "filters")).to_pylist()
        steps = duckdb.select(connection, "from ways order by end_id, step").to_pylist()
    ways: dict[tuple[Any, ...], list[Row]] = {}
    for step in steps:
        ways.setdefault(_end(step), []).append(step)
    return _Said({wanted[row["packet_id"]][0]: row for row in said}, ways)


def _end(row: Row) -> tuple[Any, ...]:
    return row["interface_id"], row["moment"], row["peer_ip"]


def _address(end: End) -> str:
    return end.ipv4 or end.ipv6 or end.asked


def _leaving(said: _Said, at: datetime) -> list[Row]:
    """Return what was said of the packets that ask, where they leave, at a time."""
    return [
        row
        for one, row in said.filters.items()
        if one.is_leaving and not one.is_reply and one.at == at
    ]


def _concerned(snapshots: Sequence[Row], leaving: Sequence[Row]) -> list[Row]:
    """Return the snapshots of those on the way: of who has the address, those that it leads to."""
    vpcs = {row["peer_vpc_id"] for row in leaving}
    return [row for row in snapshots if row["only_of"] is None or vpcs & set(row["only_of"])]


def _reached(targets: Sequence[End], leaving: Sequence[Row]) -> list[int]:
    """Return for each address the target that the routes lead to, else the last: it alone.

    What else has that address, in other VPCs, is no end of this packet.
    """
    reached = {row["peer_interface_id"] for row in leaving}
    chosen: dict[str, int] = {}
    for number, end in enumerate(targets):
        before = chosen.setdefault(_address(end), number)
        if targets[before].interface_id not in reached - {None}:
            chosen[_address(end)] = number
    return list(chosen.values())


def _read(said: _Said, made: _Prepared, target: int, question: Question, is_reply: bool) -> Leg:
    there = made.targets[target]
    wanted = made.source.interface_id if is_reply else there.interface_id
    others = [end for end in made.targets if end.interface_id and _address(end) == _address(there)]
    elsewhere = listed(others) if there.interface_id is None else ""
    return reading(question.at, _legs(said, target, is_reply, wanted, elsewhere))


def _legs(
    said: _Said, target: int, is_reply: bool, wanted: str | None, elsewhere: str
) -> dict[tuple[datetime, Stretch], Leg]:
    """Return the leg at each time, for each stretch of ports."""
    ends: dict[tuple[datetime, Stretch], dict[bool, Row]] = {}
    for one, row in said.filters.items():
        if one.target == target and one.is_reply == is_reply:
            ends.setdefault((one.at, one.stretch), {})[one.is_leaving] = row
    return {
        place: leg(
            both.get(True),
            said.ways.get(_end(both[True]), []) if True in both else [],
            both.get(False),
            is_reply,
            wanted,
            elsewhere,
        )
        for place, both in ends.items()
    }
