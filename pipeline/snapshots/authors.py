"""Who changed it, and when: the event of CloudTrail behind a change that two snapshots show.

An event may be behind a change where it succeeded between the two observations, names the
resource, is of an operation that can do such a thing, and says nothing that the row is not. It
surely is where it names all that tells the row from others: of an object its id, of a group's rule
direction, protocol, ports and peer, or its own id, which the console revokes by. One that names
less is no more than likely. What a later event surely undid is not behind it. Of several those are
taken that name most; what stays even is not decided: all of them are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import polars as pl

from pipeline.snapshots.difference import ASIDE, Change
from pipeline.snapshots.fitting import RULE_ID, Event, Fit, Row, Turn, fit, ids, place
from pipeline.snapshots.operations import ROWS
from pipeline.snapshots.operations.filters import RULE
from pipeline.snapshots.parameters import plain, statements


@dataclass(frozen=True, slots=True)
class Author:
    """The events that may be behind a change; `is_sure` where one is, and can be no other's."""

    events: Sequence[Event] = ()
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class _Trail:
    """Events by what they name, and the ids of groups' rules by what each is, or was."""

    by_id: Mapping[str, Sequence[Event]]
    rules: Mapping[frozenset[tuple[str, str]], set[str]]
    rule_ids: frozenset[str]


_RULES = ("security_group_rules", "security_group_rule_ids")


def authors(
    changes: Sequence[Change], events: pl.DataFrame, rule_ids: pl.DataFrame
) -> list[Author]:
    """Return who is behind each change.

    `events` are rows of the table `changes`, `rule_ids` of the table `security_group_rule_ids`.
    """
    succeeded = events.filter(pl.col("error_code").is_null()).sort("event_time")
    by_id: dict[str, list[Event]] = {}
    for event in succeeded.iter_rows(named=True):
        for one in ids(event):
            by_id.setdefault(one, []).append(event)
    rules: dict[frozenset[tuple[str, str]], set[str]] = {}
    for row in rule_ids.iter_rows(named=True):
        rules.setdefault(_rule(_view(_RULES[1], row)), set()).add(row[RULE_ID])
    trail = _Trail(by_id, rules, frozenset(rule_ids[RULE_ID]))
    return [_behind(change, trail) for change in changes]


def _behind(change: Change, trail: _Trail) -> Author:
    if change.table not in ROWS:
        return Author()
    turn = _turn(change, trail)
    undone = [
        event["event_time"] for how, event in _fits(turn.undone(), change, trail) if how.is_sure
    ]
    fits = [
        (how, event)
        for how, event in _fits(turn, change, trail)
        if not undone or event["event_time"] >= max(undone)
    ]
    best = max((how for how, _ in fits), default=None)
    events = [event for how, event in fits if how == best]
    return Author(events, len(events) == 1 and best is not None and best.is_sure)


def _fits(turn: Turn, change: Change, trail: _Trail) -> list[tuple[Fit, Event]]:
    """Return the events of a change's time that may be behind a turn, and how each fits."""
    near = {
        event["event_id"]: event for one in turn.resources() for event in trail.by_id.get(one, ())
    }
    return [
        (how, event)
        for event in near.values()
        if _is_between(change, event) and not _is_of_another_rule(change, turn, event, trail)
        if (how := fit(turn, event, statements(event["event_name"], event["request"])))
    ]


def _turn(change: Change, trail: _Trail) -> Turn:
    before, after = (
        None if row is None else _view(change.table, row) for row in (change.before, change.after)
    )
    rows = [row for row in (before, after) if row is not None]
    known = (trail.rules.get(_rule(row), ()) for row in rows if change.table == _RULES[0])
    return Turn(ROWS[change.table], before, after, frozenset(chain.from_iterable(known)))


def _view(table: str, row: Row) -> Row:
    """Return a row with its columns as operations have them, and where it is, under no name."""
    view = {name: value for name, value in row.items() if name not in ASIDE} | {"": place(row)}
    if table == "security_group_rule_ids":
        view["direction"] = "egress" if row["is_egress"] else "ingress"
    if table == "vpc_attributes":
        view[view.pop("attribute")] = view.pop("is_on")
    return view


def _rule(view: Row) -> frozenset[tuple[str, str]]:
    return frozenset(plain({name: view[name] for name in RULE.split()}).items())


def _is_between(change: Change, event: Event) -> bool:
    """Tell whether an event is of the time between the observations."""
    time, start = event["event_time"], change.not_before
    # CloudTrail tells no fraction of a second.
    is_later = start is None or time >= start.replace(microsecond=0)
    return change.seen is not None and is_later and time <= change.seen


def _is_of_another_rule(change: Change, turn: Turn, event: Event, trail: _Trail) -> bool:
    """Tell whether all rules that an event names by their ids are known, and are others."""
    named = {one for one in event["resource_ids"] if one.startswith("sgr-")}
    own = turn.rule_ids | turn.values(RULE_ID)
    return bool(change.table in _RULES and named and named <= trail.rule_ids and not named & own)
