"""What the judging of a question takes: who its ends are, which ports count, which snapshots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.attribution.changed import Change
from pipeline.engines import duckdb, queries
from pipeline.errors import BadInput
from pipeline.explain import icmp
from pipeline.explain.legs import Row
from pipeline.explain.names import Answered, answered
from pipeline.explain.public import known_publicly
from pipeline.explain.question import (
    End,
    Question,
    address,
    at_address,
    destinations,
    no_filter,
    reachable,
    source_of,
)

# A snapshot judges what begins so long after it, for `start` of a record may be so late.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
_LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Who the ends are, and what the judging of each leg takes; `changes` are of both legs."""

    source: End
    targets: list[End]
    dns: Answered | None
    turns: list[int]
    snapshots: list[Row]
    changes: tuple[list[Change], list[Change]]


def prepared(connection: duckdb.Connection, question: Question) -> Prepared:
    """Find out who the ends are, which ports count, and which snapshots there are.

    Raises BadInput for an end that is not there, or may be several.
    """
    source = source_of(connection, question)
    targets, dns = destinations(connection, question, source), None
    if not targets:
        dns = answered(connection, question.destination, source.vpc_id, question.at)
        named = reachable(source, dns.addresses or [])
        targets = [end for one in named for end in at_address(connection, one, question.at, source)]
    source, targets = known_publicly(connection, question.at, source, targets)
    if source.interface_id and set(_ids(targets)) == {source.interface_id}:
        raise BadInput(
            f"{question.source!r} and {question.destination!r} are one interface: what it "
            "sends to itself meets no group, no ACL and no route"
        )
    for end in targets:
        values = {"vpc_id": source.vpc_id, "address": end.ipv4}
        if _rows(connection, "resolver", values):
            raise no_filter(question.destination)
    turns = _rows(connection, "ports", {"interface_ids": _ids([source, *targets])})
    sure = len(targets) == 1
    ends = {
        "interface_ids": _ids([source, *targets] if sure else [source]),
        "addresses": [] if sure else sorted({address(end) for end in targets}),
    }
    snapshots = _rows(connection, "snapshots", ends | {"at": question.at})
    changes = (
        icmp.changes(connection, question),
        icmp.changes(connection, icmp.answer(question)),
    )
    ports = [row["port"] for row in turns]
    return Prepared(source, targets, dns, ports, snapshots, changes)


def _ids(ends: Sequence[End]) -> list[str]:
    return [end.interface_id for end in ends if end.interface_id]


def times(at: datetime, snapshots: Sequence[Row]) -> list[datetime]:
    """Return the time asked about, and the first one that each later snapshot judges."""
    return [at, *sorted({row["compared"] + _LATE for row in snapshots if row["compared"]})]


def _rows(connection: duckdb.Connection, name: str, values: dict[str, Any]) -> list[Row]:
    sql = queries.text("explain", name)
    found: list[Row] = duckdb.select(connection, sql, values).to_pylist()
    return found


def concerned(snapshots: Sequence[Row], leaving: Sequence[Row]) -> list[Row]:
    """Return the snapshots of those on the way: of who has the address, those that it leads to."""
    vpcs = {row["peer_vpc_id"] for row in leaving}
    return [row for row in snapshots if row["only_of"] is None or vpcs & set(row["only_of"])]
