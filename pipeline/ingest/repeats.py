"""Events of CloudWatch Logs that come again: left out, and counted as skipped.

Flow-log events are inserted late and with old timestamps, so a window is read again later on, and
what it held before comes again in another object. Every event has an id of its own.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from pipeline.ingest.read import Fetched, Read
from pipeline.ingest.summary import Summary
from pipeline.lake import events
from pipeline.lake.catalog import Lake
from pipeline.records.decoded import Counts

SOURCE = "cloudwatch"
_PLACE = ["object_id", "line_number"]
# An event's time is its record's start, or its end where the record has no start.
_MARGIN = timedelta(hours=1)


def without_repeats(lake: Lake, reads: list[Read], summary: Summary) -> list[Read]:
    """Leave out events that the lake has, or that came earlier in these reads.

    An object of which nothing is left counts as already in the lake. The caller holds the lake's
    lock.
    """
    mine = [one for read in reads for one in read.fetched if one.found.source == SOURCE]
    if not mine:
        return reads
    came = pl.concat(_events(reads, [one.object_id for one in mine]), how="diagonal")
    if not came.height:
        return reads
    there = events.known(lake, came["event_id"].unique(), *_span(mine, came))
    again = pl.col("event_id").is_in(there.implode()) | ~pl.col("event_id").is_first_distinct()
    repeats = came.filter(again).select(_PLACE)
    return [_without(read, repeats, summary) for read in reads] if repeats.height else reads


def _events(reads: list[Read], object_ids: list[str]) -> Iterator[pl.DataFrame]:
    """Yield the place, id and start of every event, in the order in which they came."""
    names = (*_PLACE, "event_id", "start_time")
    for read in reads:
        for frame in (*(rows for _, rows in read.decoded.frames), read.decoded.rejected):
            if "event_id" in frame.columns:
                mine = pl.col("object_id").is_in(object_ids) & pl.col("event_id").is_not_null()
                yield frame.select(pl.col(n for n in names if n in frame.columns)).filter(mine)


def _span(mine: list[Fetched], came: pl.DataFrame) -> tuple[datetime, datetime]:
    """Return between which times the same events may start in the lake."""
    starts = came["start_time"] if "start_time" in came.columns else pl.Series([])
    edges = [edge for one in mine for edge in one.found.window or ()]
    edges += [edge for edge in (starts.min(), starts.max()) if isinstance(edge, datetime)]
    return min(edges) - _MARGIN, max(edges) + _MARGIN


def _without(read: Read, repeats: pl.DataFrame, summary: Summary) -> Read:
    decoded = read.decoded
    frames = [(table, _left(rows, repeats)) for table, rows in decoded.frames]
    rejected = _left(decoded.rejected, repeats)
    flows = _fewer([rows for _, rows in decoded.frames], [rows for _, rows in frames])
    lines = _fewer([decoded.rejected], [rejected])
    counts = {
        object_id: _recounted(known, flows.get(object_id, 0), lines.get(object_id, 0))
        for object_id, known in decoded.counts.items()
    }
    old = {
        object_id
        for object_id in flows.keys() | lines.keys()
        if counts[object_id].flows == counts[object_id].rejected == 0
    }
    summary.already += [one.found.uri for one in read.fetched if one.object_id in old]
    return replace(
        read,
        fetched=[one for one in read.fetched if one.object_id not in old],
        decoded=replace(decoded, frames=frames, rejections=[rejected], counts=counts),
    )


def _left(rows: pl.DataFrame, repeats: pl.DataFrame) -> pl.DataFrame:
    return rows.join(repeats, on=_PLACE, how="anti", maintain_order="left")


def _fewer(before: list[pl.DataFrame], after: list[pl.DataFrame]) -> dict[str, int]:
    """Return by object how many rows are gone."""
    were, are = (
        pl.concat([pl.Series(dtype=pl.String()), *(rows["object_id"] for rows in frames)])
        for frames in (before, after)
    )
    left = dict(are.value_counts().iter_rows())
    gone = ((one, count - left.get(one, 0)) for one, count in were.value_counts().iter_rows())
    return {one: count for one, count in gone if count}


def _recounted(known: Counts, flows: int, rejected: int) -> Counts:
    return replace(
        known,
        flows=known.flows - flows,
        rejected=known.rejected - rejected,
        skipped=known.skipped + flows + rejected,
    )
