"""Decoding text: every line becomes a row, a rejected line, a header or a blank, and is counted."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

import polars as pl

from pipeline.records import exact, slices, strict
from pipeline.records.content import Content
from pipeline.records.decoded import Counts, Decoded, apart, nothing_read
from pipeline.records.layout import Layout, first_line, header, plainly

_BINARY = "is no flow log: it is binary"
_UNKNOWN = (
    "is no flow log: no header line names its fields, and no flow log is known that wrote it; say "
    "its fields with --log-format, or load the answer of aws ec2 describe-flow-logs with "
    "'flowcause snapshot load'"
)


def read(texts: Sequence[tuple[Content, list[Layout]]], now: datetime, decoded: Decoded) -> None:
    """Decode texts into the tables' columns, by their header lines or by the layouts beside them.

    Texts of the same layout are read together; one about which there is any doubt is settled by
    itself. `now` is what the future is told by.
    """
    may = {text.object_id: layouts for text, layouts in texts}
    for (layout, headed, _), group in _alike(texts).items():
        left = _together(group, layout, headed, now, decoded) if layout else group
        for text in left:
            _alone(text, may[text.object_id], now, decoded)


def _alike(
    texts: Sequence[tuple[Content, list[Layout]]],
) -> dict[tuple[Layout | None, bool, bool], list[Content]]:
    """Group texts by layout, whether it is their header line, and whether they were events.

    No layout is the one to read by where the header is oddly written or several are possible, and
    none is that of a text which is settled alone.
    """
    groups: dict[tuple[Layout | None, bool, bool], list[Content]] = {}
    headers: dict[str, Layout | None] = {}
    for text, layouts in texts:
        bare = replace(text, data=text.data.removeprefix(codecs.BOM_UTF8))
        line = first_line(bare.data)
        if line not in headers:
            headers[line] = header(line)
        layout, headed = plainly(line, headers[line], layouts)
        if text.rejected is not None or (headed and text.events is not None):
            layout = None
        groups.setdefault((layout, headed, text.events is not None), []).append(bare)
    return groups


def _together(
    texts: list[Content], layout: Layout, headed: bool, now: datetime, decoded: Decoded
) -> list[Content]:
    """Read texts of one layout and return those that are left to settle alone."""
    frames, doubtful = strict.read(texts, layout, headed, now)
    for rows in filter(len, frames):
        decoded.add(layout.table, rows)
        decoded.unknown_fields.update(layout.unknown())
    left = {text.object_id for text in doubtful}
    for text in texts:
        if text.object_id not in left:
            lines = text.lines
            decoded.counts[text.object_id] = Counts(
                lines + text.skipped, lines - headed, 0, int(headed), 0, text.skipped
            )
            decoded.layouts[text.object_id] = " ".join(layout.names)
    return doubtful


def _alone(text: Content, declared: list[Layout], now: datetime, decoded: Decoded) -> None:
    if _is_binary(text):
        decoded.failed[text.object_id] = _BINARY
    else:
        _keep(text, [(text, exact.read(text, declared, now))], decoded)


def read_slices(
    parts: Iterator[Content], declared: list[Layout], now: datetime, decoded: Decoded
) -> None:
    """Decode a large text in slices; `declared` are the layouts that its lines may have."""
    first = next(parts)
    first = replace(first, data=first.data.removeprefix(codecs.BOM_UTF8))
    if _is_binary(first):
        decoded.failed[first.object_id] = _BINARY
    else:
        _keep(first, slices.settled(chain([first], parts), declared, now), decoded)


def _keep(
    first: Content,
    settled: Iterable[tuple[Content, slices.Settled]],
    decoded: Decoded,
) -> None:
    """Keep the rows and the rejected lines of a text; `first` is its first slice, or all of it."""
    counts, used, lefts = Counts(0, 0, 0), dict[str, None](), []
    expected = dict[str, None]()
    for part, (frames, left) in settled:
        whole = left if part.rejected is None else pl.concat([left, part.rejected], how="diagonal")
        counts += _counted(part, sum(rows.height for _, rows in frames), whole)
        lefts.append(apart(whole.filter(pl.col("reason") != "blank")))
        for layout, rows in frames:
            expected[" ".join(layout.names)] = None
            if rows.height:
                decoded.add(layout.table, rows)
                decoded.unknown_fields.update(layout.unknown())
                used[" ".join(layout.names)] = None
    left = pl.concat(lefts, how="diagonal")
    if failed := _failed(first, counts, left):
        decoded.failed[first.object_id] = failed
        return
    decoded.reject(_faults(left))
    decoded.counts[first.object_id] = counts
    decoded.layouts[first.object_id] = "\n".join(used or _headers(left) or expected)


def _counted(text: Content, flows: int, left: pl.DataFrame) -> Counts:
    lines = text.lines + (0 if text.rejected is None else text.rejected.height)
    headers = left.filter(reason="header").height
    blanks = left.filter(reason="blank").height
    rejected = left.height - headers - blanks
    counts = Counts(lines + text.skipped, flows, rejected, headers, blanks, text.skipped)
    found = flows + rejected + headers + blanks
    assert lines == found, f"{lines} lines in, {found} accounted for"
    return counts


def _is_binary(text: Content) -> bool:
    return b"\0" in text.data[:4096] and header(first_line(text.data)) is None


def _failed(first: Content, counts: Counts, left: pl.DataFrame) -> str | None:
    """Return why an object failed, if it did; an answer or an envelope may have no events."""
    if counts.lines == counts.blanks and (counts.lines or first.events is None):
        return "is empty"
    if counts.flows or not counts.rejected:
        return None
    faults = _faults(left)
    if not counts.headers and (faults["reason"] == exact.NO_HEADER).all():
        return _UNKNOWN
    return nothing_read(faults)


def _faults(left: pl.DataFrame) -> pl.DataFrame:
    return left.filter(~pl.col("reason").is_in(["header", "blank"]))


def _headers(left: pl.DataFrame) -> list[str]:
    texts = left.filter(reason="header")["text"].str.strip_chars().unique(maintain_order=True)
    return texts.to_list()
