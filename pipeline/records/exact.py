"""The exact path: one text settled line by line, in columns all the same.

Runs of blanks, carriage returns, blank lines and headers anywhere are read as what they are; every
line that does not fit is kept with its reason.
"""

from datetime import datetime

import polars as pl

from pipeline.records.content import Content
from pipeline.records.layout import Layout, is_header
from pipeline.records.settle import faults, is_number, reason, settle

# No field has an underscore in its name, so none is mistaken for one of these.
_PLACE = ("object_id", "line_number", "object_time", "line_text")
# AWS separates by one blank; what else Unicode holds for a blank is part of a value.
_BLANKS = " \t\r"
_BYTE_ORDER_MARK = "\ufeff"


def read(text: Content, now: datetime) -> tuple[list[tuple[Layout, pl.DataFrame]], pl.DataFrame]:
    """Read one text.

    Returns the table's rows by layout, and of every line that is none: `object_id`, `line_number`,
    `text`, and `reason`, where "header" and "blank" are no faults.
    """
    lines = _lines(text)
    told = lines.filter(pl.col("line_reason").is_not_null())
    frames, rejected = [], [told]
    records = lines.filter(pl.col("line_reason").is_null())
    for (names,), part in records.group_by("line_layout", maintain_order=True):
        layout = Layout(tuple(names.split(" ")))
        good, bad = _of_layout(part, layout, now)
        frames.append((layout, good))
        rejected.append(bad)
    left = pl.concat(part.select(*_PLACE, "line_reason") for part in rejected)
    return frames, left.sort("line_number").select(
        "object_id", "line_number", text="line_text", reason="line_reason"
    )


def _lines(text: Content) -> pl.DataFrame:
    """Split a text into numbered lines with their words, and tell those that are no records."""
    plain = text.data.decode("utf-8", errors="replace").removesuffix("\n")
    split = pl.select(line_text=pl.lit(plain).str.split("\n")).explode(
        "line_text", empty_as_null=False
    )
    bare = pl.col("line_text").str.strip_prefix(_BYTE_ORDER_MARK).str.strip_chars(_BLANKS)
    words = bare.str.replace_all(f"[{_BLANKS}]+", " ")
    numbered = split.with_columns(
        object_id=pl.lit(text.object_id),
        object_time=pl.lit(text.time, pl.Datetime("us", "UTC")),
        line_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64()),
        words=words,
        tokens=words.str.split(" "),
    ).with_columns(header=is_header(pl.col("tokens")))
    layout = pl.when("header").then("words").forward_fill()
    reason = (
        pl.when("header")
        .then(pl.lit("header"))
        .when(pl.col("words") == "")
        .then(pl.lit("blank"))
        .when(layout.is_null())
        .then(pl.lit("no header line above it"))
    )
    return numbered.with_columns(line_layout=layout, line_reason=reason)


def _of_layout(
    lines: pl.DataFrame, layout: Layout, now: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split the lines below one header into the table's rows and those that do not fit."""
    width = len(layout.names)
    counted = pl.col("tokens").list.len()
    short = pl.format("has {} fields where the header names {}", counted, pl.lit(width))
    read = lines.select(
        *_PLACE,
        _values(layout),
        line_reason=pl.when(counted != width).then(short),
    ).unnest("values")
    checked = _numbers(read, layout)
    judged = checked.with_columns(
        line_reason=pl.coalesce("line_reason", reason(faults(layout, now)))
    )
    fits = pl.col("line_reason").is_null()
    return settle(judged.filter(fits), layout), judged.filter(~fits)


def _values(layout: Layout) -> pl.Expr:
    def value(place: int) -> pl.Expr:
        token = pl.col("tokens").list.get(place, null_on_oob=True)
        return pl.when(token != "-").then(token)

    named = [value(place).alias(name) for place, name in enumerate(layout.names)]
    return pl.struct(named).alias("values")


def _numbers(read: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Turn the text of number fields into numbers, and say which is none."""
    names = [field.name for field in layout.known() if is_number(field)]
    cast = {name: pl.col(name).cast(pl.Int64(), strict=False) for name in names}
    wrong = [
        (pl.col(name).is_not_null() & cast[name].is_null(), f"{name} is not a whole number")
        for name in names
    ]
    return read.with_columns(line_reason=pl.coalesce("line_reason", reason(wrong)), **cast)
