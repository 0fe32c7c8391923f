"""Events of CloudWatch Logs that come again: left out, and counted as skipped.

Flow-log events are inserted late and with old timestamps, so a window is read again later on, and
what it held before comes again in another object. Every event has an id of its own.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from pipeline.ingest.read import Read
from pipeline.ingest.summary import Summary
from pipeline.ingest.unpack import Unpacked
from pipeline.lake import events
from pipeline.lake.catalog import Lake
from pipeline.lake.staging import Stage
from pipeline.records.decoded import Counts

SOURCE = "cloudwatch"
_PLACE = ["object_id", "line_number"]
# An event's time is its record's start, or its end where the record has no start.
_MARGIN = timedelta(hours=1)


def without_repeats(lake: Lake, stage: Stage, reads: list[Read], summary: Summary) -> list[Read]:
    """Leave out events that the lake has, or that came earlier in these reads.

    An object of which nothing is left counts as already in the lake. The caller holds the lake's
    lock.
    """
    mine = [one for read in reads for one in read.objects if one.found.source == SOURCE]
    if not mine:
        return reads
    came = pl.concat(_events(reads, [one.object_id for one in mine]), how="diagonal")
    if not came.height:
        return reads
    there = events.known(lake, came["event_id"].unique(), *_span(mine, came))
    again = pl.col("event_id").is_in(there.implode()) | ~pl.col("event_id").is_first_distinct()
    repeats = came.filter(again)
    return [_without(read, stage, repeats, summary) for read in reads] if repeats.height else reads


def _events(reads: list[Read], object_ids: list[str]) -> Iterator[pl.DataFrame]:
    """Yield the place, id and start of every event, in the order in which they came.

    `rejected` tells whether it is no flow.
    """
    names = (*_PLACE, "event_id", "start_time")
    mine = pl.col("object_id").is_in(object_ids) & pl.col("event_id").is_not_null()
    for read in reads:
        flows = [one.rows(names) for one in read.files]
        for rejected, frames in ((False, flows), (True, [read.decoded.rejected])):
            for frame in frames:
                if "event_id" in frame.columns:
                    there = pl.col(name for name in names if name in frame.columns)
                    yield frame.filter(mine).select(there, rejected=pl.lit(rejected))


def _span(mine: list[Unpacked], came: pl.DataFrame) -> tuple[datetime, datetime]:
    """Return between which times the same events may start in the lake."""
    starts = came["start_time"] if "start_time" in came.columns else pl.Series([])
    edges = [edge for one in mine for edge in one.found.window or ()]
    edges += [edge for edge in (starts.min(), starts.max()) if isinstance(edge, datetime)]
    return min(edges) - _MARGIN, max(edges) + _MARGIN


def _without(read: Read, stage: Stage, repeats: pl.DataFrame, summary: Summary) -> Read:
    gone = repeats.filter(pl.col("object_id").is_in(list(read.decoded.counts)))
    if not gone.height:
        return read
    left = read.thinned(
        stage, lambda rows: rows.join(gone, on=_PLACE, how="anti", maintain_order="left")
    )
    fewer = gone.group_by("object_id").agg(
        flows=(~pl.col("rejected")).sum(), rejected=pl.col("rejected").sum()
    )
    counts = read.decoded.counts | {
        one: _recounted(read.decoded.counts[one], flows, rejected)
        for one, flows, rejected in fewer.iter_rows()
    }
    old = {one for one in fewer["object_id"] if counts[one].flows == counts[one].rejected == 0}
    summary.already += [one.found.uri for one in read.objects if one.object_id in old]
    objects = [one for one in read.objects if one.object_id not in old]
    return replace(left, objects=objects, decoded=replace(left.decoded, counts=counts))


def _recounted(known: Counts, flows: int, rejected: int) -> Counts:
    return replace(
        known,
        flows=known.flows - flows,
        rejected=known.rejected - rejected,
        skipped=known.skipped + flows + rejected,
    )
