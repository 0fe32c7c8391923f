"""What a run of ingest did, counted as it goes."""

from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime

import polars as pl

from pipeline.errors import FlowcauseError
from pipeline.records.decoded import Decoded

_HOUR = pl.Datetime("us", "UTC")
_HOUR_MICROSECONDS = 3_600_000_000
_TALLIED = {
    "interface_id": pl.String(),
    "hour": _HOUR,
    "log_status": pl.String(),
    "action": pl.String(),
}


@dataclass(slots=True)
class Summary:
    """What a run did, by objects and by lines.

    Of the objects found, each is ingested, already in the lake, failed, or turned out empty. `size`
    is the stored bytes of those found that are to be read, `guessed` the number of those found
    whose size is a guess; `seen`, `seen_size` and `seen_flows` count those that are done with,
    committed or not. `passed_over` counts messages that told of no flow log. `stopped` is what
    ended a source before its end. `gaps` (interface_id, from, to), `doubled` (uri of this run, uri
    of the same bytes) and `rewritten` (uris of this run that the lake has with other bytes, too)
    are told when a run is over.
    """

    found: int = 0
    size: int = 0
    guessed: int = 0
    seen: int = 0
    seen_size: int = 0
    seen_flows: int = 0
    ingested: int = 0
    passed_over: int = 0
    empty: int = 0
    already: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)
    unknown_fields: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    stopped: list[FlowcauseError] = field(default_factory=list)
    tallies: list[pl.DataFrame] = field(default_factory=list)
    gaps: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    doubled: list[tuple[str, str]] = field(default_factory=list)
    rewritten: list[str] = field(default_factory=list)

    def count(self, decoded: Decoded, tallies: list[pl.DataFrame]) -> None:
        """Count what objects became: rejected lines, and flows by what they say."""
        self.unknown_fields |= decoded.unknown_fields
        self.reasons.update(dict(decoded.rejected.group_by("reason").len().iter_rows()))
        self.tallies += tallies
        if len(self.tallies) > 100:
            self.tallies = [self.tallied()]

    def add(self, other: "Summary") -> None:
        """Add what another source's part in the run did."""
        for one in fields(self):
            mine, more = getattr(self, one.name), getattr(other, one.name)
            setattr(self, one.name, mine | more if isinstance(mine, set) else mine + more)

    def tallied(self) -> pl.DataFrame:
        """Return flows counted by interface_id, hour, log_status and action, as `flows`."""
        empty = pl.DataFrame(schema={**_TALLIED, "flows": pl.Int64()})
        return pl.concat([empty, *self.tallies]).group_by(*_TALLIED).agg(pl.col("flows").sum())

    def statuses(self) -> list[tuple[str | None, str | None, int]]:
        """Return (log_status, action, flows), the most first."""
        by = self.tallied().group_by("log_status", "action").agg(pl.col("flows").sum())
        return list(by.sort("flows", "log_status", "action", descending=True).iter_rows())

    def skipped(self) -> list[tuple[str | None, datetime | None, int]]:
        """Return (interface_id, hour, records) where AWS says that it could not record all."""
        by = self.tallied().filter(log_status="SKIPDATA").group_by("interface_id", "hour")
        return list(by.agg(pl.col("flows").sum()).sort("interface_id", "hour").iter_rows())


def tally(rows: pl.DataFrame) -> pl.DataFrame:
    """Count flows by interface_id, hour, log_status and action, as `flows`."""
    told = [
        pl.col(name) if name in rows.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in _TALLIED.items()
        if name != "hour"
    ]
    # As a number an hour is quicker to group by.
    hour = pl.col("start_time").to_physical() // _HOUR_MICROSECONDS
    by = rows.lazy().select(*told, hour=hour).group_by(*_TALLIED).len("flows").collect()
    back = (pl.col("hour") * _HOUR_MICROSECONDS).cast(_HOUR)
    return by.select(*_TALLIED, pl.col("flows").cast(pl.Int64())).with_columns(back)
