"""Committing: what was read goes into the lake once, with the ledger that says so."""

import logging
from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from pipeline.ingest import doubles
from pipeline.ingest.read import Read
from pipeline.ingest.repeats import without_repeats
from pipeline.ingest.summary import Summary
from pipeline.ingest.unpack import Unpacked
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import writing
from pipeline.lake.ledger import Ingested
from pipeline.lake.staging import Stage
from pipeline.lake.tables import COUNTS, LEDGER
from pipeline.records.decoded import Decoded
from pipeline.sources.objects import object_id

log = logging.getLogger(__name__)


def commit(
    lake: Lake,
    stage: Stage,
    reads: list[Read],
    known: Ingested,
    run_id: str,
    summary: Summary,
    now: datetime,
) -> None:
    """Commit what was read, ledger last, and count it in the summary.

    Under the lock the ledger is read on: what another run committed meanwhile is left out, and so
    are the events of a log group that the lake has from an earlier read. Raises BadInput where an
    export has events that came by another way meanwhile.
    """
    with writing(lake, "ledger") as batch:
        known.read_on(lake)
        objects = [one for read in reads for one in read.objects]
        old = known.ids.intersection(one.object_id for one in objects)
        old |= doubles.overtaken(lake, objects)
        new = [_new(read, old, stage, summary) for read in reads]
        kept = without_repeats(lake, stage, new, summary)
        rows = pl.concat(_ledger_rows(read, run_id, now) for read in kept)
        rows = pl.concat([rows, _settled(kept, rows, run_id, now)])
        batch.register(stage, [one for read in kept for one in read.files])
        batch.append("rejected_lines", pl.concat(read.decoded.rejected for read in kept))
        if rows.height:
            batch.commit(rows)
    _count(summary, rows, kept)
    told = {"batch": batch.batch_id, "objects": rows.height, "flows": int(rows["flows"].sum())}
    log.info("committed", extra={"told": told})


def _new(read: Read, there: Set[str], stage: Stage, summary: Summary) -> Read:
    """Leave out what the lake has got since it was read."""
    old = [one for one in read.objects if one.object_id in there]
    summary.already += [one.uri for one in (*read.again, *(one.found for one in old))]
    summary.found += len(read.rests)
    summary.empty += len(read.asked) - len(read.objects) - len(read.again)
    if not old:
        return read
    others = ~pl.col("object_id").is_in([one.object_id for one in old])
    left = [one for one in read.objects if one.object_id not in there]
    return replace(read.thinned(stage, lambda rows: rows.filter(others)), objects=left)


def _ledger_rows(read: Read, run_id: str, now: datetime) -> pl.DataFrame:
    stamp = {"run_id": run_id, "ingested_at": now}
    rows = [_ledger_row(one, read.decoded) | stamp for one in read.objects]
    return pl.DataFrame(rows, schema=LEDGER.schema())


def _settled(reads: list[Read], rows: pl.DataFrame, run_id: str, now: datetime) -> pl.DataFrame:
    """Return rows for what failed before and has nothing that the lake lacks, so none of its own.

    Without them it would be asked for again for ever.
    """
    there = set(rows["uri"])
    settled = [
        {
            "object_id": object_id(f"unread:{one.uri}"),
            "source": one.source,
            "uri": one.uri,
            "status": "settled",
            "run_id": run_id,
            "ingested_at": now,
        }
        for read in reads
        for one in read.asked
        if one.retried and one.uri not in there
    ]
    return pl.DataFrame(settled, schema=LEDGER.schema())


def _ledger_row(one: Unpacked, decoded: Decoded) -> dict[str, Any]:
    found = one.found
    reason = one.error or decoded.failed.get(one.object_id)
    counts = decoded.counts.get(one.object_id)
    row = {
        "object_id": one.object_id,
        "source": found.source,
        "uri": found.uri,
        "etag": found.etag,
        "version_id": one.version_id,
        "size": one.size,
        "sha256": one.sha256,
        "kind": None if reason else decoded.kinds[one.object_id],
        "log_format": decoded.layouts.get(one.object_id),
        "status": "failed" if reason else "ingested",
        "reason": reason,
    }
    if reason or counts is None:
        return row
    return row | {name: getattr(counts, name) for name in COUNTS}


def _count(summary: Summary, rows: pl.DataFrame, kept: list[Read]) -> None:
    summary.ingested += rows.filter(status="ingested").height
    failed = list(rows.filter(status="failed").select("uri", "reason").iter_rows())
    summary.failed += failed
    for uri, reason in failed:
        log.info("object failed", extra={"told": {"uri": uri, "reason": reason}})
    summary.counts.update({name: int(rows[name].sum()) for name in COUNTS})
    # Of what was left out as known the format is not told.
    summary.formats.update(rows.filter(status="ingested")["log_format"].drop_nulls())
    for read in kept:
        summary.count(read.decoded, read.tallies)
