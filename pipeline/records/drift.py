"""Columns of any type to the field's own: what cannot be read whole is a fault, never rounded.

AWS's own types differ between VPC and transit-gateway logs, and rewritten files drift further:
integers with gaps become floats, accounts numbers without their leading zeros, NULL the text None.
https://github.com/opensearch-project/opensearch-catalog/issues/195
"""

import polars as pl
import pyarrow as pa

from pipeline.records.fields import TAGS, known
from pipeline.records.layout import Layout
from pipeline.records.settle import is_number

_MISSING = ["-", "", "None", "null", "nan", "NaN"]
# A tag may be called None or null, which is then no absence.
_MISSING_TAG = ["-", ""]
_ACCOUNT_DIGITS = 12


def plain(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as INT64, DOUBLE or text; times become milliseconds.

    Raises ValueError where the type is none that a flow log can have.
    """
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    try:
        if pa.types.is_timestamp(kind):
            return column.cast(pa.timestamp("ms", kind.tz), safe=False).cast(pa.int64())
        if pa.types.is_null(kind) or pa.types.is_signed_integer(kind):
            return column.cast(pa.int64())
        if pa.types.is_floating(kind):
            return column.cast(pa.float64())
        return checked(name, column.cast(pa.large_string()))
    except pa.ArrowException as error:
        raise ValueError(f"its column {name} is {column.type}, which is no flow log's") from error


def checked(name: str, texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column's texts if they are UTF-8, which Parquet does not check and polars relies on.

    Raises ValueError where one is not.
    """
    listed = pa.types.is_large_list(texts.type)
    bare = pa.large_list(pa.large_binary()) if listed else pa.large_binary()
    try:
        return texts.cast(bare).cast(texts.type)
    except pa.ArrowException as error:
        raise ValueError(f"its column {name} has text that is no UTF-8: write it anew") from error


def typed(rows: pl.DataFrame, layout: Layout) -> tuple[list[pl.Expr], list[tuple[pl.Expr, str]]]:
    """Return the layout's columns as Int64 or text, and what can be wrong with a value and why."""
    values, wrong = [], []
    for name in layout.names:
        dtype = rows.schema[name]
        given = _given(name, dtype)
        number = is_number(known(layout.table, name))
        value = _number(given, dtype) if number else _text(name, given, dtype)
        said = f"{name} is not {'a whole number' if number else 'text'}"
        values.append(value.alias(name))
        wrong.append((given.is_not_null() & value.is_null(), said))
    return values, wrong


def _given(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column with NULL for each of the ways to write that there is no value."""
    column = pl.col(name)
    if dtype == pl.String():
        return pl.when(~column.is_in(_MISSING_TAG if name in TAGS else _MISSING)).then(column)
    return column.fill_nan(None) if dtype == pl.Float64() else column


def _number(given: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    whole = given.cast(pl.Int64(), strict=False)
    return pl.when(whole == given).then(whole) if dtype == pl.Float64() else whole


def _text(name: str, given: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Read numbers as text; an account that lost its leading zeros gets them back."""
    if dtype == pl.String():
        return given
    digits = _number(given, dtype).cast(pl.String())
    return digits.str.zfill(_ACCOUNT_DIGITS) if name.endswith("account-id") else digits
