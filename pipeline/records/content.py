"""What there is to decode: an object's unpacked bytes, whose they are, and how many lines."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl
import pyarrow as pa

# From here on counting in columns is quicker than in the bytes themselves, by far.
_LONG = 64 * 1024


def octets(data: bytes) -> pl.Series:
    """Return bytes as a column of numbers, without a copy: what compares all of them at once."""
    buffers = [None, pa.py_buffer(data)]
    column = pl.from_arrow(pa.Array.from_buffers(pa.uint8(), len(data), buffers))
    assert isinstance(column, pl.Series)
    return column


# The account and the Region that it is in, as far as they are told, and its name.
LogGroup = tuple[str | None, str | None, str]
# The first and the last.
Times = tuple[datetime, datetime] | None


@dataclass(frozen=True)
class Content:
    """An object's unpacked bytes, and the time in its name, for records that have none.

    Where the lines were taken out of something else, `events` has a row for each of them:
    line_number, event_time, event_id; `skipped` counts what was there and is no record, and
    `rejected` holds what could not be taken out: object_id, line_number, reason, text, event_id.
    What says whose records they are: `flow_log_id`, the `log_groups` they were in, the
    `delivery_stream` of Firehose that brought them. Of a large text `data` may be the beginning
    alone, and `more` yields the rest, once. Of a slice, `lines_before` are the lines before it, and
    `times_of_all` tells the times of all slices.
    """

    object_id: str
    data: bytes
    time: datetime | None = None
    events: pl.DataFrame | None = None
    rejected: pl.DataFrame | None = None
    skipped: int = 0
    flow_log_id: str | None = None
    log_groups: frozenset[LogGroup] = frozenset()
    delivery_stream: str | None = None
    more: Iterable[bytes] = ()
    lines_before: int = 0
    times_of_all: Callable[[], Times] | None = None

    def times(self) -> Times:
        """Return the first and the last time of its events, else that in its name twice."""
        if self.times_of_all is not None:
            return self.times_of_all()
        if self.events is None:
            return None if self.time is None else (self.time, self.time)
        first, last = self.events.select(
            first=pl.col("event_time").min(), last=pl.col("event_time").max()
        ).row(0)
        return None if first is None else (first, last)

    @cached_property
    def lines(self) -> int:
        """Physical lines; the last one counts with or without its newline."""
        ended = not self.data or self.data.endswith(b"\n")
        return _newlines(self.data) + (0 if ended else 1)


def _newlines(data: bytes) -> int:
    if len(data) < _LONG:
        return data.count(b"\n")
    return int((octets(data) == ord("\n")).sum())
