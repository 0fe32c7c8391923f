"""A run: objects in, batches committed, a summary out."""

import math
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from pipeline.errors import SourceProblem
from pipeline.ingest.commit import commit
from pipeline.ingest.fetching import fetching
from pipeline.ingest.groups import grouped
from pipeline.ingest.read import Read, Terms, read
from pipeline.ingest.summary import Summary
from pipeline.lake import ledger
from pipeline.lake.catalog import Lake
from pipeline.lake.staging import Stage, staging
from pipeline.sources.objects import SourceObject, object_id

# Stored bytes that a thread reads and lays down together: enough small objects for a file.
CHUNK_BYTES = 4 * 1024 * 1024
# What an object weighs besides: thousands of empty ones are no single chunk either.
OBJECT_WEIGHT = 1024
READERS = 2
# Stored bytes that are read or waiting at once at most, or a single object: two of the largest that
# AWS writes, which are 75 MB, and the next one on its way.
AHEAD_BYTES = 192 * 1024 * 1024
# What is read is committed at least this often, so that a run that is stopped keeps it: after so
# many rows, so many bytes of rejected lines (which are held in memory), or so long a time.
COMMIT_ROWS = 10_000_000
COMMIT_REJECTED = 64 * 1024 * 1024
COMMIT_SECONDS = 30.0


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
    summary.guessed += sum(one.guessed for one in objects)
    progress(summary)
    known = ledger.ingested(lake)
    stopped: list[SourceProblem] = []
    new = _unknown(objects, known.ids, summary)
    with staging(lake) as stage, closing(_read(new, known.ids, terms, stage)) as reads:
        counted = _counted(_until_stopped(reads, stopped), summary, progress)
        for batch in grouped(counted, _share, 1.0, COMMIT_SECONDS):
            commit(lake, stage, batch, known, run_id, summary, datetime.now(UTC))
    progress(summary)
    if stopped:
        raise stopped[0]


def _share(done: Read) -> float:
    """Return how much of a commit a read fills."""
    rows = sum(counts.flows for counts in done.decoded.counts.values())
    rejected = done.decoded.rejected.estimated_size()
    return rows / COMMIT_ROWS + rejected / COMMIT_REJECTED


def _unknown(
    objects: Iterable[SourceObject], known: Set[str], summary: Summary
) -> Iterator[SourceObject]:
    """Yield the objects of which not even the name is known; the others need no reading."""
    for one in objects:
        if one.identity is not None and object_id(one.identity) in known:
            summary.already.append(one.uri)
            summary.seen += 1
            summary.size -= one.size
        else:
            yield one


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
    objects: Iterable[SourceObject], known: Set[str], terms: Terms, stage: Stage
) -> Generator[Read]:
    """Read objects in threads and yield them in order; the rest of a large one when all began."""
    claimed: dict[str, SourceObject] = {}

    def claim(object_id: str, found: SourceObject) -> bool:
        return object_id not in known and claimed.setdefault(object_id, found) is found

    with fetching(terms.most) as fetch, _readers() as readers:

        def begin(chunk: list[SourceObject]) -> Future[Read]:
            # Asked for now, not when a reader comes to them.
            return readers.submit(read, chunk, fetch(chunk), claim, terms, stage, datetime.now(UTC))

        while objects:
            rests: list[SourceObject] = []
            for done in _ahead(_chunks(objects), begin):
                rests += done.rests
                yield done
            objects = rests


@contextmanager
def _readers() -> Iterator[ThreadPoolExecutor]:
    """Hand out threads; what none has begun at the end is let be."""
    with ThreadPoolExecutor(READERS) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def _ahead(
    chunks: Iterable[list[SourceObject]], begin: Callable[[list[SourceObject]], Future[Read]]
) -> Iterator[Read]:
    """Let each thread read a chunk, and have one ahead if it is no large one."""
    ahead: deque[tuple[int, Future[Read]]] = deque()
    for chunk in chunks:
        ahead.append((sum(one.size for one in chunk), begin(chunk)))
        if len(ahead) > READERS or sum(size for size, _ in ahead) >= AHEAD_BYTES:
            yield ahead.popleft()[1].result()
    while ahead:
        yield ahead.popleft()[1].result()


def _chunks(objects: Iterable[SourceObject]) -> Iterator[list[SourceObject]]:
    yield from grouped(objects, lambda found: found.size + OBJECT_WEIGHT, CHUNK_BYTES, math.inf)
