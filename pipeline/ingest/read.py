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
from pipeline.sources.objects import SourceObject, object_id

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
    """An object's unpacked bytes and what its rows will take in memory, or why it has none."""

    found: SourceObject
    object_id: str
    sha256: str | None
    data: bytes = b""
    weight: int = 0
    error: str | None = None


def fetch(found: SourceObject, most: int) -> Fetched:
    """Read and unpack one object, to `most` bytes; what cannot be read comes with its error."""
    try:
        stored = found.read()
    except OSError as error:
        identity = object_id(found.identity or f"unread:{found.uri}")
        return Fetched(found, identity, None, error=f"cannot be read: {error.strerror or error}")
    sha256 = hashlib.sha256(stored).hexdigest()
    identity = object_id(found.identity or f"sha256:{sha256}")
    try:
        data = plain(stored, most)
        return Fetched(found, identity, sha256, data, weigh(data, most))
    except ValueError as error:
        return Fetched(found, identity, sha256, error=str(error))


@dataclass(frozen=True, slots=True)
class Read:
    """Objects that were read together, without their bytes, and what became of them."""

    fetched: list[Fetched]
    decoded: Decoded

    def weight(self) -> int:
        """Return about how many bytes the rows take in memory."""
        return sum(one.weight for one in self.fetched)


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
    fetched = list(fetchers.map(partial(fetch, most=terms.most), objects))
    contents = {
        one.object_id: _content(one)
        for one in fetched
        if one.error is None and one.object_id not in known
    }
    decoded = decode(list(contents.values()), now, terms.declared, terms.flow_logs)
    return Read([replace(one, data=b"") for one in fetched], decoded)


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
