"""One batch: objects fetched, decoded together, written and committed with the ledger."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from pipeline.ingest.summary import Summary
from pipeline.lake import ledger
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import writing
from pipeline.lake.tables import COUNTS, LEDGER
from pipeline.records.compression import plain
from pipeline.records.content import Content
from pipeline.records.decode import decode, weigh
from pipeline.records.decoded import Decoded
from pipeline.records.layout import Layout
from pipeline.sources.objects import SourceObject, object_id

# One object's text at most: a guard against gzip bombs, far above AWS's 75 MB of gzip an object.
OBJECT_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Fetched:
    """An object's unpacked bytes and what its rows will take in memory, or why it has none."""

    found: SourceObject
    object_id: str
    sha256: str | None
    data: bytes = b""
    weight: int = 0
    error: str | None = None


def fetch(found: SourceObject) -> Fetched:
    """Read and unpack one object; what cannot be read comes back with its error."""
    try:
        stored = found.read()
    except OSError as error:
        identity = object_id(found.identity or f"unread:{found.uri}")
        return Fetched(found, identity, None, error=f"cannot be read: {error.strerror or error}")
    sha256 = hashlib.sha256(stored).hexdigest()
    identity = object_id(found.identity or f"sha256:{sha256}")
    try:
        data = plain(stored, OBJECT_BYTES)
        return Fetched(found, identity, sha256, data, weigh(data, OBJECT_BYTES))
    except ValueError as error:
        return Fetched(found, identity, sha256, error=str(error))


def commit(
    lake: Lake,
    fetched: list[Fetched],
    declared: Sequence[Layout],
    run_id: str,
    summary: Summary,
    now: datetime,
) -> None:
    """Decode a batch and commit it, ledger last; count it in the summary.

    Under the lock the ledger is read again: what another run committed meanwhile is left out.
    """
    contents = [Content(f.object_id, f.data, f.found.name_time()) for f in fetched if not f.error]
    decoded = decode(contents, now, declared)
    with writing(lake, "ledger") as batch:
        theirs = ledger.ingested(lake)
        mine = [f for f in fetched if f.object_id not in theirs]
        rows = _ledger_rows(mine, decoded, run_id, now)
        good = rows.filter(status="ingested")["object_id"]
        for table in ("flows", "transit_gateway_flows"):
            frames = [_only(frame, good) for name, frame in decoded.frames if name == table]
            batch.append(table, *frames)
        batch.append("rejected_lines", _only(decoded.rejected, good))
        batch.commit(rows)
    summary.already += [f.found.uri for f in fetched if f.object_id in theirs]
    summary.unknown_fields |= decoded.unknown_fields
    _count(summary, rows, _only(decoded.rejected, good))


def _only(frame: pl.DataFrame, object_ids: pl.Series) -> pl.DataFrame:
    return frame.filter(pl.col("object_id").is_in(object_ids.implode()))


def _ledger_rows(
    fetched: list[Fetched], decoded: Decoded, run_id: str, now: datetime
) -> pl.DataFrame:
    rows = [_ledger_row(f, decoded) | {"run_id": run_id, "ingested_at": now} for f in fetched]
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
        "size": found.size,
        "sha256": fetched.sha256,
        "kind": None if reason else decoded.kinds[fetched.object_id],
        "log_format": decoded.layouts.get(fetched.object_id),
        "status": "failed" if reason else "ingested",
        "reason": reason,
    }
    if reason or counts is None:
        return row
    return row | {name: getattr(counts, name) for name in COUNTS}


def _count(summary: Summary, rows: pl.DataFrame, rejected: pl.DataFrame) -> None:
    summary.ingested += rows.filter(status="ingested").height
    failed = rows.filter(status="failed")
    summary.failed += list(failed.select("uri", "reason").iter_rows())
    summary.counts.update({name: int(rows[name].sum()) for name in COUNTS})
    reasons = rejected.group_by("reason").len()
    summary.reasons.update(dict(reasons.iter_rows()))
