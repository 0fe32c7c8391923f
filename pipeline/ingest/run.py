"""A run: objects in, batches committed, a summary out."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
# Stored bytes and objects read before they are asked for; most logs unpack to ten times as much.
AHEAD_BYTES = 8 * 1024 * 1024
AHEAD_OBJECTS = 64
READERS = 2


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
    """Hand on what is read, in its order, save what the ledger or this run has already."""
    for fetched in _read_ahead(objects):
        if fetched.object_id in known:
            summary.already.append(fetched.found.uri)
        else:
            known.add(fetched.object_id)
            yield fetched
        progress(fetched.found.size)


def _read_ahead(objects: Iterable[SourceObject]) -> Iterator[Fetched]:
    """Read and unpack objects in threads, as far ahead of their use as the bounds allow."""
    ahead: deque[tuple[int, Future[Fetched]]] = deque()
    size = 0
    with ThreadPoolExecutor(READERS) as pool:
        try:
            for found in objects:
                ahead.append((found.size, pool.submit(batch.fetch, found)))
                size += found.size
                while len(ahead) > AHEAD_OBJECTS or (size > AHEAD_BYTES and len(ahead) > 1):
                    done, future = ahead.popleft()
                    size -= done
                    yield future.result()
            for _, future in ahead:
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


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
