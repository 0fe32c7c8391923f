"""A small network and its records in DuckDB without a lake: ten times as quick as one on disk.

The answers are read and folded as the product does it; only what Iceberg would keep is left out.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from reference.dumps import write_dump
from reference.model import Record, Snapshot

from pipeline.attribution.judge import run_stages
from pipeline.attribution.stages import LOST, MISSED, STAGES, TIMES, WAYS, WRITTEN
from pipeline.engines import duckdb, queries
from pipeline.lake.catalog import create_lake
from pipeline.lake.tables import OBSERVATIONS, TABLES
from pipeline.snapshots.history import folded
from pipeline.snapshots.load import observe

# The networks of the last tests, for many of them share one.
FOLDED: dict[str, dict[str, pl.DataFrame]] = {}
KEPT = 20
VALUES = {"since": None, "until": None, "judged_at": datetime(2026, 1, 1, tzinfo=UTC)}
MACROS = """
    select
        distinct function_name,
        case function_type when 'macro' then 'macro' else 'macro table' end
    from duckdb_functions()
    where not internal and function_type in ('macro', 'table_macro')
"""
# What asks nothing where no record was let pass: as it was made of no records, so it stays.
OF_LOSSES = {*MISSED, *WAYS, *LOST} - {"sending"}


def emptied(folder: Path) -> duckdb.Connection:
    """Return all tables of a lake, empty, as tables that rows may be put into."""
    connection = duckdb.connect(create_lake(folder / "lake"))
    # A second thread has nothing to do where all tables are this small, and costs a tenth.
    connection.execute("set threads = 1")
    for name in TABLES:
        connection.execute(f'create table "{name}_kept" as from "{name}"')
        connection.execute(f'create or replace view "{name}" as from "{name}_kept"')
    run_stages(connection, STAGES, VALUES | {"run_id": "none"}, of_few=True)
    _forget_macros(connection)
    return connection


def _forget_macros(connection: duckdb.Connection) -> None:
    for name, kind in connection.execute(MACROS).fetchall():
        connection.execute(f"drop {kind} {name}")


@contextmanager
def holding(
    memory: duckdb.Connection,
    folder: Path,
    records: Sequence[Record],
    *snapshots: Snapshot,
    counters: Sequence[Record] = (),
) -> Iterator[duckdb.Connection]:
    """Put records and snapshots in, and take all away again at the end.

    `counters` are records of a transit gateway.
    """
    memory.begin()
    try:
        _put(memory, "flows", pl.DataFrame(_numbered(records), infer_schema_length=None))
        _put(memory, "ledger", pl.DataFrame(_told_in(records)))
        _put(memory, "transit_gateway_flows", pl.DataFrame(counters, infer_schema_length=None))
        for name, rows in _inventory(folder, snapshots).items():
            _put(memory, name, rows)
        yield memory
    finally:
        memory.rollback()


@contextmanager
def standing(
    memory: duckdb.Connection, folder: Path, *snapshots: Snapshot
) -> Iterator[duckdb.Connection]:
    """Put snapshots in for what has transactions of its own, and take them away again."""
    kept = _inventory(folder, snapshots)
    try:
        for name, rows in kept.items():
            _put(memory, name, rows)
        run_stages(memory, TIMES, {}, of_few=True)
        yield memory
    finally:
        _forget_macros(memory)
        for name in kept:
            memory.execute(f'delete from "{name}_kept"')


def answered(memory: duckdb.Connection, stages: Sequence[str], query: str) -> list[dict[str, Any]]:
    run_stages(memory, stages, VALUES | {"run_id": "run"}, of_few=True)
    return duckdb.select(memory, query).to_pylist()


def judged(
    memory: duckdb.Connection, folder: Path, records: Sequence[Record], *snapshots: Snapshot
) -> list[dict[str, Any]]:
    """Return the verdicts in the order of the records, whose first is line 2."""
    values = VALUES | {"run_id": "run"}
    with holding(memory, folder, records, *snapshots):
        run_stages(memory, asking(records), values, of_few=True)
        decisions, judgements = (queries.text("attribution", name) for name in WRITTEN.values())
        memory.execute(f"insert into decisions_kept by name {decisions}")
        for (day,) in memory.execute("select day from days").fetchall():
            bound = queries.bound(judgements, values | {"day": day})
            memory.execute(f"insert into judgements_kept by name {judgements}", bound)
        return duckdb.select(memory, "from verdicts order by line_number").to_pylist()


def asking(records: Sequence[Record]) -> list[str]:
    """Return the stages that these records ask: without accepted ones nothing was lost."""
    lost = any(one.get("action") == "ACCEPT" for one in records)
    return [stage for stage in STAGES if lost or stage not in OF_LOSSES]


def _numbered(records: Sequence[Record]) -> list[Record]:
    given = {"object_id": "log", "log_status": "OK", "packets": 1, "bytes": 40}
    return [
        {name: value for name, value in (given | one).items() if name != "log_version"}
        | {"line_number": number + 2}
        for number, one in enumerate(records)
    ]


def _told_in(records: Sequence[Record]) -> list[Record]:
    """The object that the records are of, where its format is of the version that tells reasons."""
    tells = {one.get("log_version", 5) >= 8 for one in records} == {True}
    return [{"object_id": "log", "log_format": "${reject-reason}"}] if tells else []


def _inventory(folder: Path, snapshots: Sequence[Snapshot]) -> dict[str, pl.DataFrame]:
    """Fold the snapshots as the product does, each network once for all who judge in it."""
    told = repr(snapshots)
    if told not in FOLDED:
        while len(FOLDED) >= KEPT:
            del FOLDED[next(iter(FOLDED))]
        FOLDED[told] = _folded(folder, snapshots)
    return FOLDED[told]


def _folded(folder: Path, snapshots: Sequence[Snapshot]) -> dict[str, pl.DataFrame]:
    kept = {name: table.schema().to_frame() for name, table in TABLES.items()}
    known = kept[OBSERVATIONS.name]
    for number, snapshot in enumerate(snapshots):
        (place,) = write_dump([snapshot], folder / str(number))
        loaded = observe(place, snapshot.instant)
        new = loaded.observations.with_columns(run_id=pl.lit(f"run-{number}"))
        if not _stays(snapshots[: number + 1]):
            seen = folded(loaded.tables, new, known, kept.__getitem__)
            kept |= {name: rows for name, _, rows in seen}
        known = pl.concat([known, new.select(known.columns)])
    return {name: rows for name, rows in (kept | {OBSERVATIONS.name: known}).items() if rows.height}


def _stays(snapshots: Sequence[Snapshot]) -> bool:
    """Tell whether the last of them, and the latest, says what the one before it did.

    Then every row stays as it is, and to fold it again, as most tests would, takes a third of them.
    """
    *earlier, last = snapshots
    return (
        bool(earlier)
        and last.answers == earlier[-1].answers
        and last.instant > max(one.instant for one in earlier) == earlier[-1].instant
    )


def _put(memory: duckdb.Connection, name: str, rows: pl.DataFrame) -> None:
    if rows.height:
        memory.register("rows_to_put", rows.to_arrow())
        memory.execute(f'insert into "{name}_kept" by name from rows_to_put')
        memory.unregister("rows_to_put")
