"""Decoding: each object is read as what its content is, whatever it is called."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.records import (
    columns,
    downloads,
    envelopes,
    footer,
    formats,
    ocsf,
    parquet,
    text,
    weight,
)
from pipeline.records.columns import Columns
from pipeline.records.content import Content
from pipeline.records.decoded import Decoded
from pipeline.records.formats import FlowLog
from pipeline.records.layout import Layout
from pipeline.records.settle import span

# What each kind's object comes down to: lines of text, or columns.
READERS: dict[str, Callable[[Content, datetime], Content | Columns]] = {
    "text": lambda content, now: content,
    "parquet": parquet.read,
    "ocsf": ocsf.read,
    "export": envelopes.exported,
    "envelope": envelopes.enveloped,
    "csv": downloads.read,
}


def decode(
    contents: list[Content],
    now: datetime,
    declared: Sequence[Layout] = (),
    flow_logs: Sequence[FlowLog] = (),
    decoded: Decoded | None = None,
) -> Decoded:
    """Decode objects into the tables' columns, each as what its content is.

    `declared` are the layouts that lines without a header may have; where there are none, the
    `flow_logs` known tell it. `now` is what the future is told by. What is found is added to
    `decoded` where one is given.
    """
    decoded = decoded or Decoded()
    texts: list[tuple[Content, list[Layout]]] = []
    tables: list[Columns] = []
    for content in contents:
        decoded.kinds[content.object_id] = name = kind(content.data)
        try:
            read = READERS[name](replace(content, time=_possible(content.time, now)), now)
        except ValueError as error:
            decoded.failed[content.object_id] = str(error)
            continue
        if isinstance(read, Columns):
            tables.append(read)
        else:
            texts.append((read, formats.layouts(read, declared, flow_logs)))
    text.read(texts, now, decoded)
    columns.keep(tables, now, decoded)
    return decoded


def kind(data: bytes) -> str:
    """Tell what an object is by its content, never by its name."""
    if data.startswith(footer.MAGIC):
        return "ocsf" if ocsf.is_ocsf(data) else "parquet"
    if wrapped := envelopes.kind(data):
        return wrapped
    return "csv" if downloads.is_download(data) else "text"


def _possible(time: datetime | None, now: datetime) -> datetime | None:
    first, last = span(now)
    return time if time is not None and first <= time <= last else None


def weigh(data: bytes, most: int) -> int:
    """Return about how many bytes an object takes once it is decoded.

    Raises ValueError where that is too much, or where damage shows.
    """
    return weight.weigh(data, kind(data), most)
