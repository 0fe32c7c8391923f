"""What an object takes in memory, told before it is read: the guard against what is made to burst.

A small gzip can unpack to gigabytes, and few bytes can be very many lines, cells or documents.
"""

from pipeline.records import parquet

# Memory for each byte of text that is let through: flow logs of version 2 take about 5.
ROOM = 6
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
        raise ValueError(f"unpacks to more than {most:,} bytes: split it and ingest the parts")
    # Counting takes time: what could not be too much if it were nothing else is not counted.
    room = ROOM * most
    costs = _COST.get(kind, {}).items()
    taken = sum(data.count(part) * cost for part, cost in costs if len(data) * cost > room)
    if taken > room:
        raise ValueError(
            f"is made of so short lines or values that it takes more than {room:,} bytes to read: "
            "split it and ingest the parts"
        )
    return size
