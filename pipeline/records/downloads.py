"""CSV: what the console and CloudWatch Logs Insights let people download, and Athena's results.

Either a column holds whole records (`message`, `@message`), which are read as lines without a
header, or each column is a field. The console caps a download at 10,000 rows.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

import polars as pl

from pipeline.records import cells, events, slices
from pipeline.records.cells import Rows
from pipeline.records.columns import Columns, field_names
from pipeline.records.content import Content
from pipeline.records.layout import is_flow_log

_MESSAGE = ("message", "@message")
_TIME = ("timestamp", "@timestamp")


def is_download(data: bytes) -> bool:
    """Tell CSV by its first line: names between commas, most of them fields, or a message's."""
    line = data[:65536].partition(b"\n")[0].decode("utf-8-sig", errors="replace")
    try:
        names = next(csv.reader([line]), [])
    except csv.Error:
        return False
    return not set(_MESSAGE).isdisjoint(names) or (
        len(names) > 1 and is_flow_log(field_names(names))
    )


def read(content: Content, now: datetime) -> Content | Columns:
    """Return the lines that a download's messages are, or its rows where columns are fields.

    Raises ValueError where the quotes of the CSV do not match.
    """
    pieces = [*cells.read(_unmarked(content))]
    whole = Rows(pl.concat(one.widths for one in pieces), pl.concat(one.cells for one in pieces))
    (part,) = _parts(content, iter([whole]), now)
    return part


def sliced(content: Content, now: datetime) -> Iterator[Content] | Iterator[Columns]:
    """Return the slices of a large download. Raises ValueError as `read` does."""
    data = _unmarked(content)
    cells.check(data)

    def parts() -> Iterator[Any]:
        return _parts(content, cells.read(data), now)

    return parts() if isinstance(next(parts()), Columns) else slices.timed(parts)


def _unmarked(content: Content) -> bytes:
    return content.data.removeprefix(codecs.BOM_UTF8)


def _parts(content: Content, pieces: Iterator[Rows], now: datetime) -> Iterator[Content | Columns]:
    first = next(pieces)
    names = first.cells.head(first.widths[0]).to_list()
    below = Rows(first.widths.slice(1), first.cells.slice(len(names)))
    before = 1
    headers = 1
    for rows in chain([below], pieces):
        yield _part(replace(content, lines_before=before), names, rows, headers, now)
        before, headers = before + rows.widths.len(), 0


def _part(
    content: Content, names: list[str], rows: Rows, headers: int, now: datetime
) -> Content | Columns:
    """Return what rows are, and count the headers above them."""
    first = content.lines_before + 1
    lines = pl.DataFrame({"width": rows.widths}).with_columns(
        line_number=pl.int_range(first, pl.len() + first, dtype=pl.Int64())
    )
    blanks = lines.filter(width=0).height
    whole, torn = lines.filter(width=len(names)), None
    if whole.height + blanks < lines.height:
        rows, torn = _apart(content, lines, rows, len(names))
    columns = [rows.cells.gather_every(len(names), place) for place in range(len(names))]
    if set(_MESSAGE).isdisjoint(names):
        placed = whole.select(
            "line_number",
            object_id=pl.lit(content.object_id),
            object_time=pl.lit(content.time, pl.Datetime("us", "UTC")),
        )
        table = pl.DataFrame(dict(zip(field_names(names), columns, strict=True)))
        return Columns(content.object_id, table.hstack(placed), torn, headers, blanks)
    told = whole.hstack(_messages(columns, names))
    return replace(events.unwrapped(content, told, now, headers + blanks), rejected=torn)


def _apart(
    content: Content, lines: pl.DataFrame, rows: Rows, width: int
) -> tuple[Rows, pl.DataFrame]:
    """Return the rows that are as wide as the first line, and the others as rejected lines."""
    each = lines.filter(pl.col("width") > 0).select(pl.all().repeat_by("width"))
    told = each.explode("width", "line_number").with_columns(cell=rows.cells)
    torn = told.filter(pl.col("width") != width).group_by("line_number", maintain_order=True)
    rejected = torn.agg(pl.col("width").first(), text=pl.col("cell").str.join(",")).select(
        "line_number",
        object_id=pl.lit(content.object_id),
        reason=pl.format("has {} columns where the first line has {}", "width", pl.lit(width)),
        text="text",
    )
    fits = told.filter(width=width)
    return Rows(rows.widths.filter(rows.widths == width), fits["cell"]), rejected


def _messages(columns: list[pl.Series], names: list[str]) -> pl.DataFrame:
    """Return each message with its event's time: milliseconds, or as Insights writes it."""
    message = next(place for place, name in enumerate(names) if name in _MESSAGE)
    times = [place for place, name in enumerate(names) if name in _TIME]
    given = pl.lit(columns[times[0]]) if times else pl.lit(None, pl.String())
    written = given.str.to_datetime("%Y-%m-%d %H:%M:%S%.3f", strict=False).dt.epoch("ms")
    return pl.DataFrame({"message": columns[message]}).with_columns(
        id=pl.lit(None, pl.String()),
        timestamp=pl.coalesce(given.cast(pl.Int64(), strict=False), written),
    )
