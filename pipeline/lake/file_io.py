"""How pyiceberg opens the files of a lake's metadata: what is no whole Avro file is refused first.

pyiceberg's decoder trusts the lengths that it reads, and bytes that are no Avro end the process.
https://avro.apache.org/docs/1.12.0/specification/#object-container-files
"""

from pyiceberg.io.pyarrow import PyArrowFile, PyArrowFileIO

_MAGIC = b"Obj\x01"
_SYNC_BYTES = 16


class WholeFileIO(PyArrowFileIO):
    """Opens files as pyiceberg does by itself, manifests and their lists only where they are whole.

    The catalog is told of it by its name.
    """

    def new_input(self, location: str) -> PyArrowFile:
        """Return the file at `location`. Raises ValueError where it is no whole Avro file."""
        file = super().new_input(location)
        if location.endswith(".avro"):
            with file.open() as stream:
                _check(stream.read())
        return file


def _check(data: bytes) -> None:
    """Every block ends with the marker that the header ends with; a file may have no blocks."""
    try:
        header = _header(data)
    except IndexError:
        header = b""
    marker = header[-_SYNC_BYTES:]
    if not (header.startswith(_MAGIC) and data.endswith(marker)):
        raise ValueError("it is no whole Avro file")


def _header(data: bytes) -> bytes:
    """Return the header: the magic, a map of names and values in blocks, and the marker.

    Raises IndexError where it goes on behind the end.
    """
    count, at = _long(data, len(_MAGIC))
    while count:
        if count < 0:
            _, at = _long(data, at)
        for _ in range(2 * abs(count)):
            length, at = _long(data, at)
            at += max(length, 0)
        count, at = _long(data, at)
    if at + _SYNC_BYTES > len(data):
        raise IndexError
    return data[: at + _SYNC_BYTES]


def _long(data: bytes, at: int) -> tuple[int, int]:
    """Read a number at a place, seven bits a byte, its sign in the lowest; and where it ends.

    https://avro.apache.org/docs/1.12.0/specification/#binary-encoding
    """
    number, shift = 0, 0
    while True:
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return (number >> 1) ^ -(number & 1), at
