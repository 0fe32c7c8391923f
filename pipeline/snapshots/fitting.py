"""Whether an event can have made a change: by its operation, the ids it names and its request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.snapshots.operations.effect import ADDED, LEFT_OUT, REMOVED, Effect, Rows
from pipeline.snapshots.parameters import Statement, plain, told

Event = Mapping[str, Any]
Row = Mapping[str, Any]
RULE_ID = "security_group_rule_id"


@dataclass(frozen=True, slots=True)
class Turn:
    """A row that became another: none `before` where it came, none `after` where it went.

    `rule_ids` are those of the group's rule that it is, in so far as a snapshot has them.
    """

    rows: Rows
    before: Row | None
    after: Row | None
    rule_ids: frozenset[str] = frozenset()

    def values(self, column: str) -> set[Any]:
        """Return the values of a column, before and after."""
        return {row.get(column) for row in (self.before, self.after) if row is not None} - {None}

    def undone(self) -> "Turn":
        """Return what makes the row again what it was."""
        return Turn(self.rows, self.after, self.before, self.rule_ids)

    def changed(self) -> list[str]:
        """Return the columns that have another value, of a row that was there before and after."""
        if self.before is None or self.after is None:
            return []
        return [name for name, value in self.after.items() if self.before.get(name) != value]

    def resources(self) -> set[Any]:
        """Return the ids by which events may name what the row is of."""
        return {one for effect in self.rows.effects for one in self.values(_by(effect, self))}


@dataclass(frozen=True, slots=True, order=True)
class Fit:
    """Whether an event names all that tells a row from others, and how much of it in all."""

    is_sure: bool
    named: int


def fit(turn: Turn, event: Event, said: Sequence[Statement]) -> Fit | None:
    """Return how an event fits that says `said`; None where it cannot have made the change."""
    fits = (
        _fit(turn, effect, event, statements)
        for effect in turn.rows.effects
        if (statements := _of_operation(effect, event, said)) and _can(effect, turn, event)
    )
    return max(filter(None, fits), default=None)


def ids(event: Event) -> set[str]:
    """Return what an event names: ids, and the account and Region, of which there may be one."""
    return {*event["resource_ids"], place(event)}


def place(row: Row) -> str:
    """Return the account and Region of an event or of a row."""
    return f"{row['account_id']}/{row['region']}"


def _by(effect: Effect, turn: Turn) -> str:
    return effect.by or turn.rows.known_by.partition(" ")[0]


def _of_operation(effect: Effect, event: Event, said: Sequence[Statement]) -> list[Statement]:
    """Return what an event says in the part of its request that has the effect."""
    wanted, name = effect.operations.split(), event["event_name"]
    return [one for one in said if name in wanted or f"{name}:{one.get('part')}" in wanted]


def _can(effect: Effect, turn: Turn, event: Event) -> bool:
    """Tell whether an effect is such a change, on a resource that an event names."""
    if not turn.values(_by(effect, turn)) & ids(event):
        return False
    if turn.before is None:
        return effect.does == ADDED
    if turn.after is None:
        return effect.does in (REMOVED, LEFT_OUT)
    to = {name: values.split("|") for name, _, values in _columns(effect)}
    any_value = {name for name, equals, _ in _columns(effect) if not equals}
    return all(
        name in any_value or str(turn.after[name] or "") in to.get(name, ())
        for name in turn.changed()
    )


def _columns(effect: Effect) -> list[tuple[str, str, str]]:
    return [one.partition("=") for one in effect.does.split()]


def _fit(turn: Turn, effect: Effect, event: Event, statements: Sequence[Statement]) -> Fit | None:
    row = (turn.before if turn.after is None or effect.undo else turn.after) or {}
    of, changed = (effect.of or turn.rows.known_by).split(), turn.changed()
    holds = () if effect.of else turn.rows.holds.split()
    held = _held(row, [name for name in (*of, *holds, *changed) if name in row])
    agreed = _agreed(statements, held, _by(effect, turn))
    if agreed is None or (effect.does == LEFT_OUT and not _leaves_out(row, turn, of, statements)):
        return None
    named = agreed | {name for name in of if row.get(name) in event["resource_ids"]}
    there = {name for name, value in held.items() if value is not None} | {RULE_ID}
    is_rule = bool(turn.rule_ids.intersection(event["resource_ids"]))
    is_sure = is_rule or {*of} & there <= named
    if effect.told and not (is_sure and {*changed} & there <= named):
        return None
    return Fit(is_sure, len(named) + is_rule)


def _held(row: Row, columns: Sequence[str]) -> dict[str, str | None]:
    """Return a row's values as `plain` writes them, None for what it has none of."""
    return dict.fromkeys(columns) | plain({name: row.get(name) for name in columns})


def _agreed(
    statements: Sequence[Statement], held: Mapping[str, str | None], by: str
) -> set[str] | None:
    """Return the columns of which that statement speaks that says most of the row and nothing else.

    None where there is no such statement, or but one that speaks of the resource alone, while
    others say what the row is not.
    """
    said = [told(one, held) for one in statements]
    fitting = [one for one in said if one.items() <= held.items()]
    best = max(map(set, fitting), key=len, default=set())
    only_resource = len(fitting) < len(said) and not best - {by}
    return None if only_resource else best


def _leaves_out(row: Row, turn: Turn, of: Sequence[str], statements: Sequence[Statement]) -> bool:
    """Tell whether statements list all that there is to be, and the row is not in that list."""
    every = _held(row, f"{turn.rows.known_by} {turn.rows.holds}".split())
    around = {name: every[name] for name in of}
    said = [told(one, every) for one in statements if told(one, of).items() <= around.items()]
    listed = [one for one in said if set(one) - set(of)]
    return bool(listed) and not any(one.items() <= every.items() for one in listed)
