"""From answers' objects to rows of the inventory tables, as lake/calls declares them."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache, partial, reduce
from ipaddress import ip_network
from typing import Any

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake.calls.call import ZONE, Shape
from pipeline.lake.columns import TIME
from pipeline.lake.tables import TABLES
from pipeline.snapshots.answers import Answer

# What an answer does not say: from when to when it holds.
_HELD = ("valid_from", "valid_to")
# What packets are matched against; one that cannot be read would silently match nothing.
_BLOCKS = ("cidr", "destination", "address")
_BLOCK = re.compile(r"([0-9.]+|[0-9a-fA-F:]+)(/[0-9]{1,3})?")

# The object and the elements on the way to a row, and the answer they are of.
Reader = Callable[[list[Any], Answer], Any]


def tables_of(answers: Iterable[Answer]) -> dict[str, pl.DataFrame]:
    """Return the rows of answers by table, without times, each row of a scope once.

    A table that a call feeds is there also where its answers have no row for it: nothing was seen.
    Raises BadInput where a value is of the wrong type.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    told = list(answers)
    for answer in told:
        for shape in answer.call.shapes:
            rows.setdefault(shape.table, []).extend(_rows(answer, shape))
    return {name: _frame(name, found, told) for name, found in rows.items()}


def _rows(answer: Answer, shape: Shape) -> Iterator[dict[str, Any]]:
    owner, region, scope = _reader(f"0.{answer.call.owner}"), answer.region, answer.scope
    readers = [(name, _reader(place)) for name, place in shape.values.items()]
    for levels in _descend(answer, shape):
        row = {name: read(levels, answer) for name, read in readers}
        row["account_id"] = owner(levels, answer) or answer.account_id
        row["region"], row["scope"] = region, scope
        yield row


def _descend(answer: Answer, shape: Shape) -> Iterator[list[Any]]:
    """Yield, for every innermost element, the object and the elements on the way to it."""
    ways: Iterator[list[Any]] = ([one] for one in answer.objects)
    for step in filter(None, shape.path.split(".")):
        ways = _step(ways, step)
    yield from ways


def _step(ways: Iterator[list[Any]], step: str) -> Iterator[list[Any]]:
    names = step.rstrip("?*").split("/")
    for way in ways:
        inner = reduce(_field, names, way[-1])
        listed = _values(inner) if step.endswith("*") else inner
        elements = listed if isinstance(listed, list) else []
        if not elements and step.endswith("?"):
            yield [*way, None]
        yield from ([*way, one] for one in elements)


def _values(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []


@cache
def _reader(place: str) -> Reader:
    """Return what reads a place, as pipeline/lake/calls/call.py writes it."""
    if place.startswith("="):
        return lambda levels, answer: place[1:]
    if place == "@subject":
        return lambda levels, answer: answer.subject
    if place.startswith("#"):
        return partial(_length, _reader(place[1:]))
    if "|" in place:
        return partial(_first, [_reader(one) for one in place.split("|")])
    level, *steps = place.split(".")
    return partial(_at, int(level), steps)


def _length(read: Reader, levels: list[Any], answer: Answer) -> int | None:
    listed = read(levels, answer)
    return len(listed) if isinstance(listed, list) else None


def _first(readers: list[Reader], levels: list[Any], answer: Answer) -> Any:
    return next((v for read in readers if (v := read(levels, answer)) is not None), None)


def _at(level: int, steps: list[str], levels: list[Any], answer: Answer) -> Any:
    value = reduce(_field, steps, levels[level])
    return value.removeprefix(ZONE) if isinstance(value, str) else value


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _frame(name: str, rows: list[dict[str, Any]], answers: list[Answer]) -> pl.DataFrame:
    try:
        return _typed(name, rows)
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        raise _misfit(name, answers) from error


def _typed(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {name: dtype for name, dtype in TABLES[name].schema().items() if name not in _HELD}
    for column in (column for column, dtype in schema.items() if dtype == TIME):
        for row in rows:
            row[column] = _moment(row.get(column))
    return _matchable(pl.DataFrame(rows, schema=schema).unique(maintain_order=True))


def _misfit(name: str, answers: list[Answer]) -> BadInput:
    """Return what to say of the first answer whose rows do not fit."""
    for answer in answers:
        shapes = [shape for shape in answer.call.shapes if shape.table == name]
        try:
            _typed(name, [row for shape in shapes for row in _rows(answer, shape)])
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError) as error:
            return BadInput(
                f"{answer.file}: a value of {name} is not what {answer.call.name} answers "
                f"({' '.join(str(error).split())[:120]}): save the answer again"
            )
    raise AssertionError(f"{name}: each answer fits by itself")


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
