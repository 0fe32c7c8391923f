"""Whether the lake's files are what its metadata says: there, of that size, and readable."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from pyiceberg.manifest import DataFile

from pipeline.lake import reading
from pipeline.lake.catalog import Lake, iceberg_schema
from pipeline.lake.damage import Damage, unreadable
from pipeline.lake.data_files import through
from pipeline.lake.reading import Planned
from pipeline.lake.tables import TABLES

_READERS = 2


def examine(lake: Lake) -> tuple[list[Damage], dict[str, Planned]]:
    """Read every visible data file through and through.

    Returns what is wrong with which file, and what can be read of each table without those.
    """
    metadata = {name: unreadable(lake, name) for name in TABLES}
    damage = [one for one in metadata.values() if one is not None]
    sound: dict[str, Planned] = {}
    for name in TABLES:
        # A table is read in the version that its covering table names.
        whole = metadata[name] is None and metadata[TABLES[name].covered_by or name] is None
        schema = lake.table(name).schema() if whole else iceberg_schema(TABLES[name])
        files = reading.visible_files(lake, name) if whole else []
        with ThreadPoolExecutor(_READERS) as pool:
            told = zip(files, pool.map(through, files), strict=True)
        found, read = _split(name, told)
        damage += found
        sound[name] = Planned(read, reading.columns_of(schema))
    return damage, sound


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
