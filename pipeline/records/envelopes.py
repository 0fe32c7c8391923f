"""Records inside JSON: subscription envelopes, Firehose's messages, what CloudWatch answers.

Each is unwrapped to the lines it holds, with the time and id of each line's event; the lines are
then read as any text without a header. A CONTROL_MESSAGE is skipped and counted. What is none of
these stands as a line of its own, to be rejected.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import polars as pl

from pipeline.records import documents, events
from pipeline.records.content import Content, LogGroup, Times


def is_envelope(data: bytes) -> bool:
    """Tell JSON documents by their beginning."""
    return re.match(rb"\s*\{", data) is not None


def read(content: Content, now: datetime) -> Content:
    """Take the messages out of JSON documents that follow each other, newlines between or not.

    Raises ValueError where very many are no events.
    """
    pieces = [*documents.read(content.data)]
    groups, _ = _surveyed(pieces, now)
    told = pl.concat(map(_told, pieces))
    return _unwrapped(replace(content, log_groups=content.log_groups | groups), told, now)


def sliced(content: Content, now: datetime) -> Iterator[Content]:
    """Take the messages out of a large object in slices.

    All of it is looked at before the first slice is made: nothing may be kept of what turns out to
    be none, and a slice has to tell when and where all of them were logged. Raises ValueError as
    `read` does.
    """
    way = documents.answered
    try:
        groups, times = _surveyed(way(content.data), now)
    except EOFError:
        way = documents.read
        groups, times = _surveyed(way(content.data), now)
    groups |= content.log_groups
    whole = replace(content, log_groups=groups, times_of_all=lambda: times)
    return _slices(whole, way(content.data), now)


def _slices(whole: Content, pieces: Iterator[pl.DataFrame], now: datetime) -> Iterator[Content]:
    before = 0
    for piece in pieces:
        told = _told(piece)
        yield _unwrapped(replace(whole, lines_before=before), told, now)
        before += told.height


def _surveyed(pieces: Iterable[pl.DataFrame], now: datetime) -> tuple[frozenset[LogGroup], Times]:
    """Return the log groups of documents, and the first and the last time of their events."""
    groups: set[LogGroup] = set()
    times: list[datetime] = []
    odd = 0
    for piece in pieces:
        told = _told(piece.filter(~pl.col("control")))
        named = piece.filter(pl.col("logGroup").is_not_null()).select(*documents.GROUP)
        groups.update((owner, None, group) for owner, group in named.unique().iter_rows())
        moment = events.time(now)
        edges = told.filter("is_one").select(first=moment.min(), last=moment.max())
        times += [edge for edge in edges.row(0) if edge is not None]
        odd += told.height - int(told["is_one"].sum())
        if odd > documents.MOST_ODD:
            raise ValueError(documents.TOO_ODD)
    return frozenset(groups), (min(times), max(times)) if times else None


def _unwrapped(content: Content, told: pl.DataFrame, now: datetime) -> Content:
    first = content.lines_before + 1
    rows = told.with_columns(line_number=pl.int_range(first, pl.len() + first, dtype=pl.Int64()))
    told = rows.filter(~pl.col("control"))
    records = told.filter("is_one")
    found = events.unwrapped(content, records, now, rows.height - told.height)
    return replace(found, rejected=_none(content, told)) if told.height > records.height else found


def _told(piece: pl.DataFrame) -> pl.DataFrame:
    """Return documents' events, a row each: `control`, id, timestamp, message, `is_one`."""
    told = piece.select("control", "events").explode("events", empty_as_null=False).unnest("events")
    return told if "is_one" in told.columns else told.with_columns(is_one=pl.lit(True))


def _none(content: Content, told: pl.DataFrame) -> pl.DataFrame:
    """Return what is no event as rejected lines."""
    return told.filter(~pl.col("is_one")).select(
        "line_number",
        object_id=pl.lit(content.object_id),
        reason=pl.lit("is no log event of CloudWatch, and no message of Firehose"),
        text="message",
        event_id="id",
    )
