"""Who changed it, and when: the event of CloudTrail behind a change that two snapshots show.

An event may be behind a change where it succeeded between the two observations, names one of the
change's resources, and is of a call that can do such a thing. Of several those are taken that name
most of what is in the row: its block, its ports, its target. What stays even is not decided: all of
them are told. Where an event names nothing of the row but a resource's id, it is no more than
likely; a rule's own id, which the console revokes by, is as good as the rule.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.lake.inventory import KEYS
from pipeline.snapshots.difference import ASIDE, Change

_ID = re.compile(r"(?:[a-z]+-)+[0-9a-f]{8,17}|arn:aws.*")

# What a call is called that makes a row, or that takes one away; to change one any may.
_MAKES = re.compile(
    "Create|Run|Allocate|Attach|Associate|Authorize|Accept|Modify|Update|Register|Enable|Assign|"
    "Put|Replace|Add|Change|Request"
)
_TAKES = re.compile(
    "Delete|Terminate|Release|Detach|Disassociate|Revoke|Reject|Modify|Update|Deregister|Disable|"
    "Unassign|Remove|Replace|Change"
)
# What the call's name speaks of, where a resource's other rows are not meant by it.
_OF = {
    "security_group_rules": "SecurityGroup",
    "security_group_rule_ids": "SecurityGroup",
    "network_acl_entries": "NetworkAcl",
    "network_acl_associations": "NetworkAcl|Subnet",
    "routes": "Route|Vpc|Gateway|Peering",
    "route_table_associations": "Route|Subnet",
    "prefix_list_entries": "PrefixList",
    "tags": "Tags|Create|Run|Allocate|Modify",
}

Event = Mapping[str, Any]
Rule = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """The events that may be behind a change; `is_sure` where one is, by more than an id."""

    events: Sequence[Event] = ()
    is_sure: bool = False


def authors(
    changes: Sequence[Change], events: pl.DataFrame, rule_ids: pl.DataFrame
) -> list[Author]:
    """Return who is behind each change.

    `events` are rows of the table `changes`, `rule_ids` of the table `security_group_rule_ids`.
    """
    succeeded = events.filter(pl.col("error_code").is_null()).sort("event_time")
    by_id: dict[str, list[Event]] = {}
    for event in succeeded.iter_rows(named=True):
        for one in event["resource_ids"]:
            by_id.setdefault(one, []).append(event)
    by_rule: dict[Rule, set[str]] = {}
    for rule in rule_ids.iter_rows(named=True):
        direction = "egress" if rule["is_egress"] else "ingress"
        by_rule.setdefault(_rule(rule, direction), set()).add(rule["security_group_rule_id"])
    return [_behind(change, by_id, _own_ids(change, by_rule)) for change in changes]


def _rule(row: Mapping[str, Any], direction: str) -> Rule:
    """Return what a group has one rule of: a rule without ports has -1 here, or nothing."""
    peer = row["cidr"] or row["prefix_list_id"] or row["referenced_group_id"]
    ports = (-1 if row[port] is None else row[port] for port in ("from_port", "to_port"))
    return (row["group_id"], direction, row["protocol"], *ports, peer)


def _own_ids(change: Change, by_rule: Mapping[Rule, set[str]]) -> set[str]:
    """Return the ids of the group's rule that changed, in so far as a snapshot has them."""
    if change.table != "security_group_rules":
        return set()
    rows = [row for row in (change.before, change.after) if row is not None]
    return {one for row in rows for one in by_rule.get(_rule(row, row["direction"]), ())}


def _behind(change: Change, by_id: Mapping[str, Sequence[Event]], own: set[str]) -> Author:
    rows = [row for row in (change.before, change.after) if row is not None]
    values = {*_values(rows), *own}
    ids = {value for value in values if _ID.fullmatch(value)}
    near = {event["event_id"]: event for one in ids for event in by_id.get(one, ())}
    ranked = [(_named(one) & values, one) for one in near.values() if _may_be(change, one)]
    if not ranked:
        return Author()
    best = max(len(fit) for fit, _ in ranked)
    events = [event for fit, event in ranked if len(fit) == best]
    named = next(fit for fit, _ in ranked if len(fit) == best)
    # An object is known by its id alone, a rule or a route is not.
    is_object = len(KEYS.get(change.table, ())) == 1
    return Author(events, len(events) == 1 and (is_object or bool(named - (ids - own))))


def _may_be(change: Change, event: Event) -> bool:
    """Tell whether an event is of the time between the observations, and of such a call."""
    verb = None if change.before and change.after else _MAKES if change.after else _TAKES
    return (
        change.seen is not None
        and event["event_time"] <= change.seen
        # CloudTrail tells no fraction of a second.
        and (
            change.not_before is None
            or event["event_time"] >= change.not_before.replace(microsecond=0)
        )
        and (verb is None or verb.search(event["event_name"]) is not None)
        and re.search(_OF.get(change.table, ""), event["event_name"]) is not None
    )


def _named(event: Event) -> set[str]:
    """Return the values that an event names."""
    return {*event["resource_ids"], *map(str, _leaves(json.loads(event["request"] or "null")))}


def _values(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield from (
            str(value) for name, value in row.items() if value is not None and name not in ASIDE
        )


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value
