"""Fetching: many requests under way at once, which hides a network's latency."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, zip_longest
from threading import Event

from pipeline.ingest.unpack import Fetched, fetch
from pipeline.sources.objects import SourceObject

FETCHERS = 32

# Objects in; what came of each, None where there turned out to be none.
Fetch = Callable[[list[SourceObject]], Iterator[Fetched | None]]


@contextmanager
def fetching(most: int) -> Iterator[Fetch]:
    """Hand out a function that begins to fetch objects at once, and yields them when all are there.

    Those of more than `most` bytes are not fetched. It yields them in their order and raises what
    fetching raised. What none has begun to fetch when the block ends is let be.
    """
    over = Event()

    def stripe(objects: list[SourceObject]) -> list[Fetched | None]:
        return [fetch(one, most) for one in objects if not over.is_set()]

    with ThreadPoolExecutor(FETCHERS) as pool:

        def begin(objects: list[SourceObject]) -> Iterator[Fetched | None]:
            # To hand each by itself to a thread takes as long as to read a small file.
            firsts = range(min(FETCHERS, len(objects)))
            return _in_order([pool.submit(stripe, objects[one::FETCHERS]) for one in firsts])

        try:
            yield begin
        finally:
            over.set()


def _in_order(stripes: list[Future[list[Fetched | None]]]) -> Iterator[Fetched | None]:
    yield from chain.from_iterable(zip_longest(*(stripe.result() for stripe in stripes)))
