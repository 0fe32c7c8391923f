"""What the lake holds and what maintenance it wants, read from the metadata alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pipeline.lake.catalog import Lake
from pipeline.lake.compact import worth
from pipeline.lake.expire import unneeded
from pipeline.lake.reading import visible_files
from pipeline.lake.tables import TABLES


@dataclass(frozen=True, slots=True)
class Extent:
    """A table's visible rows, the days they are of (None where it has no days), its files."""

    table: str
    rows: int
    days: int | None
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Due:
    """A maintenance that is worth its while: of how many files and bytes, by which command."""

    what: str
    files: int
    bytes: int
    command: str


def extents(lake: Lake) -> list[Extent]:
    """Return the extent of every table that has rows."""
    found = (_extent(lake, name) for name in TABLES)
    return [extent for extent in found if extent.files]


def _extent(lake: Lake, name: str) -> Extent:
    files = visible_files(lake, name)
    return Extent(
        table=name,
        rows=sum(file.record_count for file in files),
        days=len({file.partition[0] for file in files}) if TABLES[name].day else None,
        files=len(files),
        bytes=sum(file.file_size_in_bytes for file in files),
    )


def due(lake: Lake, cutoff: datetime) -> Iterator[Due]:
    """Yield what maintenance is worth its while; `cutoff` is expire's."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for table, group in worth(lake):
        groups.setdefault(table.name, []).append((len(group.files), group.size()))
    for table_name, sizes in groups.items():
        files, size = (sum(column) for column in zip(*sizes, strict=True))
        days = f", {len(sizes)} days" if TABLES[table_name].day and len(sizes) > 1 else ""
        yield Due(f"small files of {table_name}{days}", files, size, "flowcause lake compact")
    left = [size for _, size in unneeded(lake, cutoff)]
    if left:
        yield Due("files no version needs", len(left), sum(left), "flowcause lake expire")
