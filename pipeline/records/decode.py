"""Decoding: each object is read as what its content is, whatever it is called."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import cast

from pipeline.records import (
    columns,
    downloads,
    envelopes,
    exports,
    footer,
    formats,
    ocsf,
    parquet,
    slices,
    text,
    weight,
)
from pipeline.records.columns import Columns
from pipeline.records.content import Content
from pipeline.records.decoded import Decoded
from pipeline.records.formats import FlowLog
from pipeline.records.layout import Layout
from pipeline.records.settle import span

# What an object comes down to: lines of text, or columns; a large one to slices of either.
Read = Content | Columns | Iterator[Content] | Iterator[Columns]
READERS: dict[str, Callable[[Content, datetime], Read]] = {
    "text": lambda content, now: content,
    "parquet": parquet.read,
    "ocsf": ocsf.read,
    "export": exports.read,
    "envelope": envelopes.read,
    "csv": downloads.read,
}
SLICERS = READERS | {
    "text": lambda content, now: slices.lines(content),
    "export": exports.sliced,
    "envelope": envelopes.sliced,
    "csv": downloads.sliced,
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
        content = replace(content, time=_possible(content.time, now))
        readers = SLICERS if slices.is_large(content) else READERS
        try:
            read = readers[name](content, now)
            if isinstance(read, Columns):
                tables.append(read)
            elif isinstance(read, Content):
                texts.append((read, formats.layouts(read, declared, flow_logs)))
            else:
                _keep(read, now, declared, flow_logs, decoded)
        except ValueError as error:
            decoded.withdraw(content.object_id, str(error))
        except RecursionError:
            decoded.withdraw(content.object_id, "is JSON, but no flow log: nested too deeply")
    text.read(texts, now, decoded)
    columns.keep(tables, now, decoded)
    return decoded


def _keep(
    parts: Iterator[Content] | Iterator[Columns],
    now: datetime,
    declared: Sequence[Layout],
    flow_logs: Sequence[FlowLog],
    decoded: Decoded,
) -> None:
    """Decode the slices of one object, all of which have what its first one may have."""
    first = next(cast("Iterator[Content | Columns]", parts))
    if isinstance(first, Columns):
        columns.keep_slices(chain([first], cast("Iterator[Columns]", parts)), now, decoded)
    else:
        layouts = formats.layouts(first, declared, flow_logs)
        text.read_slices(chain([first], cast("Iterator[Content]", parts)), layouts, now, decoded)


def kind(data: bytes) -> str:
    """Tell what an object is by its content, never by its name."""
    if data.startswith(footer.MAGIC):
        return "ocsf" if ocsf.is_ocsf(data) else "parquet"
    if exports.is_export(data):
        return "export"
    if envelopes.is_envelope(data):
        return "envelope"
    return "csv" if downloads.is_download(data) else "text"


def _possible(time: datetime | None, now: datetime) -> datetime | None:
    first, last = span(now)
    return time if time is not None and first <= time <= last else None


def weigh(data: bytes, most: int) -> int:
    """Return about how many bytes an object takes once it is decoded.

    Raises ValueError where that is too much, or where damage shows.
    """
    return weight.weigh(data, kind(data), most)
