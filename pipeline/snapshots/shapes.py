"""From an answer's objects to rows of the inventory tables, as lake/calls declares them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake.call import Shape
from pipeline.lake.columns import TIME, Table
from pipeline.lake.tables import TABLES
from pipeline.snapshots.answers import Answer

# What is not the object's own: who saw it, and when.
_SEEN = ("account_id", "region", "scope", "valid_from", "valid_to")
# What packets are matched against; one that cannot be read would silently match nothing.
_BLOCKS = ("cidr", "destination", "address")
_BLOCK = re.compile(r"([0-9.]+|[0-9a-fA-F:]+)(/[0-9]{1,3})?")


def tables_of(answer: Answer) -> dict[str, pl.DataFrame]:
    """Return the rows of one answer by table, without scope and times, each row once.

    A table that the call feeds is there also where the answer has no row for it: nothing was seen.
    Raises BadInput where a value is of the wrong type.
    """
    rows: dict[str, list[dict[str, Any]]] = {shape.table: [] for shape in answer.call.shapes}
    for shape in answer.call.shapes:
        rows[shape.table] += (_row(answer, shape, levels) for levels in _descend(answer, shape))
    return {name: _frame(answer, TABLES[name], found) for name, found in rows.items()}


def _descend(answer: Answer, shape: Shape) -> Iterator[list[Any]]:
    """Yield, for every innermost element, the object and the elements on the way to it."""
    ways: Iterator[list[Any]] = ([one] for one in answer.objects)
    for step in filter(None, shape.path.split(".")):
        ways = _step(ways, step)
    yield from ways


def _step(ways: Iterator[list[Any]], step: str) -> Iterator[list[Any]]:
    for way in ways:
        inner = _field(way[-1], step)
        yield from ([*way, one] for one in (inner if isinstance(inner, list) else []))


def _row(answer: Answer, shape: Shape, levels: list[Any]) -> dict[str, Any]:
    row = {name: _value(place, levels, answer) for name, place in shape.values.items()}
    owner = _field(levels[0], "OwnerId") or answer.account_id
    return {**row, "account_id": owner, "region": answer.region}


def _value(place: str, levels: list[Any], answer: Answer) -> Any:
    if place.startswith("="):
        return place[1:]
    if place == "@subject":
        return answer.subject
    if place.startswith("#"):
        listed = _at(place[1:], levels)
        return len(listed) if isinstance(listed, list) else None
    return next((v for p in place.split("|") if (v := _at(p, levels)) is not None), None)


def _at(place: str, levels: list[Any]) -> Any:
    level, *steps = place.split(".")
    value = levels[int(level)]
    for step in steps:
        value = _field(value, step)
    return value


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _frame(answer: Answer, table: Table, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {name: dtype for name, dtype in table.schema().items() if name not in _SEEN[2:]}
    times = [name for name, dtype in schema.items() if dtype == TIME]
    try:
        told = [row | {name: _moment(row[name]) for name in times} for row in rows]
        return _matchable(pl.DataFrame(told, schema=schema).unique(maintain_order=True))
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        raise BadInput(
            f"{answer.file}: a value of {table.name} is not what {answer.call.name} answers "
            f"({' '.join(str(error).split())[:120]}): save the answer again"
        ) from error


def _moment(value: Any) -> datetime | None:
    """Read a time as the AWS CLI writes it: ISO 8601. Raises TypeError and ValueError."""
    return None if value is None else datetime.fromisoformat(value).astimezone(UTC)


def _matchable(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame; raise ValueError where a value is neither an address nor a CIDR block."""
    for name in _BLOCKS:
        for block in frame[name].drop_nulls().unique() if name in frame.columns else ():
            if not _BLOCK.fullmatch(block):
                raise ValueError(f"{block!r} is no CIDR block")
            ip_network(block, strict=False)
    return frame
