"""What can be said of the lake itself: what it holds, what is due, and whether all is there."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.engines import duckdb, queries
from pipeline.lake.catalog import Lake
from pipeline.lake.extent import due, extents
from pipeline.lake.soundness import examine

Rows = list[dict[str, Any]]


def status(lake: Lake, cutoff: datetime) -> dict[str, Rows]:
    """Return what the lake holds, how its objects fared, the last runs and what is due.

    `cutoff` is expire's: what was replaced before then is due to go.
    """
    with duckdb.connect(lake) as connection:
        asked = {
            name: duckdb.select(connection, queries.text("status", name)).to_pylist()
            for name in queries.names("status")
        }
    return {
        "tables": [asdict(extent) for extent in extents(lake)],
        **asked,
        "due": [asdict(one) for one in due(lake, cutoff)],
    }


def verify(lake: Lake) -> Rows:
    """Check the lake and return the findings, a row each: check, object_id, uri and finding.

    Damaged files come first; the queries of queries/checks then ask what is left, so that the
    objects whose rows are lost are named; last come the files that were ingested and are still
    there.
    """
    damage, sound = examine(lake)
    findings = [_finding("files", f"{one.table} {one.finding}", uri=one.path) for one in damage]
    with duckdb.connect(lake, sound) as connection:
        for name in queries.names("checks"):
            rows = duckdb.select(connection, queries.text("checks", name)).to_pylist()
            findings += [_finding(name, **row) for row in rows]
        read = duckdb.select(
            connection,
            "select uri, sha256, object_id from ledger "
            "where source = 'files' and status = 'ingested' order by ingested_at, object_id",
        ).to_pylist()
    return findings + list(_changed(read))


def _finding(
    check: str, finding: str, object_id: str | None = None, uri: str | None = None
) -> dict[str, Any]:
    return {"check": check, "object_id": object_id, "uri": uri, "finding": finding}


def _changed(read: Rows) -> Iterator[dict[str, Any]]:
    """Yield the files that hold other bytes than any that were ingested from them."""
    digests: dict[str, dict[str, str]] = defaultdict(dict)
    for row in read:
        digests[row["uri"]][row["sha256"]] = row["object_id"]
    for uri, known in digests.items():
        now = _digest(Path(uri))
        if now is not None and now not in known:
            newest = list(known.values())[-1]
            said = "changed since; its old rows stay where it is ingested again"
            yield _finding("sources", said, newest, uri)


def _digest(path: Path) -> str | None:
    """Return the SHA-256 of a file; None where it is gone or may not be read."""
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
