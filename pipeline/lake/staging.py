"""Staging: data files laid down in a table's folder, unseen by readers until registered.

Many threads lay files down at once, without the lake's lock; only registering them takes it. What a
run does not come to register it deletes, and what a killed one leaves is found by expire.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import polars as pl
import pyarrow as pa
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.table import Table as IcebergTable

from pipeline.lake import disk
from pipeline.lake.catalog import Lake
from pipeline.lake.tables import TABLES


@dataclass(frozen=True, slots=True)
class Staged:
    """A data file that is not registered yet; of a table with days it holds rows of one."""

    table: str
    path: str

    def rows(self, names: Collection[str] = ()) -> pl.DataFrame:
        """Read its rows back with the columns that hold something, or those of `names` alone."""
        file = pl.scan_parquet(self.path, glob=False, hive_partitioning=False)
        there = file.collect_schema().names()
        return file.select(name for name in there if name in names or not names).collect()


@dataclass(frozen=True, slots=True)
class Stage:
    """The files that a run has laid down and not tried to register; any thread may lay some down.

    Its methods raise LakeProblem where the disk refuses.
    """

    lake: Path
    targets: dict[str, IcebergTable]
    pending: set[str] = field(default_factory=set)

    def lay_down(self, table: str, rows: pl.DataFrame) -> list[Staged]:
        """Write rows into one file for each of their days."""
        return [self._write(table, day) for day in _days(rows, TABLES[table].day) if day.height]

    def place(self, table: str) -> Staged:
        """Name a new data file of a table, for another to write rows into, of one day if it has."""
        path = _new_file(self.targets[table])
        self.pending.add(path)
        return Staged(table, path)

    def thin(
        self, staged: Iterable[Staged], left: Callable[[pl.DataFrame], pl.DataFrame]
    ) -> list[Staged]:
        """Lay files down anew with what is `left` of their rows; those it leaves whole stay."""
        kept: list[Staged] = []
        for one in staged:
            with disk.told(self.lake):
                before = one.rows()
            after = left(before)
            if after.height == before.height:
                kept.append(one)
                continue
            kept += self.lay_down(one.table, after)
            self._take_back(one.path)
        return kept

    def hand_over(self, staged: Iterable[Staged]) -> None:
        """Leave files to the commit that is about to name them; from now on they are not deleted.

        A commit that fails may have named them all the same.
        """
        self.pending.difference_update(one.path for one in staged)

    def _write(self, table: str, rows: pl.DataFrame) -> Staged:
        target = self.targets[table]
        with disk.told(self.lake):
            path = _new_file(target)
            self.pending.add(path)
            _write(target, rows, path)
        return Staged(table, path)

    def _take_back(self, path: str) -> None:
        # What cannot be deleted now is found by expire.
        with suppress(OSError):
            Path(path).unlink(missing_ok=True)
        self.pending.discard(path)


@contextmanager
def staging(lake: Lake, *others: str) -> Iterator[Stage]:
    """Hand out a stage for the tables with days and for those named.

    At the end what was not registered is deleted.
    """
    names = [table.name for table in TABLES.values() if table.day is not None]
    stage = Stage(lake.path, {name: lake.table(name) for name in (*names, *others)})
    try:
        yield stage
    finally:
        for path in list(stage.pending):
            stage._take_back(path)


def _days(rows: pl.DataFrame, column: str | None) -> list[pl.DataFrame]:
    """Split rows by day; those without a time are a day of their own, as Iceberg wants them."""
    assert column is not None, "the table has no days"
    found = rows[column].dt.date()
    if found.min() == found.max() and not found.null_count():
        return [rows]
    return rows.with_columns(_day=found).partition_by("_day", include_key=False)


def _new_file(target: IcebergTable) -> str:
    """Return a path for a new data file of a table."""
    folder = Path(target.location()) / "data"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder / f"{uuid4().hex}.parquet")


def _write(target: IcebergTable, rows: pl.DataFrame, path: str) -> None:
    """Write one day's rows with the columns that hold something, and check what is written.

    add_files takes a file as it is, so the field ids and types are checked here. What a file lacks
    is NULL to every reader of Iceberg, and many of AWS's fields are missing all day; only the day
    it takes from the file itself. https://iceberg.apache.org/spec/#column-projection
    """
    wanted = schema_to_pyarrow(target.schema())
    unknown = set(rows.columns) - set(wanted.names)
    assert not unknown, f"not columns of {target.name()}: {unknown}"
    day = TABLES[target.name()[-1]].day
    held = {name for name in rows.columns if name == day or rows[name].null_count() < rows.height}
    present = pa.schema([field for field in wanted if field.name in held])
    # The lowest level takes a fifth less time than polars' own, and files a hundredth more room.
    rows.select(present.names).write_parquet(
        path, arrow_schema=present, compression="zstd", compression_level=1
    )
