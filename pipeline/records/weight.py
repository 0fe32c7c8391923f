"""What an object takes in memory, told before it is read: the guard against what is made to burst.

A small gzip can unpack to gigabytes, and few bytes can be very many lines, cells or documents.
"""

from collections.abc import Iterable, Iterator
from random import randrange

from pipeline.records import parquet
from pipeline.records.compression import too_large

# Memory for each byte of text that is let through: flow logs of version 2 take about 5.
ROOM = 6
_LOOKS, _LOOK = 256, 4096
# Of a piece of a text, the others of which are looked at, too.
_FEW_LOOKS = 16
# What the readers were measured to take for each of these: lines, fields, cells and events.
_LINES = {b"\n": 250, b" ": 20, b"\t": 20, b"\r": 20}
_COST = {
    "text": _LINES,
    "export": _LINES,
    "csv": {b"\n": 650, b"\r": 650, b",": 40},
    "envelope": {b"{": 800, b",": 90},
}


def weigh(data: bytes, kind: str, most: int) -> int:
    """Return about how many bytes an object of a kind takes once it is decoded.

    Raises ValueError where it unpacks to more than `most`, where its rows would take more than what
    is usual for that much, or where damage shows.
    """
    size = len(data) if kind in _COST else parquet.unpacked_size(data, most)
    if size > most:
        raise too_large(most)
    room = ROOM * most
    taken = sum(_cost(data, part, cost, room) for part, cost in _COST.get(kind, {}).items())
    if taken > room:
        raise _bursts(room)
    return size


def watched(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Yield the pieces of a text, whose size is looked after by who unpacks it.

    Raises ValueError with the piece by which its rows take more than what is usual for `most`.
    """
    room = left = ROOM * most
    for piece in filter(None, pieces):
        left -= sum(cost * _looked(piece, part, _FEW_LOOKS) for part, cost in _LINES.items())
        if left < 0:
            raise _bursts(room)
        yield piece


def _bursts(room: int) -> ValueError:
    return ValueError(
        f"is made of so short lines or values that it takes more than {room:,} bytes to read: "
        "split it and ingest the parts"
    )


def _cost(data: bytes, part: bytes, cost: int, room: int) -> int:
    """Return what all of a part cost; 0 where that is far below the room there is.

    To count them takes a tenth of the time of reading. Not counted is what would not fill the room
    if it were nothing else, nor what fills little of it by looks at random places, which no file
    can be made to dodge.
    """
    if len(data) * cost <= room:
        return 0
    if _looked(data, part, _LOOKS) * cost <= room // 8:
        return 0
    return data.count(part) * cost


def _looked(data: bytes, part: bytes, looks: int) -> int:
    """Return about how often a part is in the data, by looks at random places."""
    places = (randrange(len(data)) for _ in range(looks))
    seen = sum(data[place : place + _LOOK].count(part) for place in places)
    return seen * len(data) // (looks * _LOOK)
