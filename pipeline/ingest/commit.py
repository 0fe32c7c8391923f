"""Committing: what was read goes into the lake once, with the ledger that says so."""

import logging
from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from pipeline.ingest.read import Fetched, Read
from pipeline.ingest.repeats import without_repeats
from pipeline.ingest.summary import Summary
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import writing
from pipeline.lake.ledger import Ingested
from pipeline.lake.tables import COUNTS, LEDGER
from pipeline.records.decoded import Decoded

log = logging.getLogger(__name__)


def commit(
    lake: Lake, reads: list[Read], known: Ingested, run_id: str, summary: Summary, now: datetime
) -> None:
    """Commit what was read, ledger last, and count it in the summary.

    Under the lock the ledger is read on: what another run committed meanwhile is left out, and so
    are the events of a log group that the lake has from an earlier read.
    """
    with writing(lake, "ledger") as batch:
        known.read_on(lake)
        here: set[str] = set()
        new = [_keep(read, known.ids, here, summary) for read in reads]
        kept = without_repeats(lake, new, summary)
        frames = [frame for read in kept for frame in read.decoded.frames]
        for table in ("flows", "transit_gateway_flows"):
            batch.append(table, *(frame for name, frame in frames if name == table))
        batch.append("rejected_lines", *(read.decoded.rejected for read in kept))
        rows = pl.concat(_ledger_rows(read, run_id, now) for read in kept)
        if rows.height:
            batch.commit(rows)
    _count(summary, rows, kept)
    told = {"batch": batch.batch_id, "objects": rows.height, "flows": int(rows["flows"].sum())}
    log.info("committed", extra={"told": told})


def _keep(read: Read, there: Set[str], here: set[str], summary: Summary) -> Read:
    """Leave out the objects that are there already, and those of the same content as another."""
    ids = {one.object_id for one in read.fetched}
    before = {one for one in ids if one in there or one in here}
    mine: dict[str, Fetched] = {}
    for one in read.fetched:
        if one.object_id in before or one.object_id in mine:
            summary.already.append(one.found.uri)
        else:
            mine[one.object_id] = one
    here |= mine.keys()
    summary.found += len(read.rests())
    summary.empty += len(read.asked) - len(read.fetched)
    return replace(read, fetched=list(mine.values()), decoded=read.decoded.without(before))


def _ledger_rows(read: Read, run_id: str, now: datetime) -> pl.DataFrame:
    stamp = {"run_id": run_id, "ingested_at": now}
    rows = [_ledger_row(one, read.decoded) | stamp for one in read.fetched]
    return pl.DataFrame(rows, schema=LEDGER.schema())


def _ledger_row(fetched: Fetched, decoded: Decoded) -> dict[str, Any]:
    found = fetched.found
    reason = fetched.error or decoded.failed.get(fetched.object_id)
    counts = decoded.counts.get(fetched.object_id)
    row = {
        "object_id": fetched.object_id,
        "source": found.source,
        "uri": found.uri,
        "etag": found.etag,
        "version_id": found.version_id,
        "size": fetched.size,
        "sha256": fetched.sha256,
        "kind": None if reason else decoded.kinds[fetched.object_id],
        "log_format": decoded.layouts.get(fetched.object_id),
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
    summary.unread += sum(one.sha256 is None for read in kept for one in read.fetched)
    summary.counts.update({name: int(rows[name].sum()) for name in COUNTS})
    for read in kept:
        summary.count(read.decoded)
