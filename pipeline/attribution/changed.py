"""The inventory as it would be after a change: views that stand before the tables' own rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.engines import duckdb
from pipeline.lake.tables import TABLES


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed in a table of the inventory: rows that are put there, and taken away.

    `added` has columns of the table; those that it lacks are NULL. `removed` has as many of them
    as it takes to know the rows.
    """

    table: str
    added: pl.DataFrame | None = None
    removed: pl.DataFrame | None = None


def apply(connection: duckdb.Connection, changes: Sequence[Change]) -> None:
    """Let views of the changed rows stand before the tables' own, changes of one table in order.

    They stand until the transaction is undone, or `let_be`.
    """
    made: dict[str, str] = {}
    for number, change in enumerate(changes):
        before = made.get(change.table, f'select * from memory.main."{change.table}"')
        made[change.table] = _changed(connection, number, change, before)
    for table, rows in made.items():
        connection.execute(f'create or replace temp view "{table}" as {rows}')


def let_be(connection: duckdb.Connection, changes: Iterable[Change]) -> None:
    """Let the changed tables be read as they are, while what was judged of them stands."""
    for table in {change.table for change in changes}:
        connection.execute(f'drop view if exists temp."{table}"')


def _changed(connection: duckdb.Connection, number: int, change: Change, before: str) -> str:
    kept = f"select t.* from ({before}) as t"
    if change.removed is not None:
        named = _rows(connection, f"removed_{number}", change.table, change.removed)
        same = " and ".join(
            f't."{column}" is not distinct from r."{column}"' for column in change.removed.columns
        )
        kept = f"{kept} anti join {named} as r on {same}"
    if change.added is not None:
        named = _rows(connection, f"added_{number}", change.table, change.added)
        kept = f"{kept} union all by name from {named}"
    return kept


def _rows(connection: duckdb.Connection, name: str, table: str, rows: pl.DataFrame) -> str:
    schema = TABLES[table].schema()
    typed = rows.cast({column: schema[column] for column in rows.columns})
    connection.register(name, typed.to_arrow())
    return name
