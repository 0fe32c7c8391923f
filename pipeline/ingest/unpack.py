"""Fetching and unpacking objects: what a source gave, which object that is, and what is in it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import chain

from pipeline.records.compression import PIECE_BYTES, pieces, plain, too_large
from pipeline.records.decode import kind, weigh
from pipeline.records.weight import watched
from pipeline.sources.objects import Part, SourceObject, object_id


@dataclass(frozen=True, slots=True)
class Fetched:
    """An object's bytes as stored, or why they cannot be had.

    `rest` is what is left to be read of a large one, `version_id` S3's of what was read.
    """

    found: SourceObject
    stored: bytes | None
    error: str | None = None
    rest: SourceObject | None = None
    version_id: str | None = None

    def identify(self) -> "Unpacked":
        """Tell which object it is; where its source does not say so, its content does."""
        if self.stored is None:
            identity = self.found.identity or f"unread:{self.found.uri}"
            return Unpacked(self.found, object_id(identity), error=self.error)
        sha256 = hashlib.sha256(self.stored).hexdigest()
        identity = self.found.identity or f"sha256:{sha256}"
        size, version = len(self.stored), self.version_id
        return Unpacked(self.found, object_id(identity), size, sha256, version_id=version)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An object, what its rows will take in memory, and its bytes or why it has none.

    `size` is the bytes as stored, None where they could not be had. Of a large text `data` is the
    beginning, and `more` unpacks the rest: once, and where damage is met it raises ValueError.
    """

    found: SourceObject
    object_id: str
    size: int | None = None
    sha256: str | None = None
    data: bytes = b""
    more: Iterable[bytes] = ()
    weight: int = 0
    error: str | None = None
    version_id: str | None = None


def fetch(found: SourceObject, most: int) -> Fetched | None:
    """Fetch an object; None where there turned out to be none. Raises SourceProblem.

    One of more than `most` bytes as stored is not read: it would be too large when it is unpacked.
    """
    if found.size > most and not found.guessed:
        return Fetched(found, None, str(too_large(most)))
    try:
        stored = found.read()
    except OSError as error:
        return Fetched(found, None, f"cannot be read: {error.strerror or error}")
    if isinstance(stored, Part):
        return Fetched(found, stored.data, rest=stored.rest, version_id=stored.version_id)
    return None if stored is None else Fetched(found, stored)


def unpack(
    one: Unpacked, stored: bytes, most: int, alone: Callable[[], object] = lambda: None
) -> Unpacked:
    """Unpack what was stored, to `most` bytes, or tell why it cannot be.

    `alone` is called before much is unpacked that is not read piece by piece.
    """
    try:
        unpacked = pieces(stored, most)
        data = next(unpacked)
        if len(data) < PIECE_BYTES:
            return replace(one, data=data, weight=weigh(data, most))
        if kind(data) != "text":
            alone()
        elif len(data) == PIECE_BYTES:
            more = watched(chain([data], unpacked), most)
            return replace(one, data=next(more), more=more, weight=PIECE_BYTES)
        data = plain(stored, most)
        return replace(one, data=data, weight=weigh(data, most))
    except ValueError as error:
        return replace(one, error=str(error))
