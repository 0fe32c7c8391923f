"""CSV: what the console and CloudWatch Logs Insights let people download, and Athena's results.

Either a column holds whole records (`message`, `@message`), which are read as lines without a
header, or each column is a field. The console caps a download at 10,000 rows.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import csv
import io
from dataclasses import replace
from datetime import datetime

import polars as pl

from pipeline.records.columns import Columns, field_names
from pipeline.records.content import Content
from pipeline.records.envelopes import unwrapped
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
    text = content.data.decode("utf-8-sig", errors="replace")
    try:
        names, *cells = csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise ValueError(f"its CSV is damaged ({error}): download it again") from error
    rows = pl.DataFrame({"cells": cells}, schema={"cells": pl.List(pl.String)}).with_columns(
        line_number=pl.int_range(2, pl.len() + 2, dtype=pl.Int64())
    )
    count = pl.col("cells").list.len()
    blanks = rows.filter(count == 0).height
    torn = _torn(content, rows.filter((count > 0) & (count != len(names))), len(names))
    whole = rows.filter(count == len(names))
    if set(_MESSAGE).isdisjoint(names):
        return Columns(content.object_id, _columns(content, whole, names), torn, 1, blanks)
    lines = unwrapped(content, _messages(whole, names), now, 1 + blanks)
    return replace(lines, rejected=torn if torn.height else None)


def _torn(content: Content, rows: pl.DataFrame, width: int) -> pl.DataFrame:
    count = pl.col("cells").list.len()
    return rows.select(
        pl.lit(content.object_id).alias("object_id"),
        "line_number",
        pl.format("has {} columns where the first line has {}", count, pl.lit(width)).alias(
            "reason"
        ),
        pl.col("cells").list.join(",").alias("text"),
    )


def _columns(content: Content, rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    cells = (
        pl.col("cells").list.get(place).alias(name) for place, name in enumerate(field_names(names))
    )
    return rows.select(
        *cells,
        "line_number",
        object_id=pl.lit(content.object_id),
        object_time=pl.lit(content.time, pl.Datetime("us", "UTC")),
    )


def _messages(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return each message with its event's time: milliseconds, or as Insights writes it."""
    message = next(place for place, name in enumerate(names) if name in _MESSAGE)
    times = [place for place, name in enumerate(names) if name in _TIME]
    given = pl.col("cells").list.get(times[0]) if times else pl.lit(None, pl.String())
    written = given.str.to_datetime("%Y-%m-%d %H:%M:%S%.3f", strict=False).dt.epoch("ms")
    return rows.select(
        "line_number",
        id=pl.lit(None, pl.String()),
        timestamp=pl.coalesce(given.cast(pl.Int64(), strict=False), written),
        message=pl.col("cells").list.get(message),
    )
