"""Parquet: a flow log as AWS writes it, or as other tools have written it anew.

AWS writes a missing text as "-" and a missing number as NULL, times as seconds in INT64, and only
the columns that the flow log has, named with `_` for `-`. Types drift where files were rewritten,
so every value is checked as it is read.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
"""

from datetime import datetime

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.records import drift
from pipeline.records.content import Content
from pipeline.records.decoded import Counts, Decoded
from pipeline.records.layout import Layout, is_flow_log
from pipeline.records.settle import faults, reason, settle

MAGIC = b"PAR1"
# What a value takes in memory, about: a number, or a text's place.
_VALUE_BYTES = 16
_PLACE = ("object_id", "line_number", "object_time")
_Files = list[tuple[Content, pl.DataFrame]]


def unpacked_size(data: bytes) -> int:
    """Return about how many bytes a file's rows take in memory, by its footer alone.

    Raises ValueError where the file is damaged.
    """
    told = _open(data).metadata
    packed = sum(told.row_group(number).total_byte_size for number in range(told.num_row_groups))
    return int(max(packed, told.num_rows * told.num_columns * _VALUE_BYTES))


def read(files: list[Content], now: datetime, decoded: Decoded) -> None:
    """Decode Parquet files, those with the same columns together.

    A row whose values cannot be read is a rejected line; its text is the row as JSON.
    """
    alike: dict[tuple[tuple[str, pl.DataType], ...], _Files] = {}
    for file in files:
        try:
            rows = _rows(file)
        except ValueError as error:
            decoded.failed[file.object_id] = str(error)
        else:
            alike.setdefault(tuple(rows.schema.items()), []).append((file, rows))
    for members in alike.values():
        _settle(members, now, decoded)


def _open(data: bytes) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(pa.BufferReader(data))
    except (pa.ArrowException, OSError) as error:
        raise ValueError(_damaged(error)) from error


def _damaged(error: Exception) -> str:
    return f"the Parquet is damaged ({' '.join(str(error).split())[:120]}): fetch the object again"


def _rows(file: Content) -> pl.DataFrame:
    """Return a file's rows under AWS's names for the fields, each with its place."""
    opened = _open(file.data)
    names = [name.replace("_", "-") for name in opened.schema_arrow.names]
    if not is_flow_log(names):
        raise ValueError(f"is Parquet, but no flow log: its columns are {', '.join(names)[:120]}")
    try:
        stored = opened.read().columns
    except (pa.ArrowException, OSError) as error:
        raise ValueError(_damaged(error)) from error
    columns = [drift.plain(name, column) for name, column in zip(names, stored, strict=True)]
    rows = pl.DataFrame(pa.table(columns, names))
    return rows.with_columns(
        pl.lit(file.object_id).alias("object_id"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64()).alias("line_number"),
        pl.lit(file.time, pl.Datetime("us", "UTC")).alias("object_time"),
    )


def _settle(files: _Files, now: datetime, decoded: Decoded) -> None:
    """Check and keep the rows of files with the same columns."""
    rows = pl.concat(frame for _, frame in files)
    layout = Layout(tuple(name for name in rows.columns if name not in _PLACE))
    values, wrong = drift.typed(rows, layout)
    typed = rows.with_columns(*values, line_reason=reason(wrong))
    judged = typed.with_columns(line_reason=pl.coalesce("line_reason", reason(faults(layout, now))))
    fits = pl.col("line_reason").is_null()
    flows = settle(judged.filter(fits), layout)
    text = pl.struct(layout.names).struct.json_encode()
    rejected = (
        rows.with_columns(judged["line_reason"])
        .filter(~fits)
        .select("object_id", "line_number", reason="line_reason", text=text)
    )
    decoded.frames.append((layout.table, flows))
    decoded.rejections.append(rejected)
    decoded.unknown_fields.update(layout.unknown())
    _count(files, layout, rejected, decoded)


def _count(files: _Files, layout: Layout, rejected: pl.DataFrame, decoded: Decoded) -> None:
    left = dict(rejected.group_by("object_id").len().iter_rows())
    for file, rows in files:
        bad = left.get(file.object_id, 0)
        if bad and bad == rows.height:
            why = rejected.filter(object_id=file.object_id)["reason"].mode().sort()[0]
            decoded.failed[file.object_id] = (
                f"none of its {bad} rows can be read: most often, {why}"
            )
            continue
        decoded.counts[file.object_id] = Counts(rows.height, rows.height - bad, bad)
        decoded.layouts[file.object_id] = " ".join(layout.names)
