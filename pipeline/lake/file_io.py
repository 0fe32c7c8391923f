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
    """Every block of a file ends with the marker that its header ends with."""
    marker = data[-_SYNC_BYTES:]
    if not data.startswith(_MAGIC) or data.find(marker) == len(data) - _SYNC_BYTES:
        raise ValueError("it is no whole Avro file")
