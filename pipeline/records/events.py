"""Events to lines: each message a line of its own, with the time and the id of its event beside."""

from dataclasses import replace
from datetime import datetime

import polars as pl

from pipeline.records.content import Content
from pipeline.records.settle import span


def unwrapped(content: Content, rows: pl.DataFrame, now: datetime, skipped: int) -> Content:
    """Put messages below each other, a line each; a newline inside one is shown as \\n.

    `rows` are line_number, id, timestamp (milliseconds) and message.
    """
    line = pl.col("message").str.strip_chars_end("\r\n").str.replace_all("\n", "\\n", literal=True)
    text = rows.select(line.str.join("\n")).item()
    events = rows.select(
        "line_number", event_id=pl.when(pl.col("id") != "").then("id"), event_time=time(now)
    )
    data = f"{text}\n".encode() if rows.height else b""
    return replace(content, data=data, events=events, skipped=skipped)


def time(now: datetime) -> pl.Expr:
    """Return the time that `timestamp` tells in milliseconds; an impossible one is none."""
    earliest, latest = (int(edge.timestamp() * 1000) for edge in span(now))
    told = pl.when(pl.col("timestamp").is_between(earliest, latest)).then("timestamp")
    return pl.from_epoch(told, "ms").dt.cast_time_unit("us").dt.replace_time_zone("UTC")
