"""A run: objects in, batches committed, a summary out."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Set
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from pipeline.errors import SourceProblem
from pipeline.ingest.commit import commit
from pipeline.ingest.read import Read, Terms, read
from pipeline.ingest.summary import Summary
from pipeline.lake import ledger
from pipeline.lake.catalog import Lake
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
    terms: Terms,
    run_id: str,
    summary: Summary,
    progress: Callable[[Summary], None] = lambda summary: None,
) -> None:
    """Ingest what the ledger does not hold yet, and count it in the summary.

    `progress` is called with the summary whenever some objects are done with. An object that cannot
    be read, or holds nothing that can, is recorded as failed and the others go on. Raises
    SourceProblem where all others would fail too; what was read before is committed first.
    """
    summary.found += len(objects)
    summary.size += sum(one.size for one in objects)
    known = ledger.ingested(lake)
    stopped: list[SourceProblem] = []
    with ThreadPoolExecutor(FETCHERS) as fetchers:
        work = partial(_work, known=known.ids, terms=terms, fetchers=fetchers)
        new = _unknown(objects, known.ids, summary)
        reads = _counted(_read(new, work), summary, progress)
        for batch in _batches(_until_stopped(reads, stopped)):
            commit(lake, batch, known, run_id, summary, datetime.now(UTC))
    progress(summary)
    if stopped:
        raise stopped[0]


def _unknown(
    objects: Iterable[SourceObject], known: Set[str], summary: Summary
) -> Iterator[SourceObject]:
    """Yield the objects of which not even the name is known; the others need no reading."""
    for one in objects:
        if one.identity is not None and object_id(one.identity) in known:
            summary.already.append(one.uri)
            summary.seen += 1
            summary.seen_size += one.size
        else:
            yield one


def _work(chunk: list[SourceObject], known: Set[str], terms: Terms, fetchers: Executor) -> Read:
    return read(chunk, known, terms, datetime.now(UTC), fetchers)


def _until_stopped(reads: Iterable[Read], stopped: list[SourceProblem]) -> Iterator[Read]:
    """Yield reads until one meets what would befall all others, and keep that for the end."""
    try:
        yield from reads
    except SourceProblem as problem:
        stopped.append(problem)


def _counted(
    reads: Iterable[Read], summary: Summary, progress: Callable[[Summary], None]
) -> Iterator[Read]:
    """Count reads as they are done with, and tell of the progress."""
    for done in reads:
        summary.seen += len(done.asked)
        summary.seen_size += sum(one.size for one in done.asked)
        summary.seen_flows += sum(counts.flows for counts in done.decoded.counts.values())
        progress(summary)
        yield done


def _read(
    objects: Iterable[SourceObject], work: Callable[[list[SourceObject]], Read]
) -> Iterator[Read]:
    """Read objects in threads and yield them in order; the rest of a large one when all began."""
    with ThreadPoolExecutor(READERS) as pool:
        try:
            while objects:
                rests: list[SourceObject] = []
                for done in _ahead(_chunks(objects), pool, work):
                    rests += done.rests()
                    yield done
                objects = rests
        finally:
            pool.shutdown(cancel_futures=True)


def _ahead(
    chunks: Iterable[list[SourceObject]],
    pool: Executor,
    work: Callable[[list[SourceObject]], Read],
) -> Iterator[Read]:
    """Let each thread read a chunk, and have one ahead if it is no large one."""
    ahead: deque[tuple[int, Future[Read]]] = deque()
    for chunk in chunks:
        ahead.append((sum(one.size for one in chunk), pool.submit(work, chunk)))
        if len(ahead) > READERS or sum(size for size, _ in ahead) >= AHEAD_BYTES:
            yield ahead.popleft()[1].result()
    while ahead:
        yield ahead.popleft()[1].result()


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
