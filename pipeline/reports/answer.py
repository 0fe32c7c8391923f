"""A report's answer: the rows of its query, and what they rest on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.attribution.remedies import remedy
from pipeline.engines import duckdb, queries
from pipeline.lake.catalog import Lake


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

    Rows that name a cause get a `remedy` (text, aws_cli, terraform; None where nothing is to be
    changed). Raises BadInput for a name that is not there.
    """
    sql, basis_sql = queries.text("reports", name), queries.text("evidence", "basis")
    names_sql = "from current_names"
    with duckdb.connect(lake, names=queries.read_by(sql, basis_sql, names_sql)) as connection:
        connection.execute(queries.text("attribution", "functions"))
        rows = duckdb.select(connection, sql, queries.bound(sql, values)).to_pylist()
        basis = duckdb.select(connection, basis_sql, queries.bound(basis_sql, values)).to_pylist()
        named = duckdb.select(connection, names_sql).to_pylist()
    if rows and "cause" in rows[0]:
        rows = [row | {"remedy": _as_row(row)} for row in rows]
    names = {row["resource_id"]: row["name"] for row in named}
    return Answer(name, queries.title("reports", name), rows, basis[0], names)


def _as_row(row: Mapping[str, Any]) -> dict[str, Any] | None:
    proposed = remedy(row)
    return None if proposed is None else asdict(proposed)
