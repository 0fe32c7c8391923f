"""A report's answer: the rows of its query, and what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.engines import duckdb, queries
from pipeline.errors import BadInput
from pipeline.lake.catalog import Lake
from pipeline.remedies.remedy import Remedy
from pipeline.remedies.trials import remedies

# What is shown of a remedy.
_SHOWN = ("text", "aws_cli", "terraform", "checked", "check")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report found: its title, its rows, and one row about the evidence behind them.

    `names` are what the resources of the lake are called, where the rows do not say it themselves.
    """

    name: str
    title: str
    rows: list[dict[str, Any]]
    basis: dict[str, Any]
    names: Mapping[str, str]


def answer(lake: Lake, name: str, values: Mapping[str, Any]) -> Answer:
    """Ask a report of queries/reports over the lake.

    Rows that name a cause get a `remedy` (text, aws_cli, terraform, and what came of trying it;
    None where nobody knows what is to be changed). Raises BadInput for a name that is not there,
    and for an end of the window that the report does not go by.
    """
    sql, basis_sql = queries.text("reports", name), queries.text("evidence", "basis")
    _refuse(name, values, queries.bound(sql, values))
    names_sql = "from current_names"
    with duckdb.connect(lake, names=queries.read_by(sql, basis_sql, names_sql)) as connection:
        connection.execute(queries.text("attribution", "functions"))
        rows = duckdb.select(connection, sql, queries.bound(sql, values)).to_pylist()
        basis = duckdb.select(connection, basis_sql, queries.bound(basis_sql, values)).to_pylist()
        named = duckdb.select(connection, names_sql).to_pylist()
    if rows and "tried" in rows[0]:
        told = zip(rows, remedies(lake, rows), strict=True)
        rows = [_shown(row) | {"remedy": _as_row(proposed)} for row, proposed in told]
    names = {row["resource_id"]: row["name"] for row in named}
    return Answer(name, queries.title("reports", name), rows, basis[0], names)


def _refuse(name: str, given: Mapping[str, Any], bound: Mapping[str, Any]) -> None:
    """Refuse what would be passed over: a report of the configuration is of one time."""
    for end in ("since", "until"):
        if given.get(end) is not None and end not in bound:
            instead = ": it is of one time, that of --until" if "until" in bound else ""
            raise BadInput(f"report {name} takes no --{end}{instead}")


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a remedy was tried with."""
    return {column: value for column, value in row.items() if column != "tried"}


def _as_row(proposed: Remedy | None) -> dict[str, Any] | None:
    if proposed is None:
        return None
    return {column: getattr(proposed, column) for column in _SHOWN}
