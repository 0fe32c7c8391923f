"""Unpacking: gzip is told by its first bytes, never by a file's name."""

from io import BytesIO
from typing import cast

from isal import igzip, igzip_lib

# https://www.rfc-editor.org/rfc/rfc1952#page-6
_GZIP = b"\x1f\x8b"
# isal's stub declares the error as an instance where it is a class.
_ISAL_ERROR = cast("type[Exception]", igzip_lib.IsalError)


def plain(stored: bytes, most: int) -> bytes:
    """Return the bytes of an object unpacked, all members of a gzip in a row.

    Firehose may pack what CloudWatch has packed already, so a gzip may hold another one.
    Raises ValueError where the gzip is damaged or cut short, or unpacks to more than `most` bytes.
    """
    unpacked = _unpacked(stored, most) if stored.startswith(_GZIP) else stored
    return _unpacked(unpacked, most) if unpacked.startswith(_GZIP) else unpacked


def _unpacked(stored: bytes, most: int) -> bytes:
    """Unpack a gzip whose last four bytes say how long its last member is, which may be untrue.

    As a rule that is the only one, and so much room is all that is asked for.
    """
    size = int.from_bytes(stored[-4:], "little")
    try:
        with igzip.open(BytesIO(stored), "rb") as packed:
            text: bytes = packed.read(min(size, most) + 1)
            if len(text) > size:
                text += packed.read(most + 1 - len(text))
    except EOFError as error:
        raise ValueError("the gzip is cut short: fetch the object again") from error
    except (OSError, _ISAL_ERROR) as error:
        raise ValueError(f"the gzip is damaged ({error}): fetch the object again") from error
    if len(text) > most:
        raise ValueError(
            f"unpacks to more than {most:,} bytes: raise --max-object-size, or split it"
        )
    return text
