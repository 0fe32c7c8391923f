"""What is kept of an object until the commit: a few lines, not the text that they stood in."""

from datetime import UTC, datetime

import polars as pl
import pytest

from pipeline.records import slices
from pipeline.records.content import Content
from pipeline.records.decode import decode

NOW = datetime(2026, 3, 10, tzinfo=UTC)
LINES = [f"eni-{number:08x}-of-a-rather-long-name 1772452800" for number in range(20_000)]
TEXT = "\n".join(["interface-id start", *LINES, "a line of three-words-that-does-not-fit", ""])


def held(frame: pl.DataFrame) -> int:
    """Return the bytes of all memory that a frame's columns keep from being given back."""
    newest = frame.to_arrow(compat_level=pl.CompatLevel.newest())
    chunks = (chunk for column in newest.columns for chunk in column.chunks)
    return sum(one.size for chunk in chunks for one in chunk.buffers() if one is not None)


@pytest.mark.parametrize("size", [10**9, 100_000])
def test_a_rejected_line_does_not_hold_its_text(monkeypatch, size) -> None:
    monkeypatch.setattr(slices, "SLICE_BYTES", size)
    read = decode([Content("o", TEXT.encode())], NOW)
    assert read.counts["o"].rejected == 1
    assert sum(map(held, read.rejections)) < 2000
