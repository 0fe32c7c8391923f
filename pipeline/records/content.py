"""What there is to decode: an object's unpacked bytes, whose they are, and how many lines."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl


@dataclass(frozen=True)
class Content:
    """An object's unpacked bytes, and the time in its name, for records that have none.

    Where the lines were taken out of something else, `events` has a row for each of them:
    line_number, event_time, event_id; `skipped` counts what was there and is no record, and
    `rejected` holds what could not be taken out: object_id, line_number, reason, text and
    event_id.
    """

    object_id: str
    data: bytes
    time: datetime | None = None
    events: pl.DataFrame | None = None
    rejected: pl.DataFrame | None = None
    skipped: int = 0

    @cached_property
    def lines(self) -> int:
        """Physical lines; the last one counts with or without its newline."""
        ended = not self.data or self.data.endswith(b"\n")
        return self.data.count(b"\n") + (0 if ended else 1)
