"""Where a change is to be made, and by way of what: Regions, and what leads to the other end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from pipeline.engines import duckdb, queries
from pipeline.lake.columns import INT, TEXT
from pipeline.remedies.commands import are_plain
from pipeline.remedies.remedy import CHANGEABLE, NOTHING, Known, is_expired

Row = Mapping[str, Any]
# Which query of queries/remedies tells what leads to the other end, by the cause.
_LEADING = {
    "route_missing": "links",
    "route_blackhole": "links",
    "no_public_ip": "links",
    "tgw_no_route": "attachments",
    "tgw_blackhole": "attachments",
    "sg_reference_ineffective": "gateways",
}
_LOST = pl.Schema(
    {
        "finding": INT,
        "element_id": TEXT,
        "vpc_id": TEXT,
        "peer_vpc_id": TEXT,
        "own_ip": TEXT,
        "peer_ip": TEXT,
    }
)


def placed(
    connection: duckdb.Connection, findings: Sequence[Row], known: Mapping[int, Known]
) -> dict[int, Known]:
    """Return what is known around each finding, by its place, with what a change takes to know.

    That is its Region, its targets, and the state of what carries no traffic.

    `findings` are rows of queries/reports/rejects.sql (cause, element_id, vpc_id, peer_vpc_id,
    peer_ips, tried), and `connection` is opened for remedies, while packets are being judged. The
    Region is None where no snapshot has the element, or several Regions do. Of several peers the
    first one counts.
    """
    elements = {one for each in findings for one in _elements(each)}
    of_elements = _regions(connection, elements)
    states = _by_element(connection, "states", elements)
    targets = _targets(connection, findings)
    return {
        number: replace(
            known.get(number, NOTHING),
            region=next((of_elements[one] for one in _elements(each) if one in of_elements), None),
            targets=targets.get(number, ()),
            state=states.get(each["element_id"]),
        )
        for number, each in enumerate(findings)
    }


def _elements(finding: Row) -> list[str]:
    """Return what is changed; of groups, ACLs, interfaces and the like the VPC's Region will do."""
    elements = (finding["element_id"] or "").split(",")
    is_of_vpc = finding["cause"] in CHANGEABLE or is_expired(finding)
    return [*elements, finding["vpc_id"]] if is_of_vpc else elements


def _regions(connection: duckdb.Connection, elements: Iterable[str]) -> dict[str, str]:
    told = _by_element(connection, "regions", elements)
    return {element: region for element, region in told.items() if are_plain([region])}


def _by_element(
    connection: duckdb.Connection, name: str, elements: Iterable[str]
) -> dict[str, str]:
    """Return what a query tells of each element that it knows, its second column."""
    sql = queries.text("remedies", name)
    rows = duckdb.select(connection, sql, {"element_ids": list(elements)}).to_pylist()
    return dict(tuple(row.values()) for row in rows)


def _targets(connection: duckdb.Connection, findings: Sequence[Row]) -> dict[int, tuple[str, ...]]:
    """Return by the place of a finding what leads to its other end."""
    told: dict[int, tuple[str, ...]] = {}
    for name in sorted(set(_LEADING.values())):
        rows = [
            row
            for number, each in enumerate(findings)
            if _LEADING.get(each["cause"]) == name
            for row in _lost(number, each)
        ]
        if rows:
            told |= _led(connection, name, pl.DataFrame(rows, schema=_LOST))
    return told


def _lost(number: int, finding: Row) -> list[dict[str, Any]]:
    """Return a row for each own address, from which the packets came."""
    own = {
        one
        for end in finding["tried"]["ends"] or []
        for one in (end["src_ip"], end["dst_ip"])
        if one not in finding["peer_ips"]
    }
    places = {name: finding[name] for name in ("element_id", "vpc_id", "peer_vpc_id")}
    peer = {"peer_ip": finding["peer_ips"][0]}
    return [{"finding": number, **places, **peer, "own_ip": one} for one in own or {None}]


def _led(
    connection: duckdb.Connection, name: str, lost: pl.DataFrame
) -> dict[int, tuple[str, ...]]:
    """Ask one of the queries; the table that it takes is gone when the judging ends."""
    connection.register("lost_packets", lost.to_arrow())
    sql = queries.text("remedies", "lost")
    connection.execute(f"create or replace temp table lost as {sql}")
    rows = duckdb.select(connection, queries.text("remedies", name)).to_pylist()
    return {row["finding"]: tuple(row["targets"]) for row in rows}
