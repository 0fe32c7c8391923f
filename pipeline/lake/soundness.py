"""Whether the lake's files are what its metadata says: there, of that size, and readable."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema

from pipeline.lake import reading
from pipeline.lake.catalog import Lake, iceberg_schema
from pipeline.lake.commits import visible_version
from pipeline.lake.reading import Planned
from pipeline.lake.tables import TABLES

_READERS = 2
# Rows that are decoded at a time.
_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of a table that is not what the lake's metadata says, and why."""

    table: str
    path: str
    finding: str


def examine(lake: Lake) -> tuple[list[Damage], dict[str, Planned]]:
    """Read every visible data file through and through.

    Returns what is wrong with which file, and what can be read of each table without those.
    """
    damage: list[Damage] = []
    sound: dict[str, Planned] = {}
    for name in TABLES:
        try:
            schema, files = _files(lake, name)
        except (OSError, ValueError) as error:
            where = str(lake.path / "warehouse")
            damage.append(Damage(name, where, f"the metadata cannot be read: {_line(error)}"))
            schema, files = iceberg_schema(TABLES[name]), []
        with ThreadPoolExecutor(_READERS) as pool:
            told = zip(files, pool.map(_problem, files), strict=True)
        found, read = _split(name, told)
        damage += found
        sound[name] = Planned(read, reading.columns_of(schema))
    return damage, sound


def _files(lake: Lake, name: str) -> tuple[Schema, list[DataFile]]:
    table, version = lake.table(name), visible_version(lake, name)
    tasks = [] if version is None else table.scan(snapshot_id=version).plan_files()
    return table.schema(), [task.file for task in tasks]


def _split(
    name: str, told: Iterable[tuple[DataFile, str | None]]
) -> tuple[list[Damage], list[str]]:
    damage: list[Damage] = []
    sound: list[str] = []
    for file, finding in told:
        if finding is None:
            sound.append(file.file_path)
        else:
            damage.append(Damage(name, file.file_path, finding))
    return damage, sound


def _problem(file: DataFile) -> str | None:
    """Say what is wrong with a data file; None where it is as its metadata says."""
    path = Path(file.file_path)
    try:
        size = path.stat().st_size
        if size != file.file_size_in_bytes:
            return f"has {size:,} bytes, the metadata says {file.file_size_in_bytes:,}"
        with pq.ParquetFile(path) as parquet:
            rows = sum(batch.num_rows for batch in parquet.iter_batches(_ROWS))
    except FileNotFoundError:
        return "is missing"
    except (OSError, pa.ArrowException) as error:
        return f"cannot be read: {_line(error)}"
    if rows != file.record_count:
        return f"has {rows:,} rows, the metadata says {file.record_count:,}"
    return None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
