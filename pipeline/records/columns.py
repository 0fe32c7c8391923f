"""Rows that came in columns, from Parquet or CSV: checked, those of the same columns together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from pipeline.records import drift, fields
from pipeline.records.decoded import Counts, Decoded, nothing_read
from pipeline.records.layout import Layout
from pipeline.records.settle import faults, reason, settle

# No field has an underscore in its name, so none is mistaken for one of these.
PLACE = ("object_id", "object_time", "line_number")
_LINE = ("object_id", "line_number", "reason", "text")
# So many rows of a large object are checked at once, which bounds the memory that it takes.
_SLICE_ROWS = 100_000
_SQUEEZED = {re.sub(r"[^a-z0-9]", "", name): name for name in fields.names()}
# CloudWatch Logs Insights calls them so.
_SQUEEZED |= {"starttime": "start", "endtime": "end"}


@dataclass(frozen=True, slots=True)
class Columns:
    """An object's rows: a column a field, named as AWS names it, and their places.

    `rejected` are lines that are no rows; `headers` and `blanks` count those that are no records.
    """

    object_id: str
    rows: pl.DataFrame
    rejected: pl.DataFrame | None = None
    headers: int = 0
    blanks: int = 0


def field_names(given: list[str]) -> list[str]:
    """Return columns under AWS's names for the fields: of account_id or accountId, account-id."""
    squeezed = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in given)
    return [
        _SQUEEZED.get(short, name.lstrip("@").replace("_", "-"))
        for name, short in zip(given, squeezed, strict=True)
    ]


def keep(objects: list[Columns], now: datetime, decoded: Decoded) -> None:
    """Check the rows of objects and keep them; a row with a wrong value is a rejected line.

    The text of such a line is the row as JSON.
    """
    alike: dict[tuple[tuple[str, pl.DataType], ...], list[Columns]] = {}
    for one in objects:
        alike.setdefault(tuple(one.rows.schema.items()), []).append(one)
    for members in alike.values():
        rows = pl.concat(one.rows for one in members)
        rejected = pl.concat([_kept(rows, now, decoded), *_torn(members)])
        counts = {one.object_id: _found(one) for one in members}
        _count(counts, _layout(rows), rejected, decoded)


def keep_slices(slices: Iterable[Columns], now: datetime, decoded: Decoded) -> None:
    """Check the rows of one object's slices and keep them, as `keep` does."""
    found, rejections = Counts(0, 0, 0), list[pl.DataFrame]()
    for one in slices:
        rejections += [_kept(one.rows, now, decoded), *_torn([one])]
        found += _found(one)
    _count({one.object_id: found}, _layout(one.rows), pl.concat(rejections), decoded)


def _layout(rows: pl.DataFrame) -> Layout:
    return Layout(tuple(name for name in rows.columns if name not in PLACE))


def _torn(objects: list[Columns]) -> list[pl.DataFrame]:
    return [one.rejected.select(_LINE) for one in objects if one.rejected is not None]


def _found(one: Columns) -> Counts:
    """Return an object's counts as they are if each of its rows fits."""
    rows, torn = one.rows.height, 0 if one.rejected is None else one.rejected.height
    return Counts(rows + torn + one.headers + one.blanks, rows, torn, one.headers, one.blanks)


def _kept(rows: pl.DataFrame, now: datetime, decoded: Decoded) -> pl.DataFrame:
    """Keep the rows that fit, and return those that do not as rejected lines."""
    layout, rejected = _layout(rows), list[pl.DataFrame]()
    for begin in range(0, max(rows.height, 1), _SLICE_ROWS):
        flows, bad = _settled(rows.slice(begin, _SLICE_ROWS), layout, now)
        decoded.add(layout.table, flows)
        rejected.append(bad)
    decoded.unknown_fields.update(layout.unknown())
    return pl.concat(rejected)


def _settled(
    rows: pl.DataFrame, layout: Layout, now: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows into the table's and rejected lines."""
    values, wrong = drift.typed(rows, layout)
    typed = rows.with_columns(*values, line_reason=reason(wrong))
    why = pl.coalesce("line_reason", reason(faults(layout, now)))
    judged = typed.with_columns(line_reason=why)
    fits = judged["line_reason"].is_null()
    text = pl.struct(layout.names).struct.json_encode()
    rejected = rows.with_columns(judged["line_reason"]).filter(~fits)
    lines = rejected.rename({"line_reason": "reason"}).select(*_LINE[:-1], text=text)
    return settle(judged.filter(fits), layout), lines


def _count(
    found: dict[str, Counts], layout: Layout, rejected: pl.DataFrame, decoded: Decoded
) -> None:
    """Keep the counts of objects, and their rejected lines unless they failed."""
    left = dict(rejected.group_by("object_id").len().iter_rows())
    for object_id, counts in found.items():
        bad = left.get(object_id, 0)
        flows = counts.flows + counts.rejected - bad
        if bad and not flows:
            decoded.failed[object_id] = nothing_read(rejected.filter(object_id=object_id))
            continue
        decoded.counts[object_id] = replace(counts, flows=flows, rejected=bad)
        decoded.layouts[object_id] = " ".join(layout.names)
    failed = pl.col("object_id").is_in(list(decoded.failed))
    decoded.reject(rejected.filter(~failed))
