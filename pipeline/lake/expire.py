"""Expiring: old versions let go, and the files deleted that nothing names any more.

Files are found by what lies in the lake's folders, not by what was let go, so that what a killed
run left (of ingest, of compact, of expire itself) is found as well. A file goes only when no kept
version names it and it is older than the cutoff, and than an hour.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pyiceberg.table import Table as IcebergTable

from pipeline.errors import LakeProblem
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import repair
from pipeline.lake.compact import maintaining
from pipeline.lake.rewrite import SORTING
from pipeline.lake.tables import TABLES
from pipeline.lake.versions import superfluous, trim

# A run registers a file with its next commit, as a rule within a minute. One that was held up for
# longer (its machine slept) is told so by `Batch.register`, and reads the objects again.
UNREGISTERED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Expired:
    """How many versions were let go, and the files deleted with their bytes."""

    versions: int
    files: int
    bytes: int


def expire(lake: Lake, cutoff: datetime) -> Expired:
    """Let go of what was replaced before `cutoff` and delete the files that only it held.

    The newest version of a table, the one that a covering commit names, is always kept. Raises
    LakeProblem.
    """
    # Under the lock to the end: what is found must not be registered before it is deleted.
    with maintaining(lake), lake.lock:
        for cover in {table.covered_by for table in TABLES.values()} - {None}:
            repair(lake, str(cover))
        versions = sum(_let_go(lake.table(name), cutoff) for name in TABLES)
        found = list(unneeded(lake, cutoff))
        for path, _ in found:
            _delete(path)
    return Expired(versions, len(found), sum(size for _, size in found))


def unneeded(lake: Lake, cutoff: datetime) -> Iterator[tuple[Path, int]]:
    """Yield the files, with their bytes, that are older than `cutoff` and that expire deletes.

    Younger than an hour none is: it may be one that a run has laid down and is about to register.
    """
    before = min(cutoff, datetime.now(UTC) - UNREGISTERED).timestamp()
    for name in TABLES:
        table = lake.table(name)
        named = _named(table, cutoff)
        for path in _files(Path(table.location())):
            if str(path) in named:
                continue
            # A run may be taking it back at this moment.
            with suppress(FileNotFoundError):
                seen = path.stat()
                if seen.st_mtime < before:
                    yield path, seen.st_size


def _let_go(table: IcebergTable, cutoff: datetime) -> int:
    gone = superfluous(table.metadata, cutoff)
    if gone:
        with table.transaction() as change:
            trim(change, table.metadata, cutoff)
    return len(gone)


def _named(table: IcebergTable, cutoff: datetime) -> set[str]:
    """Return every file that the table's kept versions and its metadata name."""
    metadata = table.metadata
    named = {table.metadata_location, *(log.metadata_file for log in metadata.metadata_log)}
    named |= {one.statistics_path for one in metadata.statistics}
    named |= {one.statistics_path for one in metadata.partition_statistics}
    gone = set(superfluous(metadata, cutoff))
    for version in metadata.snapshots:
        if version.snapshot_id in gone:
            continue
        named.add(version.manifest_list)
        for manifest in version.manifests(table.io):
            if manifest.manifest_path not in named:
                named.add(manifest.manifest_path)
                entries = manifest.fetch_manifest_entry(table.io, discard_deleted=True)
                named |= {entry.data_file.file_path for entry in entries}
    return {path.removeprefix("file://") for path in named}


def _files(location: Path) -> Iterator[Path]:
    for room in ("data", "metadata"):
        for here, _, names in os.walk(location / room):
            yield from (Path(here, name) for name in names)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        if path.parent.name.startswith(SORTING) and not any(path.parent.iterdir()):
            path.parent.rmdir()
    except OSError as error:
        raise LakeProblem(
            f"{path} cannot be deleted: {error.strerror}; give yourself the right to write there"
        ) from error
