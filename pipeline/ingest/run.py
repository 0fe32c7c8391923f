"""A run: objects in, batches committed, a summary out."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar

from pipeline.ingest.commit import commit
from pipeline.ingest.read import Read, read
from pipeline.ingest.summary import Summary
from pipeline.lake import ledger
from pipeline.lake.catalog import Lake
from pipeline.records.layout import Layout
from pipeline.sources.objects import SourceObject

# Stored bytes that a thread reads and decodes together: large enough for one columnar read of many
# small objects to pay, small enough for the memory of a run.
CHUNK_BYTES = 4 * 1024 * 1024
# Bytes of rows that are held for a commit: what bounds the memory of a run with its chunks.
BATCH_BYTES = 128 * 1024 * 1024
READERS = 2

Thing = TypeVar("Thing")


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
    reads = _read(objects, lambda chunk: read(chunk, known, declared, datetime.now(UTC)), progress)
    for batch in _batches(reads):
        commit(lake, batch, run_id, summary, datetime.now(UTC))
    return summary


def _read(
    objects: Iterable[SourceObject],
    work: Callable[[list[SourceObject]], Read],
    progress: Callable[[int], None],
) -> Iterator[Read]:
    """Read objects chunk by chunk in threads, a chunk for each and one ahead; yield in order."""
    ahead: deque[Future[Read]] = deque()
    with ThreadPoolExecutor(READERS) as pool:
        try:
            for chunk in _chunks(objects):
                ahead.append(pool.submit(work, chunk))
                if len(ahead) > READERS:
                    yield _done(ahead.popleft().result(), progress)
            while ahead:
                yield _done(ahead.popleft().result(), progress)
        finally:
            pool.shutdown(cancel_futures=True)


def _done(done: Read, progress: Callable[[int], None]) -> Read:
    progress(sum(one.found.size for one in done.fetched))
    return done


def _chunks(objects: Iterable[SourceObject]) -> Iterator[list[SourceObject]]:
    yield from _grouped(objects, lambda found: found.size, CHUNK_BYTES)


def _batches(reads: Iterable[Read]) -> Iterator[list[Read]]:
    yield from _grouped(reads, Read.weight, BATCH_BYTES)


def _grouped(
    things: Iterable[Thing], size: Callable[[Thing], int], most: int
) -> Iterator[list[Thing]]:
    """Group things in their order until their sizes add up to `most`."""
    held: list[Thing] = []
    total = 0
    for thing in things:
        held.append(thing)
        total += size(thing)
        if total >= most:
            yield held
            held, total = [], 0
    if held:
        yield held
