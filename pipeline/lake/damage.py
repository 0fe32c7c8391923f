"""Which file of a lake is damaged: looked for where reading failed.

Every library tells in its own way that it cannot read a file, and few tell which. So whatever went
wrong, the lake is looked through: the catalog, what it names, and what that names in its turn.
https://iceberg.apache.org/spec/#overview
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyiceberg.catalog.sql import IcebergTables
from pyiceberg.manifest import DataFile
from sqlalchemy import select

from pipeline.errors import FlowcauseError, LakeProblem
from pipeline.lake import data_files, disk
from pipeline.lake.catalog import Lake, find_lake
from pipeline.lake.reading import visible_files
from pipeline.lake.tables import TABLES

# So many bytes of data files are read through, which takes seconds: 'lake verify' reads all.
_THROUGH = 1024**3


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of a table that is not what the lake's metadata says, and why."""

    table: str
    path: str
    finding: str


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what fails because a file of the lake at `path` is damaged into a LakeProblem.

    Where nothing is found damaged, the error stays what it is.
    """
    try:
        yield
    except FlowcauseError:
        raise
    except Exception as error:
        with disk.told(path):
            lake = find_lake(path)
            found = None if lake is None else next(_damaged(lake), None)
        if found is None:
            raise
        raise LakeProblem(
            f"{found.path} {found.finding}; it is a file of {found.table}: restore it from a copy "
            "of the lake, or ingest again into a new one"
        ) from error


def unreadable(lake: Lake, name: str) -> Damage | None:
    """Return the first file of a table's metadata that cannot be read, in any version it keeps."""
    path = _named(lake, name)
    if path is None:
        return Damage(name, str(lake.path / "catalog.db"), f"does not name the table {name}")
    try:
        table = lake.table(name)
        for version in table.metadata.snapshots:
            path = version.manifest_list
            for manifest in version.manifests(table.io):
                path = manifest.manifest_path
                manifest.fetch_manifest_entry(table.io)
    # A reader of Avro or JSON that meets garbage raises anything at all.
    except Exception as error:
        return Damage(name, path.removeprefix("file://"), data_files.said(error))
    return None


def _named(lake: Lake, name: str) -> str | None:
    """Return the metadata file that the catalog has for a table."""
    with lake.catalog.engine.connect() as connection:
        named = select(IcebergTables.metadata_location).where(IcebergTables.table_name == name)
        found = connection.execute(named).scalar()
    return None if found is None else str(found)


def _damaged(lake: Lake) -> Iterator[Damage]:
    """Yield what is damaged: the metadata of any table, else data files by their outside, else
    those of which some values cannot be read.
    """
    found = [one for name in TABLES if (one := unreadable(lake, name)) is not None]
    yield from found
    if found:
        return
    files = [(name, file) for name in TABLES for file in visible_files(lake, name)]
    yield from _wrong(files, data_files.outside)
    yield from _wrong(_first(files), data_files.through)


def _wrong(
    files: list[tuple[str, DataFile]], problem: Callable[[DataFile], str | None]
) -> Iterator[Damage]:
    for name, file in files:
        if finding := problem(file):
            yield Damage(name, file.file_path, finding)


def _first(files: list[tuple[str, DataFile]]) -> list[tuple[str, DataFile]]:
    """Return the first files, as many as are read in seconds."""
    sums = [0]
    for _, file in files:
        sums.append(sums[-1] + file.file_size_in_bytes)
    return [file for file, before in zip(files, sums, strict=False) if before < _THROUGH]
