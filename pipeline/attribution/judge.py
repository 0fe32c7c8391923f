"""Judging: the stages of queries/attribution run in order, and their verdicts committed.

Each stage is one SELECT and becomes a temporary table under its file's name, which the later
stages read. Records are reduced to distinct questions early, so the cost grows with those.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipeline.engines import duckdb, queries
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import writing

STAGES = (
    "scopes",
    "epochs",
    "known_interfaces",
    "slots",
    "hours",
    "telling_objects",
    "doubted",
    "earlier_flows",
    "evidence",
    "texts",
    "rejects",
    "keys",
    "tuples",
    "networks",
    "cases",
    "directions",
    "asked",
    "moments",
    "interfaces_at",
    "carried_groups",
    "private_peers",
    "peerings_at",
    "prefix_lists_at",
    "addresses_at",
    "members_at",
    "group_rules",
    "allowances",
    "routes_at",
    "vpc_blocks_at",
    "public_access_at",
    "next_hops",
    "peers",
    "phases",
    "questions",
    "same_subnet",
    "group_answers",
    "acl_entries_at",
    "acl_answers",
    "decision_table",
    "decided_rows",
    "answers",
    "notes",
    "near_groups",
    "near_entries",
    "case_questions",
    "decisions_made",
    "key_decisions",
    "new_decisions",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run of judging did: records in the window, and records by cause now judged anew."""

    records: int
    written: int
    replaced: int


def judge(
    lake: Lake, since: datetime | None, until: datetime | None, now: datetime, run_id: str
) -> Judged:
    """Judge every REJECT record that starts in [since, until) and write what is new or changed.

    A record keeps its judgement while the same snapshots give the same answer.
    """
    values = {"since": since, "until": until, "judged_at": now, "run_id": run_id}
    with writing(lake, "judgements") as batch, duckdb.connect(lake) as connection:
        _run_stages(connection, values)
        judgements = _rows(connection, "new_judgements")
        decisions = _rows(connection, "new_decisions")
        records = connection.table("packets").count("*").fetchall()[0][0]
        if judgements.height:
            batch.append("decisions", decisions)
            batch.commit(judgements)
    replaced = judgements["replaced_because"].count()
    return Judged(records, judgements.height, replaced)


def _rows(connection: duckdb.Connection, stage: str) -> pl.DataFrame:
    return pl.DataFrame(duckdb.select(connection, f"from {stage}"))


def _run_stages(connection: duckdb.Connection, values: Mapping[str, object]) -> None:
    connection.execute(queries.text("attribution", "functions"))
    for stage in STAGES:
        sql = queries.text("attribution", stage)
        connection.execute(f"create temp table {stage} as {sql}", queries.bound(sql, values))
