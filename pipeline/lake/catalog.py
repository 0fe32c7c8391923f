"""The Iceberg catalog of a lake on one machine: a SQLite file and a warehouse folder beside it.

`lake.json` says which form of the lake this is and where it was made; it is looked at before
anything else is opened. https://iceberg.apache.org/spec/
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock
from polars.datatypes import DataTypeClass
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table as IcebergTable
from pyiceberg.transforms import DayTransform
from pyiceberg.typedef import Identifier
from pyiceberg.types import (
    BooleanType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestamptzType,
)
from sqlalchemy import URL

from pipeline.errors import LakeProblem
from pipeline.lake import disk
from pipeline.lake.columns import Table
from pipeline.lake.file_io import WholeFileIO
from pipeline.lake.lock import held
from pipeline.lake.tables import TABLES

NAMESPACE = "flowcause"
FORM = 4
_HALF_MADE = {
    ".lock",
    ".maintenance.lock",
    "warehouse",
    "catalog.db",
    "catalog.db-journal",
    "lake.json.part",
    # Another run may have made it meanwhile.
    "lake.json",
}
_SCALARS: dict[DataTypeClass | type[pl.DataType], Callable[[], IcebergType]] = {
    pl.String: StringType,
    pl.Int32: IntegerType,
    pl.Int64: LongType,
    pl.Boolean: BooleanType,
    pl.Datetime: TimestamptzType,
}


@dataclass(frozen=True, slots=True)
class Lake:
    """An open lake: its folder, its catalog and its lock file."""

    path: Path
    catalog: SqlCatalog
    lock_file: FileLock

    @property
    def lock(self) -> AbstractContextManager[None]:
        """The lock that every commit takes. Raises LakeProblem where it cannot be had."""
        return held(self.lock_file)

    def table(self, name: str) -> IcebergTable:
        """Load a table as its newest commit left it."""
        return self.catalog.load_table((NAMESPACE, name))


def open_lake(path: Path) -> Lake:
    """Open the lake at `path`; refuse one that is missing, newer than this program or moved.

    Raises LakeProblem.
    """
    path = path.resolve()
    with disk.told(path):
        if not (path / "lake.json").is_file():
            raise LakeProblem(
                f"no lake at {path}: make one with 'flowcause ingest files PATH', or name another "
                "with --lake"
            )
        form = _check_form(path)
        # SQLite makes an empty one where there is none.
        if not (path / "catalog.db").is_file():
            raise LakeProblem(
                f"{path}/catalog.db is missing: restore it from a copy of the lake, or ingest "
                "again into a new one"
            )
        if form < FORM:
            with held(FileLock(path / ".lock")):
                _create(path)
        return _connect(path)


def find_lake(path: Path) -> Lake | None:
    """Open the lake at `path` if there is one. Raises LakeProblem as `open_lake` does."""
    with disk.told(path):
        is_there = (path / "lake.json").is_file()
    return open_lake(path) if is_there else None


def create_lake(path: Path) -> Lake:
    """Open the lake at `path`, and make it with all its tables, empty, where there is none.

    Raises LakeProblem.
    """
    path = path.resolve()
    with disk.told(path):
        path.mkdir(parents=True, exist_ok=True)
        if not (path / "lake.json").exists():
            _refuse_strangers(path)
            with held(FileLock(path / ".lock")):
                if not (path / "lake.json").exists():
                    _create(path)
    return open_lake(path)


class _Making(SqlCatalog):
    """A catalog while tables are made under the lock, which nobody reads before all are there.

    To look for their namespace, and to load each that is made, would be half of the time.
    """

    def namespace_exists(self, identifier: str | Identifier) -> bool:
        """Say that it is there: it was made before the tables are."""
        return True

    def load_table(self, identifier: str | Identifier) -> Any:
        """Load nothing: what makes a table returns it, and nobody asks for it."""
        return None


def _create(path: Path) -> None:
    """Make the tables, and `lake.json` last, so that a half-made lake is made again.

    A lake of an older form gets the tables and columns that it lacks. The catalog is on the disk
    before `lake.json` is; to wait for the disk after each table takes as long as all else.
    """
    catalog, making = (_catalog(path, kind) for kind in (SqlCatalog, _Making))
    catalog.create_namespace_if_not_exists(NAMESPACE)
    there = {name for _, name in catalog.list_tables(NAMESPACE)}
    for one in (catalog, making):
        with one.engine.connect() as connection:
            connection.exec_driver_sql("pragma synchronous = off")
    for table in TABLES.values():
        if table.name in there:
            _add_columns(catalog.load_table((NAMESPACE, table.name)), table)
        else:
            _create_table(making, table)
    for one in (catalog, making):
        one.engine.dispose()
    with (path / "catalog.db").open("rb+") as file:
        os.fsync(file.fileno())
    described = {"form": FORM, "path": str(path)}
    (path / "lake.json.part").write_text(json.dumps(described) + "\n")
    (path / "lake.json.part").rename(path / "lake.json")


def _add_columns(there: IcebergTable, table: Table) -> None:
    with there.update_schema() as update:
        update.union_by_name(iceberg_schema(table))


def _refuse_strangers(path: Path) -> None:
    if strangers := {entry.name for entry in path.iterdir()} - _HALF_MADE:
        raise LakeProblem(
            f"{path} is no lake and not empty (it holds {min(strangers)}): "
            "name another folder with --lake"
        )


def _create_table(catalog: SqlCatalog, table: Table) -> None:
    schema = iceberg_schema(table)
    spec = PartitionSpec()
    if table.day is not None:
        source = schema.find_field(table.day).field_id
        spec = PartitionSpec(PartitionField(source, 1000, DayTransform(), f"{table.day}_day"))
    catalog.create_table((NAMESPACE, table.name), schema, partition_spec=spec)


def _connect(path: Path) -> Lake:
    return Lake(path, _catalog(path, SqlCatalog), FileLock(path / ".lock"))


def _catalog(path: Path, kind: type[SqlCatalog]) -> SqlCatalog:
    warehouse = path / "warehouse"
    warehouse.mkdir(exist_ok=True)
    # A path may hold what a URL takes for its own, like "?" and "%".
    uri = URL.create("sqlite", database=str(path / "catalog.db")).render_as_string()
    io = {"py-io-impl": f"{WholeFileIO.__module__}.{WholeFileIO.__name__}"}
    return kind(NAMESPACE, uri=uri, warehouse=str(warehouse), **io)


def _check_form(path: Path) -> int:
    """Return the form of the lake at `path`. Raises LakeProblem."""
    try:
        described = json.loads((path / "lake.json").read_text())
        form, made_at = int(described["form"]), str(described["path"])
    except (ValueError, KeyError, TypeError) as error:
        raise LakeProblem(f"{path}/lake.json is damaged: restore it from a copy") from error
    if form > FORM:
        raise LakeProblem(
            f"the lake at {path} has form {form}, newer than this flowcause reads ({FORM}): "
            "upgrade flowcause"
        )
    # Iceberg's metadata names its files by absolute path.
    if made_at != str(path):
        raise LakeProblem(
            f"the lake at {path} was made at {made_at} and its tables name files there: "
            "move it back, or ingest again into a new lake"
        )
    return form


def iceberg_schema(table: Table) -> Schema:
    """Derive the Iceberg schema of a declared table; every column may be missing."""
    ids = iter(range(1, 10_000))
    fields = [
        NestedField(next(ids), c.name, _type(c.dtype, ids), required=False, doc=c.meaning or None)
        for c in table.columns
    ]
    return Schema(*fields)


def _type(dtype: pl.DataType | DataTypeClass, ids: Iterator[int]) -> IcebergType:
    if isinstance(dtype, pl.List):
        return ListType(next(ids), _type(dtype.inner, ids), element_required=False)
    if isinstance(dtype, pl.Map):
        return MapType(next(ids), StringType(), next(ids), StringType(), value_required=False)
    if isinstance(dtype, pl.Struct):
        inner = (
            NestedField(next(ids), f.name, _type(f.dtype, ids), required=False)
            for f in dtype.fields
        )
        return StructType(*inner)
    return _SCALARS[dtype.base_type()]()
