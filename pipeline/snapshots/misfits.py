"""Objects of answers that cannot be used: they are left out and named, and the others stand.

An object that is left out is unknown at that time, and so is a list that an object has not: what is
known of them from other times goes on. An answer whose objects have no id of their own, or is about
one object alone, is left out as a whole.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import polars as pl

from pipeline.lake.calls.call import Call
from pipeline.snapshots.answers import Answer
from pipeline.snapshots.shapes import (
    MISFITS,
    lacks,
    object_in,
    read,
    rows_of,
    tables_of,
    typed,
)

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a scope's answer does not tell, as table/id of objects; `why` where that is a fault."""

    scope: str
    why: str | None
    left_out: frozenset[str]


def sound(answers: list[Answer]) -> tuple[list[Answer], dict[str, pl.DataFrame], list[Doubt]]:
    """Return answers without what cannot be used, the rows of the rest, and what was left out.

    An answer of which nothing can be used has an error and no objects.
    """
    told, doubts = answers, list[Doubt]()
    try:
        tables = tables_of(answers)
    except MISFITS:
        told = [_without(answer, dict(_misfits(answer)), doubts) for answer in answers]
    twofold = _twofold(told)
    told = [_without(answer, _named(answer, twofold), doubts) for answer in told]
    told = [_complete(answer, doubts) for answer in told]
    if told != answers:
        tables = tables_of(told)
    return told, tables, doubts


def _without(answer: Answer, bad: dict[int, str], doubts: list[Doubt]) -> Answer:
    """Return an answer without some objects, by their place; why is noted of each."""
    for place, why in bad.items():
        one = answer.objects[place]
        if object_in(answer.call.shapes[0], one, answer) is None:
            return replace(answer, objects=[], error=why)
        left_out = (object_in(shape, one, answer) for shape in answer.call.shapes)
        doubts.append(Doubt(answer.scope, why, frozenset(filter(None, left_out))))
    if not bad:
        return answer
    kept = [one for place, one in enumerate(answer.objects) if place not in bad]
    return replace(answer, objects=kept)


def _misfits(
    answer: Answer, first: int = 0, beyond: int | None = None
) -> Iterator[tuple[int, str]]:
    """Yield (place, why) of objects with a value of the wrong kind, looking by halves."""
    beyond = len(answer.objects) if beyond is None else beyond
    part = replace(answer, objects=answer.objects[first:beyond])
    try:
        tables_of([part])
    except MISFITS as error:
        if beyond - first == 1:
            yield first, _said(part, error)
            return
        middle = (first + beyond) // 2
        yield from _misfits(answer, first, middle)
        yield from _misfits(answer, middle, beyond)


def _said(answer: Answer, error: Exception) -> str:
    try:
        told = next(_values(answer), str(error))
    except MISFITS as named:
        told = str(named)
    return (
        f"{answer.file}: {_name(answer, answer.objects[0])} is not what {answer.call.name} answers "
        f"({told}): save the answer again"
    )


def _values(answer: Answer) -> Iterator[str]:
    """Yield the values of the wrong kind, with the columns that they would fill."""
    for shape in answer.call.shapes:
        for row in rows_of(answer, shape):
            for column, value in row.items():
                try:
                    typed(shape.table, [{column: value}])
                except MISFITS:
                    yield f"{column} {value!r:.60}"


def _name(answer: Answer, one: Object) -> str:
    return (object_in(answer.call.shapes[0], one, answer) or "it").partition("/")[2] or "it"


def _twofold(answers: Iterable[Answer]) -> set[tuple[str, str]]:
    """Return (scope, id) of the objects that are there in two forms, on one page or on two."""
    met: dict[tuple[str, str], tuple[Answer, Object]] = {}
    twice: set[tuple[str, str]] = set()
    for answer in answers:
        for one in answer.objects:
            if (told := _id(answer.call, one)) is None:
                continue
            place = answer.scope, told
            other = met.setdefault(place, (answer, one))
            if other[1] != one and _form(*other) != _form(answer, one):
                twice.add(place)
    return twice


def _named(answer: Answer, twofold: set[tuple[str, str]]) -> dict[int, str]:
    """Return the places of an answer's objects that are among those, and what to say of each."""
    if not any(scope == answer.scope for scope, _ in twofold):
        return {}
    told = ((place, _id(answer.call, one)) for place, one in enumerate(answer.objects))
    return {
        place: f"{answer.file}: {name or 'it'} is there in two forms: save the answer again"
        for place, name in told
        if name is not None and (answer.scope, name) in twofold
    }


def _id(call: Call, one: Object) -> str | None:
    """Return what tells an object from the others of its answer, as text."""
    if call.whole:
        return ""
    names = call.ids or (next(iter(call.shapes[0].values.values())).partition(".")[2],)
    told = [reduce(read, name.split("."), one) for name in names]
    return None if all(value is None for value in told) else ", ".join(map(str, filter(None, told)))


def _form(answer: Answer, one: Object) -> list[list[str]]:
    alone = replace(answer, objects=[one])
    return [
        sorted({json.dumps(row, sort_keys=True) for row in rows_of(alone, shape)})
        for shape in answer.call.shapes
    ]


def _complete(answer: Answer, doubts: list[Doubt]) -> Answer:
    """Note the lists that objects have not; where that leaves the answer without use, say so."""
    if answer.error:
        return answer
    for shape in answer.call.shapes:
        lacking = [one for one in answer.objects if lacks(shape, one)]
        told = {object_in(shape, one, answer) for one in lacking}
        if None in told:
            why = f"{answer.file} has no {lacks(shape, lacking[0])}, or not in full"
            return replace(answer, objects=[], error=why)
        if told:
            doubts.append(Doubt(answer.scope, None, frozenset(filter(None, told))))
    return answer
