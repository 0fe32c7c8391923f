"""Judging: the stages of queries/attribution run in order, and their verdicts committed.

Each stage is one SELECT and becomes a temporary table under its file's name, which the later
stages read. Records are reduced to distinct keys before anything is kept of them, so the cost grows
with those; at the end the records are read again, and each day's judgements written as they come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

import polars as pl

from pipeline.attribution.stages import HASHED, MACROS, SCANS, STAGES, WRITTEN
from pipeline.engines import duckdb, queries
from pipeline.errors import LakeProblem
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import writing
from pipeline.lake.staging import Stage, Staged, staging


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run of judging did.

    `records` are the refused records of the window, `lost` its silent losses; `written` is how many
    of both are judged anew, and `replaced` how many of these in place of an earlier verdict.
    """

    records: int
    lost: int
    written: int
    replaced: int


def judge(
    lake: Lake, since: datetime | None, until: datetime | None, now: datetime, run_id: str
) -> Judged:
    """Judge every REJECT record that starts in [since, until), and every silent loss.

    What is new or changed is written.

    A record keeps its judgement while the same snapshots give the same answer.
    """
    values = {"since": since, "until": until, "judged_at": now, "run_id": run_id}
    with (
        writing(lake, "judgements") as batch,
        staging(lake, "decisions") as stage,
        duckdb.connect(lake, names=_read()) as connection,
        duckdb.spilling(connection),
    ):
        run_stages(connection, STAGES, values)
        days = _rows(connection, "days")
        files = [_of_day(connection, stage, values | day) for day in days.iter_rows(named=True)]
        written = [file for file, rows in files if rows]
        if written:
            decided, rows = _laid_down(connection, stage, "decisions", values)
            batch.register(stage, [decided] if rows else [])
            batch.commit_files(stage, written)
        replaced = sum(one.rows(["replaced_because"]).to_series().count() for one in written)
    refused, lost = (int(days[name].sum()) for name in ("records", "lost"))
    return Judged(refused, lost, sum(rows for _, rows in files), replaced)


def _read() -> set[str]:
    """Return the names of what the stages may read."""
    texts = (queries.text("attribution", name) for name in (*STAGES, *WRITTEN.values()))
    return queries.read_by(*texts)


def _of_day(
    connection: duckdb.Connection, stage: Stage, values: Mapping[str, Any]
) -> tuple[Staged, int]:
    """Lay down one day's new judgements; outside of the day nothing need be read."""
    if (day := values["day"]) is not None:
        begin = datetime.combine(day, time(), UTC)
        since, until = values["since"] or begin, values["until"] or begin + timedelta(days=1)
        narrowed = {"since": max(since, begin), "until": min(until, begin + timedelta(days=1))}
        values = dict(values) | narrowed
    return _laid_down(connection, stage, "judgements", values)


def _laid_down(
    connection: duckdb.Connection, stage: Stage, table: str, values: Mapping[str, object]
) -> tuple[Staged, int]:
    """Write the new rows of a table to a file; return it, and how many they are."""
    file = stage.place(table)
    sql = queries.text("attribution", WRITTEN[table])
    bound = queries.bound(sql, values)
    return file, duckdb.write(connection, sql, bound, file.path, stage.targets[table].schema())


def _rows(connection: duckdb.Connection, stage: str) -> pl.DataFrame:
    return pl.DataFrame(duckdb.select(connection, f"from {stage}"))


def check_hashes(connection: duckdb.Connection, stage: str) -> None:
    """Refuse to judge where two texts or keys have one hash: a record could get the other's answer.

    That happens once in millions of runs, if ever. Raises LakeProblem.
    """
    rows, hashes = connection.execute(
        f"select count(*), count(distinct {HASHED[stage]}) from {stage}"
    ).fetchall()[0]
    if rows != hashes:
        raise LakeProblem(
            "two different records cannot be told apart by their hash: judge a part of the time "
            "at once, with --since and --until"
        )


def run_stages(
    connection: duckdb.Connection,
    stages: Iterable[str],
    values: Mapping[str, object],
    *,
    of_few: bool = False,
    instead: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Run stages of queries/attribution in their order; `values` are those that they name.

    They are planned for many rows, or `of_few`; `instead` names what is to be run for some stages.
    """
    for stage in stages:
        sql = queries.text("attribution", instead.get(stage, stage))
        made = sql if stage in MACROS else f"create or replace temp table {stage} as {sql}"
        without = duckdb.OF_FEW if of_few else duckdb.AS_WRITTEN if stage in SCANS else ()
        duckdb.run(connection, made, queries.bound(sql, values), without)
        if stage in HASHED and stage not in instead:
            check_hashes(connection, stage)
