"""Unpacking: gzip is told by its first bytes, never by a file's name."""

from collections.abc import Iterator
from io import BytesIO
from typing import cast

from isal import igzip, igzip_lib

# https://www.rfc-editor.org/rfc/rfc1952#page-6
_GZIP = b"\x1f\x8b"
# What is unpacked at a time of what is read piece by piece.
PIECE_BYTES = 16 * 1024 * 1024
# isal's stub declares the error as an instance where it is a class.
_ISAL_ERROR = cast("type[Exception]", igzip_lib.IsalError)


def plain(stored: bytes, most: int) -> bytes:
    """Return the bytes of an object unpacked, all members of a gzip in a row.

    Raises ValueError where the gzip is damaged or cut short, or unpacks to more than `most` bytes.
    """
    (whole,) = pieces(stored, most, most + 1)
    return whole


def pieces(stored: bytes, most: int, size: int = PIECE_BYTES) -> Iterator[bytes]:
    """Yield an object unpacked: pieces of a size, of which the last is shorter; no gzip as it is.

    Firehose may pack what CloudWatch has packed already, so a gzip may hold another one. Raises
    ValueError as `plain` does, and where damage is met: what came before it is of no use then.
    """
    if not stored.startswith(_GZIP):
        yield stored
        return
    unpacked = _unpacked(stored, most, size)
    first = next(unpacked)
    if first.startswith(_GZIP):
        yield from _unpacked(b"".join([first, *unpacked]), most, size)
        return
    yield first
    del first
    yield from unpacked


def _unpacked(stored: bytes, most: int, size: int) -> Iterator[bytes]:
    """Unpack a gzip whose last four bytes say how long its last member is, which may be untrue.

    As a rule that is the only one, and so much room is all that is asked for.
    """
    room = min(int.from_bytes(stored[-4:], "little"), most, size - 1) + 1
    seen = 0
    try:
        with igzip.open(BytesIO(stored), "rb") as packed:
            piece: bytes = packed.read(room)
            if len(piece) == room:
                piece += packed.read(size - room)
            while True:
                seen += len(piece)
                if seen > most:
                    raise too_large(most)
                yield piece
                if len(piece) < size:
                    return
                piece = packed.read(size)
    except EOFError as error:
        raise ValueError("the gzip is cut short: fetch the object again") from error
    except (OSError, _ISAL_ERROR) as error:
        raise ValueError(f"the gzip is damaged ({error}): fetch the object again") from error


def too_large(most: int) -> ValueError:
    """Return what is raised where an object unpacks to more than `most` bytes."""
    return ValueError(f"unpacks to more than {most:,} bytes: raise --max-object-size, or split it")
