"""A run: objects in, batches committed, a summary out."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from pipeline.errors import SourceProblem
from pipeline.ingest.commit import commit
from pipeline.ingest.read import Read, read
from pipeline.ingest.summary import Summary
from pipeline.lake import ledger
from pipeline.lake.catalog import Lake
from pipeline.records.layout import Layout
from pipeline.sources.objects import SourceObject, object_id

# Stored bytes that a thread reads and decodes together: large enough for one columnar read of many
# small objects to pay, small enough for the memory of a run.
CHUNK_BYTES = 4 * 1024 * 1024
# Bytes of text whose rows are held for a commit: what bounds the memory of a run with its chunks.
BATCH_BYTES = 64 * 1024 * 1024
READERS = 2
# Stored bytes that are read ahead at most, or a single object: unpacked and decoded they take some
# twenty times as much.
AHEAD_BYTES = 32 * 1024 * 1024
# Requests under way at once: what hides a network's latency.
FETCHERS = 32
# What is read is committed at least this often, so that a run that is stopped keeps it.
COMMIT_SECONDS = 30.0

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
    that can, is recorded as failed and the others go on; where all others would fail too, what was
    read is kept and the summary says what stopped the run.
    """
    summary = Summary(found=len(objects))
    known = ledger.ingested(lake)
    new = _unknown(objects, known, summary, progress)
    with ThreadPoolExecutor(FETCHERS) as fetchers:
        work = partial(_work, known=known, declared=declared, fetchers=fetchers)
        for batch in _batches(_until_stopped(_read(new, work, progress), summary)):
            commit(lake, batch, run_id, summary, datetime.now(UTC))
    return summary


def _unknown(
    objects: Iterable[SourceObject],
    known: Set[str],
    summary: Summary,
    progress: Callable[[int], None],
) -> Iterator[SourceObject]:
    """Yield the objects of which not even the name is known; the others need no reading."""
    for one in objects:
        if one.identity is not None and object_id(one.identity) in known:
            summary.already.append(one.uri)
            progress(one.size)
        else:
            yield one


def _work(
    chunk: list[SourceObject], known: Set[str], declared: Sequence[Layout], fetchers: Executor
) -> Read:
    return read(chunk, known, declared, datetime.now(UTC), fetchers)


def _until_stopped(reads: Iterable[Read], summary: Summary) -> Iterator[Read]:
    """Yield reads until one meets what would befall all others, and keep that for the end."""
    try:
        yield from reads
    except SourceProblem as problem:
        summary.stopped = problem


def _read(
    objects: Iterable[SourceObject],
    work: Callable[[list[SourceObject]], Read],
    progress: Callable[[int], None],
) -> Iterator[Read]:
    """Read objects chunk by chunk in threads, a chunk for each and one ahead; yield in order."""
    ahead: deque[tuple[int, Future[Read]]] = deque()
    with ThreadPoolExecutor(READERS) as pool:
        try:
            for chunk in _chunks(objects):
                ahead.append((sum(one.size for one in chunk), pool.submit(work, chunk)))
                if len(ahead) > READERS or sum(size for size, _ in ahead) >= AHEAD_BYTES:
                    yield _done(ahead.popleft()[1].result(), progress)
            while ahead:
                yield _done(ahead.popleft()[1].result(), progress)
        finally:
            pool.shutdown(cancel_futures=True)


def _done(done: Read, progress: Callable[[int], None]) -> Read:
    progress(sum(one.found.size for one in done.fetched))
    return done


def _chunks(objects: Iterable[SourceObject]) -> Iterator[list[SourceObject]]:
    yield from _grouped(objects, lambda found: found.size, CHUNK_BYTES, math.inf)


def _batches(reads: Iterable[Read]) -> Iterator[list[Read]]:
    yield from _grouped(reads, Read.weight, BATCH_BYTES, COMMIT_SECONDS)


def _grouped(
    things: Iterable[Thing], size: Callable[[Thing], int], most: int, seconds: float
) -> Iterator[list[Thing]]:
    """Group things in their order until their sizes add up to `most`, or for so many seconds."""
    held: list[Thing] = []
    total, begun = 0, time.monotonic()
    for thing in things:
        held.append(thing)
        total += size(thing)
        if total >= most or time.monotonic() - begun >= seconds:
            yield held
            held, total, begun = [], 0, time.monotonic()
    if held:
        yield held
