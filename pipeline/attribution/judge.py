"""Judging: the stages of queries/attribution run in order, and their verdicts committed.

Each stage is one SELECT and becomes a temporary table under its file's name, which the later
stages read. Records are reduced to distinct keys before anything is kept of them, so the cost grows
with those; at the end the records are read again, and each day's judgements written as they come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import polars as pl

from pipeline.attribution.stages import MACROS, SCANS, STAGES
from pipeline.engines import duckdb, queries
from pipeline.errors import LakeProblem
from pipeline.lake import reading
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
        staging(lake) as stage,
        duckdb.connect(lake) as connection,
    ):
        run_stages(connection, STAGES, values)
        days = _rows(connection, "days")
        files = [_laid_down(connection, stage, values | day) for day in days.iter_rows(named=True)]
        written = [file for file, rows in files if rows]
        if written:
            batch.append("decisions", _rows(connection, "new_decisions"))
            batch.commit_files(stage, written)
        replaced = sum(one.rows(["replaced_because"]).to_series().count() for one in written)
    refused, lost = (int(days[name].sum()) for name in ("records", "lost"))
    return Judged(refused, lost, sum(rows for _, rows in files), replaced)


def _laid_down(
    connection: duckdb.Connection, stage: Stage, values: Mapping[str, object]
) -> tuple[Staged, int]:
    """Write one day's new judgements to a file of their own; return it, and how many they are."""
    file = stage.place("judgements")
    columns = reading.columns_of(stage.targets["judgements"].schema())
    sql = queries.text("attribution", "new_judgements")
    return file, duckdb.write(
        connection, sql, queries.bound(sql, _of_day(values)), file.path, columns
    )


def _of_day(values: Mapping[str, Any]) -> dict[str, Any]:
    """Narrow the window to the day, for what lies outside need not be read."""
    day = values["day"]
    if day is None:
        return dict(values)
    begin = datetime.combine(day, time(), UTC)
    since, until = values["since"] or begin, values["until"] or begin + timedelta(days=1)
    narrowed = {"since": max(since, begin), "until": min(until, begin + timedelta(days=1))}
    return dict(values) | narrowed


def _rows(connection: duckdb.Connection, stage: str) -> pl.DataFrame:
    return pl.DataFrame(duckdb.select(connection, f"from {stage}"))


def check_hashes(connection: duckdb.Connection) -> None:
    """Refuse to judge where two texts have one hash, for a record could get the other's answer.

    That happens once in millions of runs, if ever. Raises LakeProblem.
    """
    rows, hashes = connection.execute(
        "select count(*), count(distinct text_hash) from texts"
    ).fetchall()[0]
    if rows != hashes:
        raise LakeProblem(
            "two different records cannot be told apart by their hash: judge a part of the time "
            "at once, with --since and --until"
        )


def run_stages(
    connection: duckdb.Connection, stages: Sequence[str], values: Mapping[str, object]
) -> None:
    """Run stages of queries/attribution in their order; `values` are those that they name."""
    for stage in stages:
        sql = queries.text("attribution", stage)
        made = sql if stage in MACROS else f"create temp table {stage} as {sql}"
        duckdb.join_as_written(connection, stage in SCANS)
        connection.execute(made, queries.bound(sql, values))
        if stage == "texts":
            check_hashes(connection)
