"""Large texts: settled a slice at a time, which bounds the memory that their columns take."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import polars as pl

from pipeline.records import exact, strict
from pipeline.records.content import Content
from pipeline.records.layout import Layout, first_line, header, plainly

SLICE_BYTES = 16 * 1024 * 1024
_BYTE_ORDER_MARK = "\ufeff"

# Rows by layout, and the lines that are none: what pipeline/records/exact.py returns.
Settled = tuple[list[tuple[Layout, pl.DataFrame]], pl.DataFrame]


def is_large(text: Content) -> bool:
    """Tell whether a text is to be read in slices; what was taken out of envelopes never is."""
    return len(text.data) > SLICE_BYTES and text.events is None


def settled(text: Content, declared: list[Layout], now: datetime) -> Iterator[Settled]:
    """Settle a text line by line, and the slices of a large one as quickly as each can be.

    `declared` are the layouts that lines without a header above them may have.
    """
    if not is_large(text):
        yield exact.read(text, declared, now)
        return
    for part in _slices(text):
        frames, left = _settled(part, declared, now)
        yield frames, left
        declared = _in_force(left, declared)


def _slices(text: Content) -> Iterator[Content]:
    """Cut a text at the ends of lines."""
    begin, before = 0, text.lines_before
    while begin < len(text.data):
        end = text.data.rfind(b"\n", begin, begin + SLICE_BYTES) + 1
        # A line may be longer than a slice.
        end = end or text.data.find(b"\n", begin) + 1 or len(text.data)
        part = replace(text, data=text.data[begin:end], lines_before=before)
        yield part
        begin, before = end, before + part.lines


def _settled(part: Content, declared: list[Layout], now: datetime) -> Settled:
    line = first_line(part.data)
    layout, headed = plainly(line, header(line), declared)
    if layout is not None:
        frames, doubtful = strict.read([part], layout, headed, now)
        if not doubtful:
            return [(layout, rows) for rows in frames], _left([line] if headed else [], part)
    return exact.read(part, declared, now)


def _left(headers: list[str], part: Content) -> pl.DataFrame:
    """Return the header line of a slice as exact.read does, or that there is none."""
    places = {"object_id": part.object_id, "line_number": part.lines_before + 1}
    rows = [{**places, "text": line, "reason": "header"} for line in headers]
    return pl.DataFrame(rows, schema=exact.LEFT)


def _in_force(left: pl.DataFrame, declared: list[Layout]) -> list[Layout]:
    """Return what the lines of the next slice may have: what the last header line declares."""
    headers = left.filter(reason="header")["text"].tail(1).to_list()
    names = [tuple(text.removeprefix(_BYTE_ORDER_MARK).split()) for text in headers]
    return [Layout(one) for one in names] or declared
