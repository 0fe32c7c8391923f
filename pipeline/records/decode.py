"""Decoding: each object is read as what its content is, whatever it is called."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.records import envelopes, parquet, text
from pipeline.records.content import Content
from pipeline.records.decoded import Decoded
from pipeline.records.layout import Layout
from pipeline.records.settle import span


def decode(contents: list[Content], now: datetime, declared: Sequence[Layout] = ()) -> Decoded:
    """Decode objects into the tables' columns, each as what its content is.

    `declared` are the layouts that lines without a header may have; `now` is what the future is
    told by.
    """
    decoded = Decoded()
    texts, files = [], []
    for content in contents:
        decoded.kinds[content.object_id] = kind(content.data)
        timed = replace(content, time=_possible(content.time, now))
        match decoded.kinds[content.object_id]:
            case "parquet":
                files.append(timed)
            case "export":
                texts.append(envelopes.exported(timed, now))
            case "envelope":
                texts.append(envelopes.enveloped(timed, now))
            case _:
                texts.append(timed)
    text.read(texts, list(declared), now, decoded)
    parquet.read(files, now, decoded)
    return decoded


def kind(data: bytes) -> str:
    """Tell what an object is by its content, never by its name."""
    if data.startswith(parquet.MAGIC):
        return "parquet"
    return envelopes.kind(data) or "text"


def _possible(time: datetime | None, now: datetime) -> datetime | None:
    first, last = span(now)
    return time if time is not None and first <= time <= last else None


def weigh(data: bytes, most: int) -> int:
    """Return about how many bytes an object takes once it is decoded.

    Raises ValueError where that is more than `most`, or where damage shows.
    """
    weight = parquet.unpacked_size(data) if kind(data) == "parquet" else len(data)
    if weight > most:
        raise ValueError(f"unpacks to more than {most:,} bytes: split it and ingest the parts")
    return weight
