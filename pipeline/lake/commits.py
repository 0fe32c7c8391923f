"""How rows become visible: many tables written, one commit that shows them, and repair.

A batch writes its tables first and last the covering table (the ledger for flows, observations for
the inventory, judgements for decisions), whose commit names the versions of the others. Readers
read the named versions; a batch that died half-way is invisible, and the next one rolls it back.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import polars as pl
import pyarrow as pa
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table.refs import MAIN_BRANCH
from pyiceberg.table.snapshots import Snapshot

from pipeline.errors import LakeProblem
from pipeline.lake import disk, small_files
from pipeline.lake.catalog import Lake
from pipeline.lake.small_files import Group
from pipeline.lake.staging import Stage, Staged, staging
from pipeline.lake.tables import TABLES
from pipeline.lake.versions import trim

# A table without days is read as a whole: with more small files than this they are merged.
_FILES = 64
_SUMMARY = "flowcause.version."


@dataclass(slots=True)
class Batch:
    """One commit in the making, held under the lake's lock."""

    lake: Lake
    cover: str
    batch_id: str = field(default_factory=lambda: uuid4().hex)
    touched: set[str] = field(default_factory=set)

    def append(self, table: str, rows: pl.DataFrame) -> None:
        """Append rows; where there are none nothing is done."""
        if not rows.height:
            return
        if TABLES[table].day is None:
            self._append(table, rows, {})
            return
        with staging(self.lake) as stage:
            self.register(stage, stage.lay_down(table, rows))

    def register(self, stage: Stage, files: Sequence[Staged]) -> None:
        """Append what was laid down, each table's files in one commit.

        Raises LakeProblem where one is gone: it lay unregistered for so long that expire took it.
        """
        paths: dict[str, list[str]] = {}
        for one in files:
            paths.setdefault(one.table, []).append(one.path)
            if not Path(one.path).exists():
                raise LakeProblem(
                    f"the lake at {self.lake.path}: {one.path} was deleted before it was "
                    "registered; what this run had not committed yet is not lost: run this again"
                )
        stage.hand_over(files)
        for table, mine in paths.items():
            self._add(table, mine, {})

    def replace(self, table: str, rows: pl.DataFrame) -> None:
        """Put `rows` in the place of everything the table holds."""
        target = self._touched(table)
        # Overwriting nothing is an append; pyiceberg warns where it finds nothing to delete.
        filled = any(True for _ in target.scan().plan_files())
        with target.transaction() as change:
            trim(change, target.metadata)
            write = change.overwrite if filled else change.append
            write(_arrow(target, rows), snapshot_properties=self._mark())

    def swap(self, table: str, group: Group, paths: list[str]) -> None:
        """Put files with the same rows in the place of a group of a table's files."""
        versions = self._versions() if table == self.cover else {}
        small_files.swap(
            self._touched(table), group, paths, TABLES[table], {**self._mark(), **versions}
        )

    def commit(self, rows: pl.DataFrame) -> None:
        """Append to the covering table and so make the whole batch visible."""
        for name in sorted(self.touched):
            self._merge(name)
        self._append(self.cover, rows, self._versions())
        self._merge(self.cover)

    def commit_files(self, stage: Stage, files: Sequence[Staged]) -> None:
        """Register files of the covering table and so make the whole batch visible."""
        for name in sorted(self.touched):
            self._merge(name)
        stage.hand_over(files)
        self._add(self.cover, [one.path for one in files], self._versions())

    def show(self) -> None:
        """Make the batch visible where the covering table itself has nothing new."""
        versions = {**self._mark(), **self._versions()}
        cover = self.lake.table(self.cover)
        with cover.transaction() as change:
            trim(change, cover.metadata)
            change.update_snapshot(snapshot_properties=versions).merge_append().commit()

    def _touched(self, name: str) -> IcebergTable:
        """Load a table that is to be changed."""
        self.touched.add(name)
        return self.lake.table(name)

    def _merge(self, name: str) -> None:
        """Merge a table's small files where they are many, so that reading it stays quick.

        Where that cannot be done they stay: this is no reason for a batch to fail.
        """
        table = self.lake.table(name)
        snapshot = table.current_snapshot()
        if TABLES[name].day is not None or snapshot is None or _files(snapshot) <= _FILES:
            return
        for group in small_files.groups(table, snapshot.snapshot_id, TABLES[name]):
            with suppress(LakeProblem), disk.told(self.lake.path):
                self.swap(name, group, small_files.merged(table, group, TABLES[name]))

    def _versions(self) -> dict[str, str]:
        """Return what the covering commit says: the version of every table that it covers.

        Those that this batch did not touch are as the last such commit left them.
        """
        mine = self.touched.intersection(_covered(self.cover))
        new = {name: _newest(self.lake.table(name)) for name in mine}
        versions = _named_versions(self.lake, self.cover) | new
        return {f"{_SUMMARY}{name}": str(one) for name, one in versions.items() if one is not None}

    def _add(self, table: str, paths: list[str], versions: dict[str, str]) -> None:
        """Register files with what they hold, all in one commit."""
        target = self._touched(table)
        with target.transaction() as change:
            trim(change, target.metadata)
            marks = {**self._mark(), **versions}
            change.add_files(paths, check_duplicate_files=False, snapshot_properties=marks)

    def _append(self, table: str, rows: pl.DataFrame, versions: dict[str, str]) -> None:
        """Append to a table without days: Iceberg's own append does the writing."""
        target = self._touched(table)
        with target.transaction() as change:
            trim(change, target.metadata)
            change.append(_arrow(target, rows), snapshot_properties={**self._mark(), **versions})

    def _mark(self) -> dict[str, str]:
        return {"flowcause.batch": self.batch_id}


@contextmanager
def writing(lake: Lake, cover: str) -> Iterator[Batch]:
    """Hold the lake's lock, undo what a dead run left, and hand out a batch to fill.

    Raises LakeProblem where the lock is not to be had or the disk refuses.
    """
    with lake.lock, disk.told(lake.path):
        repair(lake, cover)
        yield Batch(lake, cover)


def visible_version(lake: Lake, name: str) -> int | None:
    """Return the Iceberg snapshot id at which a table is to be read; None where it is empty."""
    return visible_versions(lake, {name: lake.table(name)})[name]


def visible_versions(lake: Lake, tables: Mapping[str, IcebergTable]) -> dict[str, int | None]:
    """Return at which Iceberg snapshot id each table is to be read; None where it is empty.

    Tables that one commit covers are told as of the same one.
    """
    named: dict[str, int] = {}
    for cover in {TABLES[name].covered_by for name in tables}:
        named |= _named_versions(lake, cover) if cover else {}
    return {
        name: named.get(name) if TABLES[name].covered_by else _newest(table)
        for name, table in tables.items()
    }


def _newest(table: IcebergTable) -> int | None:
    snapshot = table.current_snapshot()
    return None if snapshot is None else snapshot.snapshot_id


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


def _files(snapshot: Snapshot) -> int:
    summary = snapshot.summary
    return 0 if summary is None else int(summary.additional_properties.get("total-data-files", 0))


def _covered(cover: str) -> list[str]:
    return [table.name for table in TABLES.values() if table.covered_by == cover]


def repair(lake: Lake, cover: str) -> None:
    """Roll back, under the lake's lock, what no commit of a covering table names."""
    named = _named_versions(lake, cover)
    for name in _covered(cover):
        table = lake.table(name)
        snapshot = table.current_snapshot()
        if snapshot is None or snapshot.snapshot_id == named.get(name):
            continue
        # Either is one commit: a repair that dies has not begun, or is done.
        version = table.manage_snapshots()
        if name in named:
            version.rollback_to_snapshot(named[name]).commit()
        else:
            version.remove_branch(MAIN_BRANCH).commit()


def _arrow(target: IcebergTable, rows: pl.DataFrame) -> pa.Table:
    """Shape rows to the table's own Arrow schema: its field ids, signed types, missing as NULL."""
    wanted = schema_to_pyarrow(target.schema())
    columns = [rows[name] for name in wanted.names if name in rows.columns]
    present = [field for field in wanted if field.name in rows.columns]
    return pl.DataFrame(columns).to_arrow().cast(pa.schema(present))
