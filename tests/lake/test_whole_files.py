"""Files of Iceberg's metadata: whole ones are read, cut and foreign ones are refused."""

from random import Random

import pytest

from pipeline.lake.file_io import WholeFileIO

MARKER = bytes(range(16))


def number(value: int) -> bytes:
    """Write a number as Avro does: https://avro.apache.org/docs/1.12.0/specification/"""
    left, written = (value << 1) ^ (value >> 63), b""
    while left > 0x7F:
        written += bytes([left & 0x7F | 0x80])
        left >>= 7
    return written + bytes([left])


def told(value: bytes) -> bytes:
    return number(len(value)) + value


def avro(blocks: list[bytes], sized: bool = False) -> bytes:
    """Write a file of blocks; the map in its header in two blocks, which may say their sizes."""
    header = b"Obj\x01"
    for name, value in ((b"avro.schema", b'"bytes"' + b" " * 300), (b"avro.codec", b"null")):
        entry = told(name) + told(value)
        header += (number(-1) + number(len(entry)) if sized else number(1)) + entry
    header += number(0) + MARKER
    return header + b"".join(number(1) + told(told(one)) + MARKER for one in blocks)


@pytest.fixture
def opened(tmp_path):
    """Return a function that opens bytes as a file of metadata."""
    path = tmp_path / "m.avro"

    def run(data: bytes) -> bytes:
        path.write_bytes(data)
        with WholeFileIO().new_input(str(path)).open() as stream:
            return stream.read()

    return run


@pytest.mark.parametrize("sized", [False, True])
@pytest.mark.parametrize("blocks", [[], [b"a"], [b"b" * 5000] * 50], ids=["none", "one", "many"])
def test_a_whole_file_is_read(opened, blocks, sized) -> None:
    data = avro(blocks, sized)
    assert opened(data) == data


def test_a_file_that_was_cut_is_refused_wherever_it_was(opened) -> None:
    data = avro([b"word" * 20])
    for end in set(range(len(data))) - {len(avro([]))}:
        with pytest.raises(ValueError, match="no whole Avro file"):
            opened(data[:end])


def test_what_is_no_avro_is_refused(opened) -> None:
    rng = Random(5)
    for size in (0, 1, 3, 4, 40, 4000):
        for start in (b"", b"Obj\x01"):
            with pytest.raises(ValueError, match="no whole Avro file"):
                opened(start + rng.randbytes(size))
