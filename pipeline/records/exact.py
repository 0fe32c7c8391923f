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
_PLACE = ("object_id", "object_time", "event_id", "event_time", "line_number", "line_text")
_LEFT = ("object_id", "line_number", "line_text", "line_reason")
LEFT = {
    "object_id": pl.String(),
    "line_number": pl.Int64(),
    "text": pl.String(),
    "reason": pl.String(),
}
NO_HEADER = "no header line above it"
# AWS separates by one blank; what else Unicode holds for a blank is part of a value.
_BLANKS = " \t\r"
_BYTE_ORDER_MARK = "\ufeff"


def read(
    text: Content, declared: list[Layout], now: datetime
) -> tuple[list[tuple[Layout, pl.DataFrame]], pl.DataFrame]:
    """Read one text; `declared` are the layouts that lines without a header above them may have.

    Returns the table's rows by layout, and of every line that is none: `object_id`, `line_number`,
    `text`, `event_id` where it was one, and `reason`, where "header" and "blank" are no faults.
    """
    lines = _lines(text, declared)
    told = lines.filter(pl.col("line_reason").is_not_null())
    frames, rejected = [], [told]
    records = lines.filter(pl.col("line_reason").is_null())
    for (names,), part in records.group_by("line_layout", maintain_order=True):
        candidates = declared if names is None else [Layout(tuple(names.split(" ")))]
        good, bad = _of_any(part, candidates, now)
        frames += good
        rejected.append(bad)
    names = _LEFT if text.events is None else (*_LEFT, "event_id")
    left = pl.concat(part.select(names) for part in rejected)
    said = {"line_text": "text", "line_reason": "reason"}
    return frames, left.sort("line_number").rename(said)


def _lines(text: Content, declared: list[Layout]) -> pl.DataFrame:
    """Split a text into numbered lines with their words, and tell those that are no records."""
    plain = text.data.decode("utf-8", errors="replace").removesuffix("\n")
    split = (
        pl.select(line_text=pl.lit(plain).str.split("\n"))
        .explode("line_text", empty_as_null=False)
        .head(text.lines)
    )
    bare = pl.col("line_text").str.strip_prefix(_BYTE_ORDER_MARK).str.strip_chars(_BLANKS)
    words = bare.str.replace_all(f"[{_BLANKS}]+", " ")
    numbered = split.with_columns(
        object_id=pl.lit(text.object_id),
        object_time=pl.lit(text.time, pl.Datetime("us", "UTC")),
        words=words,
        tokens=words.str.split(" "),
    ).with_columns(header=is_header(pl.col("tokens")))
    placed = (
        numbered.hstack(text.events)
        if text.events is not None
        else numbered.with_columns(
            line_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64()) + text.lines_before
        )
    )
    layout = pl.when("header").then("words").forward_fill()
    reason = (
        pl.when("header")
        .then(pl.lit("header"))
        .when(pl.col("words") == "")
        .then(pl.lit("blank"))
        .when(layout.is_null() & (not declared))
        .then(pl.lit(NO_HEADER))
    )
    return placed.with_columns(line_layout=layout, line_reason=reason)


def _of_any(
    lines: pl.DataFrame, layouts: list[Layout], now: datetime
) -> tuple[list[tuple[Layout, pl.DataFrame]], pl.DataFrame]:
    """Give each line to the only layout that it fits; one that fits several is not guessed."""
    read = [(layout, *_of_layout(lines, layout, now)) for layout in layouts]
    if len(read) == 1:
        ((layout, good, bad),) = read
        return [(layout, good)], bad
    fitting = pl.concat(good.select("line_number") for _, good, _ in read).to_series()
    sole = fitting.filter(fitting.is_unique())
    number = pl.col("line_number")
    why = (
        pl.when(number.is_in(fitting.implode()))
        .then(pl.lit("fits more than one of the declared formats"))
        .otherwise(pl.lit("fits none of the declared formats"))
    )
    left = lines.filter(~number.is_in(sole.implode())).with_columns(line_reason=why)
    return [(layout, good.filter(number.is_in(sole.implode()))) for layout, good, _ in read], left


def _of_layout(
    lines: pl.DataFrame, layout: Layout, now: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split the lines below one header into the table's rows and those that do not fit."""
    width = len(layout.names)
    counted = pl.col("tokens").list.len()
    short = pl.format("has {} fields where its format has {}", counted, pl.lit(width))
    read = lines.select(
        pl.col(name for name in lines.columns if name in _PLACE),
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
