"""Answers as JSON: times as ISO 8601 with Z, missing as null, integers unquoted, no row cap."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

import pyarrow as pa


def as_json(value: object) -> str:
    """Return one JSON document; JSON has no NaN and no infinity, so they are null.

    What could steer a terminal is escaped, as JSON escapes the control characters of ASCII.
    """
    text = json.dumps(_finite(value), default=_plain, ensure_ascii=False, indent=2)
    return re.sub(r"[^\n -~]", _escaped, text)


def _escaped(character: re.Match[str]) -> str:
    return character[0] if character[0].isprintable() else json.dumps(character[0])[1:-1]


def table_rows(table: pa.Table) -> list[dict[str, Any]]:
    """Return a table's rows as objects; of two columns with one name the later gets a number."""
    names = distinct(table.column_names)
    columns = [_values(column) for column in table.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Return a column's values; what Python and JSON cannot hold comes as NULL or as text."""
    try:
        values: list[Any] = column.to_pylist(maps_as_pydicts="lossy")
    except (OverflowError, ValueError):
        # DuckDB's times reach further than Python's: infinity, and years beyond 9999.
        values = column.cast(pa.string()).to_pylist()
    return values


def distinct(names: list[str]) -> list[str]:
    """Return column names with a number behind those that came before."""
    seen: dict[str, int] = {}
    told_apart = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told_apart.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return told_apart


def iso(moment: datetime) -> str:
    """Write a time as ISO 8601 with Z, without the fraction where it is zero."""
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    return moment.isoformat().replace("+00:00", "Z")


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(held) for key, held in value.items()}
    return [_finite(held) for held in value] if isinstance(value, list) else value


def _plain(value: object) -> object:
    """Return what JSON has in place of a value that it has not."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Decimal):
        # DuckDB sums integers in 128 bits, which reach Arrow as decimals without a fraction.
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date | time | timedelta):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
