"""Compacting: a day's small files into few sorted ones, many small files of other tables into one.

The rows are written beside readers and writers, without the lake's lock; it is held only while the
new files take the place of the old, one commit a day and table. What a run that dies leaves are
files that nothing names, which expire removes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import LakeProblem
from pipeline.lake import reading, small_files
from pipeline.lake.catalog import Lake
from pipeline.lake.columns import Table
from pipeline.lake.commits import visible_version, writing
from pipeline.lake.small_files import Group
from pipeline.lake.tables import TABLES


@dataclass(slots=True)
class Compacted:
    """What was done to a table: groups (days), their files and bytes before and after."""

    table: str
    groups: int = 0
    rows: int = 0
    files_before: int = 0
    files_after: int = 0
    bytes_before: int = 0
    bytes_after: int = 0


@contextmanager
def maintaining(lake: Lake) -> Iterator[None]:
    """Keep other maintenance out, and no reader or writer. Raises LakeProblem."""
    try:
        with FileLock(lake.path / ".maintenance.lock", timeout=0):
            yield
    except Timeout as error:
        raise LakeProblem(
            f"'lake compact' or 'lake expire' is running on {lake.path}: wait for its end"
        ) from error


def compact(
    lake: Lake, progress: Callable[[int, int], None] = lambda size, total: None
) -> list[Compacted]:
    """Rewrite what is worth it in every table, and return what was done, a table an entry.

    `progress` is told the bytes done with and the total. Raises LakeProblem.
    """
    with maintaining(lake):
        due = list(worth(lake))
        total = sum(group.size() for _, group in due)
        done: dict[str, Compacted] = {}
        for table, group in due:
            into = done.setdefault(table.name, Compacted(table.name))
            _compact(lake, table, group, into)
            progress(group.size(), total)
    return [one for one in done.values() if one.groups]


def worth(lake: Lake) -> Iterator[tuple[Table, Group]]:
    """Yield what is worth rewriting, a table and day at a time."""
    for table in TABLES.values():
        version = visible_version(lake, table.name)
        for group in small_files.groups(lake.table(table.name), version, table):
            yield table, group


def _compact(lake: Lake, table: Table, group: Group, into: Compacted) -> None:
    """Rewrite a group and put it in its place, unless what it replaces is gone meanwhile."""
    paths = small_files.merged(lake.table(table.name), group, table)
    cover = table.covered_by or table.name
    with writing(lake, cover) as batch:
        if not group.paths() <= set(reading.plan(lake, table.name).files):
            for path in paths:
                Path(path).unlink()
            return
        batch.swap(table.name, group, paths)
        if cover != table.name:
            batch.show()
    into.groups += 1
    into.rows += group.rows()
    into.files_before += len(group.files)
    into.files_after += len(paths)
    into.bytes_before += group.size()
    into.bytes_after += sum(Path(path).stat().st_size for path in paths)
