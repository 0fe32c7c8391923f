"""What there is to decode: an object's unpacked bytes, whose they are, and how many lines."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl


@dataclass(frozen=True, slots=True)
class Content:
    """An object's unpacked bytes, and the time in its name, for records that have none.

    Where the lines were taken out of something else, `events` has a row for each of them:
    line_number, event_time, event_id; `skipped` counts what was there and is no record, and
    `rejected` holds what could not be taken out: object_id, line_number, reason, text.
    """

    object_id: str
    data: bytes
    time: datetime | None = None
    events: pl.DataFrame | None = None
    rejected: pl.DataFrame | None = None
    skipped: int = 0


def lines_in(data: bytes) -> int:
    """Count physical lines; the last one counts with or without its newline."""
    return data.count(b"\n") + (1 if data and not data.endswith(b"\n") else 0)
