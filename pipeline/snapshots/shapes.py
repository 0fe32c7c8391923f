"""From answers' objects to rows of the inventory tables, as lake/calls declares them."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache, partial, reduce
from ipaddress import ip_network
from typing import Any

import polars as pl

from pipeline.lake.calls import CALLS
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


# What reading a value that is not of its kind ends in.
MISFITS = (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError)


def tables_of(answers: Iterable[Answer]) -> dict[str, pl.DataFrame]:
    """Return the rows of answers by table, without times, each row of a scope once.

    A table that a call feeds is there also where its answers have no row for it: nothing was seen.
    Raises one of MISFITS where a value is of the wrong kind.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for answer in answers:
        for shape in answer.call.shapes:
            rows.setdefault(shape.table, []).extend(rows_of(answer, shape))
    return {name: typed(name, found) for name, found in rows.items()}


def rows_of(answer: Answer, shape: Shape) -> Iterator[dict[str, Any]]:
    """Yield an answer's rows of one shape as they stand. Raises ValueError."""
    owner, region, scope = _reader(f"0.{answer.call.owner}"), answer.region, answer.scope
    readers = [(name, _reader(place)) for name, place in shape.values.items()]
    for levels in _descend(answer, shape):
        row = {name: tell(levels, answer) for name, tell in readers}
        row["account_id"] = _owner(owner(levels, answer)) or answer.account_id
        row["region"], row["scope"] = region, scope
        yield row


def _owner(told: Any) -> str | None:
    if told is None or isinstance(told, str):
        return told
    raise ValueError(f"owner {told!r:.60}")


@cache
def identity(table: str) -> tuple[str, ...]:
    """Return the columns that say whose the rows are: ids, and what each shape says alike."""
    fed = [(call, shape) for call in CALLS for shape in call.shapes if shape.table == table]
    shapes, fields = [shape for _, shape in fed], fed[0][0].ids
    first, *others = shapes[0].values
    ids = [n for n in others if shapes[0].values[n].removeprefix("0.") in fields]
    constant = [n for n in others if all(s.values.get(n, "").startswith("=") for s in shapes)]
    return first, *ids, *constant


def object_in(shape: Shape, one: dict[str, Any], answer: Answer) -> str | None:
    """Return table/id of what a shape has of an object; None where that cannot be told."""
    names = identity(shape.table)
    if shape.values[names[0]].startswith("@") or answer.call.whole:
        return None
    told = [_reader(shape.values[name])([one], answer) for name in names]
    return "/".join([shape.table, *told]) if all(told) and isinstance(told[0], str) else None


def lacks(shape: Shape, one: dict[str, Any]) -> str | None:
    """Return the list that an object is to have and has not, where there is one."""
    step = shape.path.partition(".")[0]
    if not step or "~" in step or _inner(one, step) is not None:
        return None
    return step.rstrip("?*")


def _descend(answer: Answer, shape: Shape) -> Iterator[list[Any]]:
    """Yield, for every innermost element, the object and the elements on the way to it."""
    ways: Iterator[list[Any]] = ([one] for one in answer.objects)
    for step in filter(None, shape.path.split(".")):
        ways = _step(ways, step)
    yield from ways


def _step(ways: Iterator[list[Any]], step: str) -> Iterator[list[Any]]:
    for way in ways:
        elements = _inner(way[-1], step)
        elements = [] if elements is None else elements
        if not isinstance(elements, list) or None in elements:
            raise ValueError(f"{step.rstrip('~?*')} {elements!r:.60}")
        if not elements and "?" in step:
            yield [*way, None]
        yield from ([*way, one] for one in elements)


def _inner(value: Any, step: str) -> Any:
    found = reduce(read, _names(step), value)
    return list(found.values()) if step.endswith("*") and isinstance(found, dict) else found


@cache
def _names(step: str) -> list[str]:
    return step.rstrip("~?*").split("/")


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
    value = reduce(read, steps, levels[level])
    return value.removeprefix(ZONE) if isinstance(value, str) else value


def read(value: Any, name: str) -> Any:
    """Return a field of an object, None where there is none. Raises ValueError."""
    if isinstance(value, dict):
        return value.get(name)
    if value is None:
        return None
    raise ValueError(f"{value!r:.60} in the place of {name}")


def typed(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return the rows of a table as it has them. Raises one of MISFITS."""
    schema = {name: dtype for name, dtype in TABLES[name].schema().items() if name not in _HELD}
    for column in (column for column, dtype in schema.items() if dtype == TIME):
        for row in rows:
            row[column] = _moment(row.get(column))
    for column, dtype in schema.items():
        _check_kind(column, dtype.to_python(), rows)
    return _matchable(pl.DataFrame(rows, schema=schema).unique(maintain_order=True))


def _check_kind(column: str, kind: type, rows: list[dict[str, Any]]) -> None:
    """Raise TypeError where a value is of another kind: polars would make 1 of true, 22 of 22.9."""
    for other in {type(row.get(column)) for row in rows} - {kind, type(None)}:
        raise TypeError(f"{column} is {other.__name__}, not {kind.__name__}")


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
