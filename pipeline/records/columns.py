"""Rows that came in columns, from Parquet or CSV: checked, those of the same columns together."""

import re
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipeline.records import drift, fields
from pipeline.records.decoded import Counts, Decoded, nothing_read
from pipeline.records.layout import Layout
from pipeline.records.settle import faults, reason, settle

# No field has an underscore in its name, so none is mistaken for one of these.
PLACE = ("object_id", "object_time", "line_number")
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
        layout = Layout(tuple(name for name in rows.columns if name not in PLACE))
        flows, rejected = _settled(rows, layout, now)
        torn = [one.rejected for one in members if one.rejected is not None]
        rejected = pl.concat([rejected, *torn])
        decoded.add(layout.table, flows)
        decoded.unknown_fields.update(layout.unknown())
        _count(members, layout, rejected, decoded)
        failed = pl.col("object_id").is_in(list(decoded.failed))
        decoded.rejections.append(rejected.filter(~failed))


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
    return settle(judged.filter(fits), layout), rejected.select(
        "object_id", "line_number", reason="line_reason", text=text
    )


def _count(
    objects: list[Columns], layout: Layout, rejected: pl.DataFrame, decoded: Decoded
) -> None:
    left = dict(rejected.group_by("object_id").len().iter_rows())
    for one in objects:
        bad = left.get(one.object_id, 0)
        torn = 0 if one.rejected is None else one.rejected.height
        lines = one.rows.height + torn + one.headers + one.blanks
        flows = one.rows.height + torn - bad
        if bad and not flows:
            decoded.failed[one.object_id] = nothing_read(rejected.filter(object_id=one.object_id))
            continue
        decoded.counts[one.object_id] = Counts(lines, flows, bad, one.headers, one.blanks)
        decoded.layouts[one.object_id] = " ".join(layout.names)
