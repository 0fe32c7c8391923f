"""What a column and a table of the lake are: declared once, every schema derived from them."""

from dataclasses import dataclass

import polars as pl

TEXT = pl.String()
INT = pl.Int32()
LONG = pl.Int64()
BOOLEAN = pl.Boolean()
TIME = pl.Datetime("us", "UTC")
TEXTS = pl.List(pl.String)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its polars type and what it says."""

    name: str
    dtype: pl.DataType
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake.

    `day` names the timestamp column by whose day the table is partitioned. `covered_by` names the
    table that is committed last in a batch: rows are visible only in the versions that its newest
    commit names.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    day: str | None = None
    covered_by: str | None = None
    order: tuple[str, ...] = ()

    def schema(self) -> pl.Schema:
        """Return the polars schema, columns in their declared order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})
