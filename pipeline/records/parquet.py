"""Parquet: a flow log as AWS writes it, or as other tools have written it anew.

AWS writes a missing text as "-" and a missing number as NULL, times as seconds in INT64, and only
the columns that the flow log has, named with `_` for `-`. Types drift where files were rewritten,
so every value is checked as it is read.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
"""

from datetime import datetime

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.records import columns, drift, footer
from pipeline.records.columns import Columns
from pipeline.records.content import Content
from pipeline.records.layout import is_flow_log

# What a value takes in memory, about: a number, or a text's place.
_VALUE_BYTES = 16


def unpacked_size(data: bytes, most: int) -> int:
    """Return about how many bytes a file's rows take in memory, or some number above `most`.

    A dictionary says a long text many times in few bytes: where that may be too much, the texts are
    measured before they are made.
    Raises ValueError where the file is damaged.
    """
    told = footer.chunks(data)
    size = sum(max(one.size, one.values * max(_VALUE_BYTES, one.width)) for one in told)
    repeats = [one for one in told if one.repeats]
    worst = size + sum(one.values * one.size for one in repeats)
    if size > most or worst <= most:
        return size
    return size + sum(_text_bytes(data, path) for path in {one.path: None for one in repeats})


def _text_bytes(data: bytes, path: str) -> int:
    """Return how long the texts of a column are together, each as often as it stands there."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=[path])
        column = file.read([path]).column(0)
        while not pa.types.is_dictionary(column.type):
            nested = pa.types.is_struct(column.type)
            column = pc.struct_field(column, 0) if nested else pc.list_flatten(column)
        lengths = (
            pc.sum(pc.take(pc.binary_length(part.dictionary), part.indices)).as_py()
            for part in column.chunks
        )
        return sum(length or 0 for length in lengths)
    except (pa.ArrowException, OSError, IndexError, TypeError) as error:
        raise ValueError(_damaged(error)) from error


def names(data: bytes) -> list[str]:
    """Return the names of a file's columns.

    Raises ValueError where the file is damaged.
    """
    try:
        return list(pq.ParquetFile(pa.BufferReader(data)).schema_arrow.names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ValueError(_damaged(error)) from error


def read(file: Content, now: datetime) -> Columns:
    """Return a file's rows under AWS's names for the fields.

    Raises ValueError where the file is damaged or is no flow log.
    """
    given = names(file.data)
    fields = columns.field_names(given)
    if not is_flow_log(fields):
        told = " ".join(", ".join(given).split())
        raise ValueError(f"is Parquet, but no flow log: its columns are {told[:120]}")
    stored = table(file.data).columns
    plain = [drift.plain(name, column) for name, column in zip(fields, stored, strict=True)]
    return Columns(file.object_id, placed(pl.DataFrame(pa.table(plain, fields)), file))


def table(data: bytes, paths: list[str] | None = None) -> pa.Table:
    """Return a file's columns, or those that dotted paths lead to, as far as it has them.

    Raises ValueError where the file is damaged.
    """
    try:
        return pq.ParquetFile(pa.BufferReader(data)).read(paths)
    except (pa.ArrowException, OSError) as error:
        raise ValueError(_damaged(error)) from error


def placed(rows: pl.DataFrame, file: Content) -> pl.DataFrame:
    """Return rows with their places: the first row is line 1."""
    return rows.with_columns(
        object_id=pl.lit(file.object_id),
        object_time=pl.lit(file.time, pl.Datetime("us", "UTC")),
        line_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64()),
    )


def _damaged(error: Exception) -> str:
    return f"the Parquet is damaged ({' '.join(str(error).split())[:120]}): fetch the object again"
