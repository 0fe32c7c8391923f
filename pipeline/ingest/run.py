"""A run: objects in, batches committed, a summary out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from pipeline.ingest import batch
from pipeline.ingest.batch import Fetched
from pipeline.ingest.summary import Summary
from pipeline.lake import ledger
from pipeline.lake.catalog import Lake
from pipeline.records.layout import Layout
from pipeline.sources.objects import SourceObject

# Bytes held at a time: what bounds the memory of a run, however many its objects.
BATCH_BYTES = 128 * 1024 * 1024


def ingest(
    lake: Lake,
    objects: list[SourceObject],
    declared: Sequence[Layout],
    run_id: str,
    progress: Callable[[int], None] = lambda size: None,
) -> Summary:
    """Ingest what the ledger does not hold yet, and return the summary.

    `declared` are the layouts that lines without a header may have. `progress` is called with the
    stored size of each object once it is done with. An object that cannot be read, or holds nothing
    that can, is recorded as failed and the others go on.
    """
    summary = Summary(found=len(objects))
    known = ledger.ingested(lake)
    for fetched in _batches(_fetch(objects, known, summary, progress)):
        batch.commit(lake, fetched, declared, run_id, summary, datetime.now(UTC))
    return summary


def _fetch(
    objects: Iterable[SourceObject],
    known: set[str],
    summary: Summary,
    progress: Callable[[int], None],
) -> Iterator[Fetched]:
    """Read one object after the other; pass over those that the ledger or this run has."""
    for found in objects:
        fetched = batch.fetch(found)
        if fetched.object_id in known:
            summary.already.append(found.uri)
        else:
            known.add(fetched.object_id)
            yield fetched
        progress(found.size)


def _batches(fetched: Iterable[Fetched]) -> Iterator[list[Fetched]]:
    held: list[Fetched] = []
    size = 0
    for one in fetched:
        held.append(one)
        size += one.weight
        if size >= BATCH_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held
