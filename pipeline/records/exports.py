"""CloudWatch's exports: lines that begin with the time of their event, and have no header.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
"""

import re
from collections.abc import Iterator
from datetime import datetime

import polars as pl

from pipeline.records import events, slices
from pipeline.records.content import Content

# 2025-01-03T16:39:33.000Z 2 047615872826 eni-... as an export task writes it.
_STAMP = r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) "
_STAMP_LENGTH = len("2025-01-03T16:39:33.000Z ")


def is_export(data: bytes) -> bool:
    """Tell an export task's object by its beginning."""
    return re.match(_STAMP.encode(), data) is not None


def sliced(content: Content, now: datetime) -> Iterator[Content]:
    """Read a large object in slices."""
    return slices.timed(lambda: (read(part, now) for part in slices.lines(content)))


def read(content: Content, now: datetime) -> Content:
    """Take the time off the front of each line."""
    text = content.data.decode("utf-8", errors="replace").removesuffix("\n")
    lines = pl.select(line=pl.lit(text).str.split("\n")).explode("line", empty_as_null=False)
    stamp = pl.col("line").str.extract(_STAMP)
    bare = pl.when(stamp.is_null()).then("line").otherwise(pl.col("line").str.slice(_STAMP_LENGTH))
    first = content.lines_before + 1
    rows = lines.select(
        id=pl.lit(None, pl.String()),
        timestamp=stamp.str.to_datetime(time_zone="UTC", strict=False).dt.epoch("ms"),
        message=bare,
        line_number=pl.int_range(first, pl.len() + first, dtype=pl.Int64()),
    )
    return events.unwrapped(content, rows, now, 0)
