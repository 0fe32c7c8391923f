"""What an object takes in memory, told before it is read: the guard against what is made to burst.

A small gzip can unpack to gigabytes, and few bytes can be very many lines, cells or documents.
"""

from random import randrange

from pipeline.records import parquet

# Memory for each byte of text that is let through: flow logs of version 2 take about 5.
ROOM = 6
_LOOKS, _LOOK = 256, 4096
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
        raise ValueError(
            f"unpacks to more than {most:,} bytes: raise --max-object-size, or split it"
        )
    room = ROOM * most
    taken = sum(_cost(data, part, cost, room) for part, cost in _COST.get(kind, {}).items())
    if taken > room:
        raise ValueError(
            f"is made of so short lines or values that it takes more than {room:,} bytes to read: "
            "split it and ingest the parts"
        )
    return size


def _cost(data: bytes, part: bytes, cost: int, room: int) -> int:
    """Return what all of a part cost; 0 where that is far below the room there is.

    To count them takes a tenth of the time of reading. Not counted is what would not fill the room
    if it were nothing else, nor what fills little of it by looks at random places, which no file
    can be made to dodge.
    """
    if len(data) * cost <= room:
        return 0
    places = (randrange(len(data)) for _ in range(_LOOKS))
    seen = sum(data[place : place + _LOOK].count(part) for place in places)
    if seen * cost * len(data) // (_LOOKS * _LOOK) <= room // 8:
        return 0
    return data.count(part) * cost
