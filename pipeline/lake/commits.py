"""How rows become visible: many tables written, one commit that shows them, and repair.

A batch writes its tables first and last the covering table (the ledger for flows, observations for
the inventory, judgements for decisions), whose commit names the versions of the others. Readers
read the named versions; a batch that died half-way is invisible, and the next one rolls it back.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import polars as pl
import pyarrow as pa
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.table import Table as IcebergTable

from pipeline.lake.catalog import Lake, drop_and_create
from pipeline.lake.tables import TABLES

_WRITERS = 2
_SUMMARY = "flowcause.version."


@dataclass(slots=True)
class Batch:
    """One commit in the making, held under the lake's lock."""

    lake: Lake
    cover: str
    batch_id: str = field(default_factory=lambda: uuid4().hex)

    def append(self, table: str, *frames: pl.DataFrame) -> None:
        """Append frames, which may differ in their columns; without rows nothing is done."""
        filled = [frame for frame in frames if frame.height]
        if filled:
            self._append(self.lake.table(table), filled, {})

    def replace(self, table: str, rows: pl.DataFrame) -> None:
        """Put `rows` in the place of everything the table holds."""
        target = self.lake.table(table)
        # Overwriting nothing is an append; pyiceberg warns where it finds nothing to delete.
        filled = any(True for _ in target.scan().plan_files())
        write = target.overwrite if filled else target.append
        write(_arrow(target, rows), snapshot_properties=self._mark())

    def commit(self, rows: pl.DataFrame) -> None:
        """Append to the covering table and so make the whole batch visible."""
        versions = {
            f"{_SUMMARY}{name}": str(snapshot.snapshot_id)
            for name in _covered(self.cover)
            if (snapshot := self.lake.table(name).current_snapshot()) is not None
        }
        self._append(self.lake.table(self.cover), [rows], versions)

    def _append(
        self, target: IcebergTable, frames: list[pl.DataFrame], versions: dict[str, str]
    ) -> None:
        """Write one file a frame and day and register them in one commit.

        Where a table has no days, Iceberg's own append is as quick and does the writing.
        """
        properties = {**self._mark(), **versions}
        day = TABLES[target.name()[-1]].day
        if day is None:
            rows = pl.concat(frames, how="diagonal")
            target.append(_arrow(target, rows), snapshot_properties=properties)
            return
        with ThreadPoolExecutor(_WRITERS) as pool:
            parts = (rows for frame in frames for rows in _days(frame, day))
            files = list(pool.map(lambda rows: _write(target, rows), parts))
        target.add_files(files, check_duplicate_files=False, snapshot_properties=properties)

    def _mark(self) -> dict[str, str]:
        return {"flowcause.batch": self.batch_id}


@contextmanager
def writing(lake: Lake, cover: str) -> Iterator[Batch]:
    """Hold the lake's lock, undo what a dead run left, and hand out a batch to fill."""
    with lake.lock:
        _repair(lake, cover)
        yield Batch(lake, cover)


def visible_version(lake: Lake, name: str) -> int | None:
    """Return the Iceberg snapshot id at which a table is to be read; None where it is empty."""
    cover = TABLES[name].covered_by
    if cover is None:
        snapshot = lake.table(name).current_snapshot()
        return None if snapshot is None else snapshot.snapshot_id
    return _named_versions(lake, cover).get(name)


def _named_versions(lake: Lake, cover: str) -> dict[str, int]:
    snapshot = lake.table(cover).current_snapshot()
    if snapshot is None or snapshot.summary is None:
        return {}
    named = snapshot.summary.additional_properties
    return {
        name: int(named[f"{_SUMMARY}{name}"])
        for name in _covered(cover)
        if f"{_SUMMARY}{name}" in named
    }


def _covered(cover: str) -> list[str]:
    return [table.name for table in TABLES.values() if table.covered_by == cover]


def _repair(lake: Lake, cover: str) -> None:
    named = _named_versions(lake, cover)
    for name in _covered(cover):
        table = lake.table(name)
        snapshot = table.current_snapshot()
        if snapshot is None or snapshot.snapshot_id == named.get(name):
            continue
        if name in named:
            table.manage_snapshots().rollback_to_snapshot(named[name]).commit()
        else:
            drop_and_create(lake, name)


def _days(rows: pl.DataFrame, column: str) -> list[pl.DataFrame]:
    """Split rows by day; those without a time are a day of their own, as Iceberg wants them."""
    days = rows[column].dt.date()
    if days.min() == days.max() and not days.null_count():
        return [rows]
    return rows.with_columns(_day=days).partition_by("_day", include_key=False)


def _arrow(target: IcebergTable, rows: pl.DataFrame) -> pa.Table:
    """Shape rows to the table's own Arrow schema: its field ids, signed types, missing as NULL."""
    wanted = schema_to_pyarrow(target.schema())
    columns = [rows[name] for name in wanted.names if name in rows.columns]
    present = [field for field in wanted if field.name in rows.columns]
    return pl.DataFrame(columns).to_arrow().cast(pa.schema(present))


def _write(target: IcebergTable, rows: pl.DataFrame) -> str:
    """Write one day's rows with the columns that hold something, and check what was written.

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
    folder = Path(target.location()) / "data"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid4().hex}.parquet"
    rows.select(present.names).write_parquet(path, arrow_schema=present, compression="zstd")
    return str(path)
