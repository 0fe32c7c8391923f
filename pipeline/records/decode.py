"""Decoding: each object is read as what its content is, whatever it is called."""

from collections.abc import Callable, Sequence
from datetime import datetime

from pipeline.records import parquet, text
from pipeline.records.content import Content
from pipeline.records.decoded import Decoded
from pipeline.records.layout import Layout
from pipeline.records.settle import possible

_READERS: dict[str, Callable[[list[Content], list[Layout], datetime, Decoded], None]] = {
    "text": text.read,
    "parquet": parquet.read,
}


def decode(contents: list[Content], now: datetime, declared: Sequence[Layout] = ()) -> Decoded:
    """Decode objects into the tables' columns, those of one kind together.

    `declared` are the layouts that lines without a header may have; `now` is what the future is
    told by.
    """
    decoded = Decoded()
    for content in contents:
        decoded.kinds[content.object_id] = kind(content.data)
    for name, read in _READERS.items():
        members = [
            Content(one.object_id, one.data, possible(one.time, now))
            for one in contents
            if decoded.kinds[one.object_id] == name
        ]
        read(members, list(declared), now, decoded)
    return decoded


def kind(data: bytes) -> str:
    """Tell what an object is by its content."""
    return "parquet" if data.startswith(parquet.MAGIC) else "text"


def weigh(data: bytes, most: int) -> int:
    """Return about how many bytes an object takes once it is decoded.

    Raises ValueError where that is more than `most`, or where damage shows.
    """
    weight = parquet.unpacked_size(data) if kind(data) == "parquet" else len(data)
    if weight > most:
        raise ValueError(f"unpacks to more than {most:,} bytes: split it and ingest the parts")
    return weight
