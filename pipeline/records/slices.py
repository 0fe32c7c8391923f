"""Large objects: read and settled a slice at a time, which bounds the memory that they take."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import TypeVar

import polars as pl

from pipeline.records import exact, strict
from pipeline.records.content import Content, Times
from pipeline.records.layout import Layout, first_line, header, plainly

SLICE_BYTES = 16 * 1024 * 1024
# What holds something odd is read in smaller slices, until so little is left beside it.
_LEAST_BYTES = 64 * 1024
_BYTE_ORDER_MARK = "\ufeff"

# Rows by layout, and the lines that are none: what pipeline/records/exact.py returns.
Settled = tuple[list[tuple[Layout, pl.DataFrame]], pl.DataFrame]
Read = TypeVar("Read")


def is_large(content: Content) -> bool:
    """Tell whether an object is to be read in slices."""
    return len(content.data) > SLICE_BYTES


def lines(text: Content) -> Iterator[Content]:
    """Cut a text at the ends of lines."""
    begin, before = 0, text.lines_before
    while begin < len(text.data):
        end = text.data.rfind(b"\n", begin, begin + SLICE_BYTES) + 1
        # A line may be longer than a slice.
        end = end or text.data.find(b"\n", begin) + 1 or len(text.data)
        part = replace(text, data=text.data[begin:end], lines_before=before)
        yield part
        begin, before = end, before + part.lines


def pieces(
    data: bytes,
    begin: int,
    border: Callable[[bytes, int, int], int],
    quickly: Callable[[bytes, int, int], tuple[Read, int] | None],
    slowly: Callable[[bytes, int, int], Read | None],
) -> Iterator[Read]:
    """Read data piece by piece: quickly where that can be, slowly in what little is odd.

    `border` tells where a piece that begins somewhere and has about so many bytes may end.
    `quickly` returns what is between two places and how far it came; None where that needs a closer
    look. `slowly` returns what is between two places; None where something goes on behind them.
    """
    size = SLICE_BYTES
    while begin < len(data):
        end = border(data, begin, size)
        read = quickly(data, begin, end)
        while read is None and size > _LEAST_BYTES:
            size //= 4
            nearer = border(data, begin, size)
            read = quickly(data, begin, nearer) if nearer < end else None
            end = nearer
        if read is None:
            read = _closely(data, begin, end, border, slowly)
        found, begin = read
        yield found
        size = min(2 * max(size, 1), SLICE_BYTES)


def _closely(
    data: bytes,
    begin: int,
    end: int,
    border: Callable[[bytes, int, int], int],
    slowly: Callable[[bytes, int, int], Read | None],
) -> tuple[Read, int]:
    size = end - begin
    while (found := slowly(data, begin, end)) is None:
        short = end
        while end == short:
            size *= 2
            end = border(data, begin, size)
    return found, end


def timed(parts: Callable[[], Iterator[Content]]) -> Iterator[Content]:
    """Yield slices each of which can tell the first and the last time of all of them."""
    times = cache(lambda: _times(parts()))
    return (replace(part, times_of_all=times) for part in parts())


def _times(parts: Iterable[Content]) -> Times:
    found = [times for part in parts if (times := part.times()) is not None]
    return (min(first for first, _ in found), max(last for _, last in found)) if found else None


def settled(
    parts: Iterable[Content], declared: list[Layout], now: datetime
) -> Iterator[tuple[Content, Settled]]:
    """Settle the slices of a text, each as quickly as it can be.

    `declared` are the layouts that lines without a header above them may have.
    """
    for part in parts:
        frames, left = _settled(part, declared, now)
        yield part, (frames, left)
        declared = _in_force(left, declared)


def _settled(part: Content, declared: list[Layout], now: datetime) -> Settled:
    line = first_line(part.data)
    layout, headed = plainly(line, header(line), declared)
    if layout is not None and not (headed and part.events is not None):
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
