"""Unpacking: gzip is told by its first bytes, never by a file's name."""

from io import BytesIO

from isal import igzip, isal_zlib

# https://www.rfc-editor.org/rfc/rfc1952#page-6
_GZIP = b"\x1f\x8b"


def plain(stored: bytes, most: int) -> bytes:
    """Return the bytes of an object unpacked, all members of a gzip in a row.

    Raises ValueError where the gzip is damaged or cut short, or unpacks to more than `most` bytes.
    """
    if not stored.startswith(_GZIP):
        return stored
    try:
        with igzip.IGzipFile(fileobj=BytesIO(stored)) as packed:
            text: bytes = packed.read(most + 1)
    except EOFError as error:
        raise ValueError("the gzip is cut short: fetch the object again") from error
    except (OSError, isal_zlib.error) as error:
        raise ValueError(f"the gzip is damaged ({error}): fetch the object again") from error
    if len(text) > most:
        raise ValueError(f"unpacks to more than {most:,} bytes: split it and ingest the parts")
    return text
