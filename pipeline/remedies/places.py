"""Where a change is to be made: in which Region what is changed is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.engines import duckdb, queries
from pipeline.remedies.commands import are_plain
from pipeline.remedies.remedy import CHANGEABLE, NOTHING, Known

Row = Mapping[str, Any]


def placed(
    connection: duckdb.Connection, findings: Sequence[Row], known: Mapping[int, Known]
) -> dict[int, Known]:
    """Return what is known around each finding, by its place, with the Region of the change.

    `findings` are rows of queries/reports/rejects.sql, and `connection` is opened for remedies.
    The Region is None where no snapshot has the element, or several Regions do.
    """
    of_elements = _regions(connection, {one for each in findings for one in _elements(each)})
    return {
        number: replace(
            known.get(number, NOTHING),
            region=next((of_elements[one] for one in _elements(each) if one in of_elements), None),
        )
        for number, each in enumerate(findings)
    }


def _elements(finding: Row) -> list[str]:
    """Return what is changed; groups, ACLs and Block Public Access are in the VPC's own Region."""
    elements = (finding["element_id"] or "").split(",")
    return [*elements, finding["vpc_id"]] if finding["cause"] in CHANGEABLE else elements


def _regions(connection: duckdb.Connection, elements: Iterable[str]) -> dict[str, str]:
    sql = queries.text("remedies", "regions")
    rows = duckdb.select(connection, sql, {"element_ids": list(elements)}).to_pylist()
    return {row["element_id"]: row["region"] for row in rows if are_plain([row["region"]])}
