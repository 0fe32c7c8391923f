"""Which versions of a table are kept, so that a commit costs the same after a thousand others.

A version whose successor only appended holds no file that its successor has not: it is let go once
enough newer ones exist. A version that was replaced (by compaction, or by new inventory) holds
files that no later one has, which readers may be reading: it is kept for a day. Here no file is
deleted; that is pipeline/lake/expire.py.
https://iceberg.apache.org/docs/latest/maintenance/
"""

from datetime import UTC, datetime, timedelta

from pyiceberg.table import Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Operation, Snapshot
from pyiceberg.table.update.snapshot import ExpireSnapshots

# A reader loads a table's newest version and plans it at once: not ten commits later.
NEWEST = 10
# How long readers may take over the files that they planned.
READERS = timedelta(days=1)
# https://iceberg.apache.org/docs/latest/configuration/#table-behavior-properties
PROPERTIES = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": str(NEWEST),
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": str(NEWEST),
}


def trim(change: Transaction, metadata: TableMetadata, cutoff: datetime | None = None) -> None:
    """Let go, in a commit in the making, of the versions that were replaced before `cutoff`.

    `metadata` is the table's before the commit. Without a cutoff that is a day ago. Lakes made
    before get the table properties, too.
    """
    missing = dict(PROPERTIES.items() - metadata.properties.items())
    if missing:
        change.set_properties(missing)
    gone = superfluous(metadata, cutoff or datetime.now(UTC) - READERS)
    if gone:
        ExpireSnapshots(change).by_ids(gone).commit()


def superfluous(metadata: TableMetadata, cutoff: datetime) -> list[int]:
    """Return the ids of the versions that nobody can need who began to read after `cutoff`."""
    head = metadata.current_snapshot()
    if head is None:
        return []
    # What is newer than the current version was rolled back: nobody was ever shown it.
    past = sorted((one for one in metadata.snapshots if _number(one) <= _number(head)), key=_number)
    millis = int(cutoff.timestamp() * 1000)
    replacing = [one for one in past if not _appended(one)]
    settled = max((_number(one) for one in replacing if one.timestamp_ms < millis), default=-1)
    living = [one.snapshot_id for one in past if _number(one) >= settled]
    kept: set[int | None] = {head.snapshot_id, *living[-NEWEST:]}
    kept |= {ref.snapshot_id for ref in metadata.refs.values()}
    for one in replacing:
        if one.timestamp_ms >= millis:
            kept |= {one.snapshot_id, one.parent_snapshot_id}
    return [one.snapshot_id for one in metadata.snapshots if one.snapshot_id not in kept]


def _appended(snapshot: Snapshot) -> bool:
    return snapshot.summary is not None and snapshot.summary.operation == Operation.APPEND


def _number(snapshot: Snapshot) -> int:
    return snapshot.sequence_number or 0
