"""Reading: some objects fetched, unpacked and decoded together, which many threads do at once."""

import hashlib
from collections.abc import Sequence, Set
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from pipeline.records.compression import plain
from pipeline.records.content import Content
from pipeline.records.decode import decode, weigh
from pipeline.records.decoded import Decoded
from pipeline.records.formats import FlowLog
from pipeline.records.layout import Layout
from pipeline.sources.objects import Part, SourceObject, object_id

# One object's text at most: a guard against gzip bombs, far above AWS's 75 MB of gzip an object.
OBJECT_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Terms:
    """How objects are read: the layouts that lines without a header may have, as declared or by
    the flow logs known, and the bytes that an object may unpack to.
    """

    declared: Sequence[Layout] = ()
    flow_logs: Sequence[FlowLog] = ()
    most: int = OBJECT_BYTES


@dataclass(frozen=True, slots=True)
class Fetched:
    """An object's unpacked bytes and what its rows will take in memory, or why it has none.

    `size` is the bytes as stored, None where they could not be read; `rest` is what is left to be
    read of a large object.
    """

    found: SourceObject
    object_id: str
    size: int | None = None
    sha256: str | None = None
    data: bytes = b""
    weight: int = 0
    error: str | None = None
    rest: SourceObject | None = None


def fetch(found: SourceObject, most: int) -> Fetched | None:
    """Read and unpack one object, to `most` bytes; what cannot be read comes with its error.

    None is returned where there turned out to be no object.
    """
    try:
        stored = found.read()
    except OSError as error:
        identity = object_id(found.identity or f"unread:{found.uri}")
        return Fetched(found, identity, error=f"cannot be read: {error.strerror or error}")
    if stored is None:
        return None
    if isinstance(stored, Part):
        return replace(_unpacked(found, stored.data, most), rest=stored.rest)
    return _unpacked(found, stored, most)


def _unpacked(found: SourceObject, stored: bytes, most: int) -> Fetched:
    sha256 = hashlib.sha256(stored).hexdigest()
    identity = object_id(found.identity or f"sha256:{sha256}")
    told = Fetched(found, identity, len(stored), sha256)
    try:
        data = plain(stored, most)
        return replace(told, data=data, weight=weigh(data, most))
    except ValueError as error:
        return replace(told, error=str(error))


@dataclass(frozen=True, slots=True)
class Read:
    """Objects that were read together, without their bytes, and what became of them.

    `asked` are all that were to be read, also those that turned out to be nothing.
    """

    asked: Sequence[SourceObject]
    fetched: list[Fetched]
    decoded: Decoded

    def weight(self) -> int:
        """Return about how many bytes the rows take in memory."""
        return sum(one.weight for one in self.fetched)

    def rests(self) -> list[SourceObject]:
        """Return what is left to be read of the large ones."""
        return [one.rest for one in self.fetched if one.rest is not None]


def read(
    objects: Sequence[SourceObject],
    known: Set[str],
    terms: Terms,
    now: datetime,
    fetchers: Executor,
) -> Read:
    """Fetch objects at once and decode them, save those whose object_id is known.

    Each content is decoded once.
    """
    came = fetchers.map(partial(fetch, most=terms.most), objects)
    fetched = [one for one in came if one is not None]
    contents = {
        one.object_id: _content(one)
        for one in fetched
        if one.error is None and one.object_id not in known
    }
    decoded = decode(list(contents.values()), now, terms.declared, terms.flow_logs)
    return Read(objects, [replace(one, data=b"") for one in fetched], decoded)


def _content(fetched: Fetched) -> Content:
    found = fetched.found
    return Content(
        fetched.object_id,
        fetched.data,
        found.name_time(),
        flow_log_id=found.flow_log_id(),
        log_groups=frozenset({(None, found.log_group)} if found.log_group else ()),
        delivery_stream=found.delivery_stream(),
    )
