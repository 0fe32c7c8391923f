"""Decoding text: every line becomes a row, a rejected line, a header or a blank, and is counted."""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from pipeline.records import slices, strict
from pipeline.records.content import Content
from pipeline.records.decoded import Counts, Decoded, nothing_read
from pipeline.records.layout import Layout, first_line, header, plainly


def read(texts: Sequence[tuple[Content, list[Layout]]], now: datetime, decoded: Decoded) -> None:
    """Decode texts into the tables' columns, by their header lines or by the layouts beside them.

    Texts of the same layout are read together; one about which there is any doubt is settled by
    itself, and so is a large one. `now` is what the future is told by.
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
        if text.rejected is not None or slices.is_large(text):
            layout = None
        groups.setdefault((layout, headed, text.events is not None), []).append(bare)
    return groups


def _together(
    texts: list[Content], layout: Layout, headed: bool, now: datetime, decoded: Decoded
) -> list[Content]:
    """Read texts of one layout and return those that are left to settle alone."""
    frames, doubtful = strict.read(texts, layout, headed, now)
    for rows in frames:
        decoded.add(layout.table, rows)
    left = {text.object_id for text in doubtful}
    for text in texts:
        if text.object_id not in left:
            lines = text.lines
            decoded.counts[text.object_id] = Counts(
                lines + text.skipped, lines - headed, 0, int(headed), 0, text.skipped
            )
            decoded.layouts[text.object_id] = " ".join(layout.names)
    decoded.unknown_fields.update(layout.unknown() if len(left) < len(texts) else ())
    return doubtful


def _alone(text: Content, declared: list[Layout], now: datetime, decoded: Decoded) -> None:
    if not_text := _not_text(text):
        decoded.failed[text.object_id] = not_text
        return
    flows, used = 0, dict[str, None]()
    lefts: list[pl.DataFrame] = []
    for frames, left in slices.settled(text, declared, now):
        lefts.append(left)
        for layout, rows in frames:
            if rows.height:
                decoded.add(layout.table, rows)
                decoded.unknown_fields.update(layout.unknown())
                used[" ".join(layout.names)] = None
                flows += rows.height
    if text.rejected is not None:
        lefts.append(text.rejected)
    left = pl.concat(lefts, how="diagonal")
    counts = _counted(text, flows, left)
    if counts.flows == 0 and (counts.rejected or not (counts.headers or counts.skipped)):
        decoded.failed[text.object_id] = _nothing_read(text, counts, declared, left)
        return
    decoded.rejections.append(_faults(left))
    decoded.counts[text.object_id] = counts
    decoded.layouts[text.object_id] = "\n".join(used or _headers(left))


def _counted(text: Content, flows: int, left: pl.DataFrame) -> Counts:
    lines = text.lines + (0 if text.rejected is None else text.rejected.height)
    headers = left.filter(reason="header").height
    blanks = left.filter(reason="blank").height
    rejected = left.height - headers - blanks
    counts = Counts(lines + text.skipped, flows, rejected, headers, blanks, text.skipped)
    found = flows + rejected + headers + blanks
    assert lines == found, f"{lines} lines in, {found} accounted for"
    return counts


def _not_text(text: Content) -> str | None:
    if not text.data or text.data.isspace():
        return None if text.skipped or text.rejected is not None else "is empty"
    binary = b"\0" in text.data[:4096] and header(first_line(text.data)) is None
    return "is no flow log: it is binary" if binary else None


def _nothing_read(text: Content, counts: Counts, declared: list[Layout], left: pl.DataFrame) -> str:
    if not counts.headers and not declared and text.rejected is None:
        return (
            "is no flow log: no header line names its fields, and no flow log is known that wrote "
            "it; say its fields with --log-format, or load the answer of aws ec2 "
            "describe-flow-logs with 'flowcause snapshot load'"
        )
    return nothing_read(_faults(left))


def _faults(left: pl.DataFrame) -> pl.DataFrame:
    return left.filter(~pl.col("reason").is_in(["header", "blank"]))


def _headers(left: pl.DataFrame) -> Iterator[str]:
    texts = left.filter(reason="header")["text"].str.strip_chars().unique(maintain_order=True)
    yield from texts
