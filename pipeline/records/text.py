"""Decoding text: every line becomes a row, a rejected line, a header or a blank, and is counted."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import polars as pl

from pipeline.records import exact, strict
from pipeline.records.content import Content, lines_in
from pipeline.records.decoded import REJECTED, Counts, Decoded
from pipeline.records.layout import Layout, header

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(texts: list[Content], now: datetime, decoded: Decoded) -> None:
    """Decode texts with header lines, in any order of fields, into the tables' columns.

    Texts with the same header are read together; one about which there is any doubt is settled by
    itself. `now` is what the future is told by.
    """
    for first_line, group in _by_first_line(texts).items():
        for text in _together(group, first_line, now, decoded):
            _alone(text, now, decoded)


def _by_first_line(texts: list[Content]) -> dict[bytes, list[Content]]:
    groups: dict[bytes, list[Content]] = {}
    for text in texts:
        bare = text.data.removeprefix(_BYTE_ORDER_MARK)
        told = Content(text.object_id, bare, text.time)
        groups.setdefault(_first_line(bare), []).append(told)
    return groups


def _first_line(data: bytes) -> bytes:
    end = data.find(b"\n")
    return data[: end if end >= 0 else None]


def _declared(first_line: bytes) -> tuple[str, Layout | None]:
    words = first_line.decode("utf-8", errors="replace")
    return words, header(words)


def _together(
    texts: list[Content], first_line: bytes, now: datetime, decoded: Decoded
) -> list[Content]:
    """Read the texts under one header and return those that are left to settle alone."""
    words, layout = _declared(first_line)
    if layout is None or words != " ".join(layout.names):
        return texts
    frames, doubtful = strict.read(texts, first_line, layout, now)
    decoded.frames += [(layout.table, rows) for rows in frames]
    decoded.unknown_fields.update(layout.unknown())
    left = {text.object_id for text in doubtful}
    for text in texts:
        if text.object_id not in left:
            lines = lines_in(text.data)
            decoded.counts[text.object_id] = Counts(lines, lines - 1, 0, 1, 0)
            decoded.layouts[text.object_id] = words
    return doubtful


def _alone(text: Content, now: datetime, decoded: Decoded) -> None:
    if not_text := _not_text(text.data):
        decoded.failed[text.object_id] = not_text
        return
    frames, left = exact.read(text, now)
    counts = _counted(lines_in(text.data), frames, left)
    if counts.flows == 0 and (counts.rejected or not counts.headers):
        decoded.failed[text.object_id] = _nothing_read(counts, left)
        return
    decoded.frames += [(layout.table, rows) for layout, rows in frames]
    decoded.rejections.append(_faults(left).select(*REJECTED))
    decoded.counts[text.object_id] = counts
    decoded.layouts[text.object_id] = "\n".join(_headers(left))
    decoded.unknown_fields.update(name for layout, _ in frames for name in layout.unknown())


def _counted(
    lines: int, frames: Sequence[tuple[object, pl.DataFrame]], left: pl.DataFrame
) -> Counts:
    headers = left.filter(reason="header").height
    blanks = left.filter(reason="blank").height
    counts = Counts(
        lines,
        sum(rows.height for _, rows in frames),
        left.height - headers - blanks,
        headers,
        blanks,
    )
    found = counts.flows + counts.rejected + counts.headers + counts.blanks
    assert lines == found, f"{lines} lines in, {found} accounted for"
    return counts


def _not_text(data: bytes) -> str | None:
    if not data.strip():
        return "is empty"
    _, layout = _declared(_first_line(data))
    binary = layout is None and b"\0" in data[:4096]
    return "is no flow log: it is binary" if binary else None


def _nothing_read(counts: Counts, left: pl.DataFrame) -> str:
    if not counts.headers:
        return "is no flow log: no header line names its fields"
    reason = _faults(left)["reason"].mode().sort()[0]
    return f"none of its {counts.rejected} lines can be read: most often, {reason}"


def _faults(left: pl.DataFrame) -> pl.DataFrame:
    return left.filter(~pl.col("reason").is_in(["header", "blank"]))


def _headers(left: pl.DataFrame) -> Iterator[str]:
    texts = left.filter(reason="header")["text"].str.strip_chars().unique(maintain_order=True)
    yield from texts
