"""Reading: some objects fetched, unpacked and decoded together, which many threads do at once."""

import hashlib
from collections.abc import Sequence, Set
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.records.compression import plain
from pipeline.records.content import Content
from pipeline.records.decode import decode, weigh
from pipeline.records.decoded import Decoded
from pipeline.records.layout import Layout
from pipeline.sources.objects import SourceObject, object_id

# One object's text at most: a guard against gzip bombs, far above AWS's 75 MB of gzip an object.
OBJECT_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Fetched:
    """An object's unpacked bytes and what its rows will take in memory, or why it has none."""

    found: SourceObject
    object_id: str
    sha256: str | None
    data: bytes = b""
    weight: int = 0
    error: str | None = None


def fetch(found: SourceObject) -> Fetched:
    """Read and unpack one object; what cannot be read comes back with its error."""
    try:
        stored = found.read()
    except OSError as error:
        identity = object_id(found.identity or f"unread:{found.uri}")
        return Fetched(found, identity, None, error=f"cannot be read: {error.strerror or error}")
    sha256 = hashlib.sha256(stored).hexdigest()
    identity = object_id(found.identity or f"sha256:{sha256}")
    try:
        data = plain(stored, OBJECT_BYTES)
        return Fetched(found, identity, sha256, data, weigh(data, OBJECT_BYTES))
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
    declared: Sequence[Layout],
    now: datetime,
    fetchers: Executor,
) -> Read:
    """Fetch objects at once and decode them, save those whose object_id is known.

    Each content is decoded once.
    """
    fetched = list(fetchers.map(fetch, objects))
    contents = {
        one.object_id: Content(one.object_id, one.data, one.found.name_time())
        for one in fetched
        if one.error is None and one.object_id not in known
    }
    decoded = decode(list(contents.values()), now, declared)
    return Read([replace(one, data=b"") for one in fetched], decoded)
