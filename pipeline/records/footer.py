"""A Parquet file's footer and page headers, read by themselves before any library is let at them.

pyarrow's own way to a footer's chunks ends the process where the footer is damaged, and believes
what it says of sizes; each page's header says how much that page unpacks to, and is held to it.
https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAGIC = b"PAR1"
_DEEPEST = 16
_BYTE_ARRAY, _FIXED = 6, 7
_DICTIONARY_PAGE = 2
# Where a page's header has the header of its kind, by the kind.
_PAGE_VALUES = {0: 5, 2: 7, 3: 8}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A column's part of a row group: its path, how many values and how many bytes it unpacks to.

    `width` is the length of a value of fixed length; `repeats` tells texts of a dictionary.
    """

    path: str
    values: int
    size: int
    width: int
    repeats: bool


def chunks(data: bytes) -> list[Chunk]:
    """Return all chunks of a file.

    Raises ValueError where the footer or a page's header is damaged.
    """
    try:
        return list(_chunks(data))
    except (IndexError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise ValueError("the Parquet is damaged (its footer): fetch the object again") from error


def _chunks(data: bytes) -> Iterator[Chunk]:
    length = int.from_bytes(data[-8:-4], "little")
    if not data.endswith(MAGIC) or length > len(data) - 12:
        raise IndexError
    told = _Compact(data, len(data) - 8 - length).struct()
    leaves = [one for one in told[2][1:] if not one.get(5)]
    # No two chunks share pages, or few bytes would be very many pages to walk.
    if sum(_size(chunk[3][7]) for group in told[4] for chunk in group[1]) > len(data):
        raise IndexError
    for group in told[4]:
        if len(group[1]) != len(leaves):
            raise IndexError
        for leaf, chunk in zip(leaves, group[1], strict=True):
            yield _chunk(data, chunk[3], leaf, group[3])


def _chunk(data: bytes, told: dict[int, Any], leaf: dict[int, Any], rows: int) -> Chunk:
    values = size = 0
    repeats = False
    # Some writers say 0 where there is no dictionary.
    at = min(told[9], told.get(11) or told[9])
    end = at + told[7]
    # What has no values has no pages, whatever its offset says.
    while at < end and told[5]:
        reader = _Compact(data, at)
        page = reader.struct()
        at = reader.at + _size(page[3])
        size += _size(page[2])
        repeats |= page[1] == _DICTIONARY_PAGE
        held = page[_PAGE_VALUES[page[1]]][1] if page[1] in _PAGE_VALUES else 0
        values += 0 if page[1] == _DICTIONARY_PAGE else _size(held)
    return Chunk(
        ".".join(part.decode() for part in told[3]),
        max(values, _size(told[5]), _size(rows)),
        size,
        _size(leaf.get(2, 0)) if told[1] == _FIXED else 0,
        repeats and told[1] == _BYTE_ARRAY,
    )


def _size(number: int) -> int:
    if number < 0:
        raise IndexError
    return number


class _Compact:
    """Thrift's compact form, read from a place on: a struct is a dict by field number."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = _size(at)
        self.depth = 0

    def struct(self) -> dict[int, Any]:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise IndexError
        found: dict[int, Any] = {}
        number = 0
        while kind := self._byte():
            number = number + (kind >> 4) if kind >> 4 else self._zigzag()
            found[number] = self._value(kind & 15)
        self.depth -= 1
        return found

    def _value(self, kind: int) -> Any:
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._zigzag()
        if kind == 7:
            return self._bytes(8)
        if kind == 8:
            return self._bytes(self._varint())
        if kind in (9, 10):
            return self._list()
        if kind == 12:
            return self.struct()
        raise IndexError

    def _list(self) -> list[Any]:
        head = self._byte()
        count = self._varint() if head >> 4 == 15 else head >> 4
        kind = head & 15
        if kind in (1, 2):
            return list(self._bytes(count))
        if count > len(self.data) - self.at:
            raise IndexError
        return [self._value(kind) for _ in range(count)]

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _bytes(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise IndexError
        self.at += count
        return self.data[self.at - count : self.at]

    def _varint(self) -> int:
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise IndexError

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
