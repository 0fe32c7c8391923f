"""What a reader needs to know of a table: its visible data files and their columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from pyiceberg.expressions import BooleanExpression
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema
from pyiceberg.table import ALWAYS_TRUE
from pyiceberg.table import Table as IcebergTable
from pyiceberg.types import (
    BooleanType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    StringType,
    StructType,
    TimestamptzType,
)

from pipeline.errors import LakeProblem
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import visible_version, visible_versions
from pipeline.lake.tables import TABLES

_SQL_TYPES: dict[type[IcebergType], str] = {
    StringType: "VARCHAR",
    IntegerType: "INTEGER",
    LongType: "BIGINT",
    BooleanType: "BOOLEAN",
    TimestamptzType: "TIMESTAMPTZ",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """The files of a table's visible version, and (field id, name, SQL type) of its columns."""

    files: list[str]
    columns: list[tuple[int, str, str]]


def plan(
    lake: Lake, name: str, since: datetime | None = None, until: datetime | None = None
) -> Planned:
    """Plan the reading of a table in the version that its covering commit names.

    With `since` and `until`, the files that may have rows whose day's column is within [since,
    until). Raises LakeProblem where the version has delete files, which flowcause never writes.
    """
    within = _within(TABLES[name].day, since, until)
    return _planned(name, lake.table(name), visible_version(lake, name), within)


def plans(lake: Lake, names: Iterable[str]) -> dict[str, Planned]:
    """Plan the reading of several tables, those of one commit as of the same. Raises as `plan`."""
    tables = {name: lake.table(name) for name in names}
    versions = visible_versions(lake, tables)
    return {
        name: _planned(name, table, versions[name], ALWAYS_TRUE) for name, table in tables.items()
    }


def _planned(
    name: str, table: IcebergTable, version: int | None, within: str | BooleanExpression
) -> Planned:
    columns = columns_of(table.schema())
    if version is None:
        return Planned([], columns)
    tasks = list(table.scan(row_filter=within, snapshot_id=version).plan_files())
    if any(task.delete_files for task in tasks):
        raise LakeProblem(
            f"table {name} has Iceberg delete files, which flowcause does not write: "
            "compact it with the tool that deleted"
        )
    return Planned(sorted(task.file.file_path for task in tasks), columns)


def _within(
    column: str | None, since: datetime | None, until: datetime | None
) -> str | BooleanExpression:
    """Return what Iceberg is to prune files by."""
    bounds = [
        f"{column} {comparison} '{bound.isoformat()}'"
        for comparison, bound in ((">=", since), ("<", until))
        if column and bound
    ]
    return " and ".join(bounds) or ALWAYS_TRUE


def visible_files(lake: Lake, name: str) -> list[DataFile]:
    """Return what the metadata says of the data files of a table's visible version."""
    version = visible_version(lake, name)
    if version is None:
        return []
    return [task.file for task in lake.table(name).scan(snapshot_id=version).plan_files()]


def columns_of(schema: Schema) -> list[tuple[int, str, str]]:
    """Return (field id, name, SQL type) of each column."""
    return [(f.field_id, f.name, sql_type(f.field_type)) for f in schema.fields]


def sql_type(kind: IcebergType) -> str:
    if isinstance(kind, ListType):
        return f"{sql_type(kind.element_type)}[]"
    if isinstance(kind, MapType):
        return f"MAP({sql_type(kind.key_type)}, {sql_type(kind.value_type)})"
    if isinstance(kind, StructType):
        inner = ", ".join(f'"{f.name}" {sql_type(f.field_type)}' for f in kind.fields)
        return f"STRUCT({inner})"
    return _SQL_TYPES[type(kind)]


def rows(lake: Lake, name: str) -> pl.DataFrame:
    """Read all visible rows of a small table, with the columns and types it is declared with."""
    schema = TABLES[name].schema()
    version = visible_version(lake, name)
    if version is None:
        return pl.DataFrame(schema=schema)
    read = pl.DataFrame(lake.table(name).scan(snapshot_id=version).to_arrow())
    # A version is read in the schema that it was written in, which may lack a later column.
    lacking = [pl.lit(None, dtype).alias(n) for n, dtype in schema.items() if n not in read.columns]
    return read.with_columns(lacking).select(schema.names()).cast(schema)
