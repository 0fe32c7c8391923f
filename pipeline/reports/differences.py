"""Differences between two snapshots in a network engineer's words: terminal, JSON and Markdown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline.lake.inventory import KEYS
from pipeline.reports.documents import iso
from pipeline.reports.last_changed import authored
from pipeline.reports.terminal import printable
from pipeline.snapshots.authors import Author
from pipeline.snapshots.difference import ASIDE, Change, Difference

Row = Mapping[str, Any]
# Who is behind each change, in the order of the changes.
Authors = Sequence[Author]

_OF_EVENT = ("event_id", "event_time", "event_name", "principal", "source_ip")

_PROTOCOLS = {"-1": "everything", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}


def documents(told: Difference, by: Authors) -> list[dict[str, Any]]:
    """Return a row a change: what it is of, in words and as it is stored, and who made it."""
    return [
        {
            "change": _kind(one),
            "table": one.table,
            "said": sentence(one),
            "account_id": (one.after or one.before or {}).get("account_id"),
            "region": (one.after or one.before or {}).get("region"),
            "not_before": one.not_before,
            "seen": one.seen,
            "before": _stored(one.before),
            "after": _stored(one.after),
            "is_sure": author.is_sure,
            "events": [{name: event[name] for name in _OF_EVENT} for event in author.events],
        }
        for one, author in zip(told.changes, by, strict=True)
    ]


def markdown(told: Difference, by: Authors) -> str:
    """Return the changes as a list in Markdown, in which nothing of the data is markup."""
    lines = [f"- {_escaped(line)}" for line in _lines(told, by)] or ["Nothing changed."]
    return "\n".join([*lines, *(f"\n{_escaped(line)}" for line in _asides(told))]) + "\n"


def draw(told: Difference, by: Authors, console: Console) -> None:
    """Draw the changes on a terminal, a line each."""
    for line in _lines(told, by) or ["Nothing changed."]:
        console.print(Text(printable(line)), soft_wrap=not console.is_terminal)
    for line in _asides(told):
        console.print(Text(printable(line), style="dim"), soft_wrap=not console.is_terminal)


def _lines(told: Difference, by: Authors) -> list[str]:
    """Return each change once: both parties see a peering, and owner and participant a subnet."""
    return list(dict.fromkeys(map(_line, told.changes, by)))


def _line(one: Change, author: Author) -> str:
    if len(author.events) == 1:
        likely = "" if author.is_sure else ", likely"
        return f"{sentence(one)}{likely} {authored(author.events[0])}"
    dated = "" if one.seen is None else f" before {iso(one.seen)}"
    if one.not_before is not None:
        dated = f" after {iso(one.not_before)} and{dated}"
    more = f", by one of {len(author.events)} events" if author.events else ""
    return f"{sentence(one)}{dated}{more}"


def _asides(told: Difference) -> Iterator[str]:
    if told.not_compared:
        count = len(told.not_compared)
        yield (
            f"{count:,} call{'s' * (count != 1)} not compared, for the first time has no answer of "
            f"{'them' if count != 1 else 'it'}: first {told.not_compared[0]}"
        )
    if told.left_out:
        more, (scope, one) = len(told.left_out) - 1, told.left_out[0]
        yield (
            f"{one} of {scope}{f' and {more:,} more' if more else ''} not compared: "
            "every answer until the first time left it out"
        )


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+!|~" else c for c in printable(text))


def _kind(one: Change) -> str:
    if one.before is None:
        return "added"
    return "removed" if one.after is None else "changed"


def _stored(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else {k: v for k, v in row.items() if k not in ASIDE}


def sentence(one: Change) -> str:
    """Say in one sentence what came, went or became another."""
    row = one.after or one.before or {}
    noun = _NOUNS.get(one.table, _plain(one.table))(row)
    if _kind(one) != "changed":
        return f"{noun} {_kind(one)}"
    return f"{noun}: {', '.join(_changed(one)) or 'changed'}"


def _changed(one: Change) -> Iterator[str]:
    """Yield the columns that have another value, from what to what."""
    before, after = one.before or {}, one.after or {}
    for name, value in after.items():
        if name not in ASIDE and before.get(name) != value:
            yield f"{name} {_value(before.get(name))} is now {_value(value)}"


def _value(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _plain(table: str) -> Callable[[Row], str]:
    """Return how a row of a table is called where nothing is said of it: by what it is known by."""

    def said(row: Row) -> str:
        names = KEYS.get(table, tuple(name for name in row if name not in ASIDE))
        told = ", ".join(str(row[name]) for name in names if row.get(name) is not None)
        return f"{table.removesuffix('s').replace('_', ' ')} {told}".rstrip()

    return said


def _group_rule(row: Row) -> str:
    peer = row["cidr"] or row["prefix_list_id"] or row["referenced_group_id"]
    way = "from" if row["direction"] == "ingress" else "to"
    return f"rule of group {row['group_id']}: {_traffic(row)} {way} {peer}"


def _acl_entry(row: Row) -> str:
    way = "to" if row["is_egress"] else "from"
    side = "egress" if row["is_egress"] else "ingress"
    return (
        f"{side} rule {row['rule_number']} of ACL {row['network_acl_id']}: {row['rule_action']} "
        f"{_traffic(row)} {way} {row['cidr']}"
    )


def _traffic(row: Row) -> str:
    protocol = _PROTOCOLS.get(str(row["protocol"]), str(row["protocol"]))
    first, last = row["from_port"], row["to_port"]
    if first is None or protocol == "everything":
        return protocol
    return f"{protocol} {first}" if first == last else f"{protocol} {first}-{last}"


def _route(row: Row) -> str:
    destination = row["destination"] or row["destination_prefix_list_id"]
    return f"route {destination} to {row['target']} in {row['route_table_id']}"


def _tag(row: Row) -> str:
    return f"tag {row['key']} = {row['value']} of {row['resource_id']}"


def _carried(row: Row) -> str:
    return f"group {row['group_id']} on interface {row['interface_id']}"


def _address(row: Row) -> str:
    return f"address {row['address']} of interface {row['interface_id']}"


def _listed(row: Row) -> str:
    return f"{row['cidr']} in prefix list {row['prefix_list_id']}"


_NOUNS: dict[str, Callable[[Row], str]] = {
    "security_group_rules": _group_rule,
    "network_acl_entries": _acl_entry,
    "routes": _route,
    "tags": _tag,
    "interface_groups": _carried,
    "interface_addresses": _address,
    "prefix_list_entries": _listed,
    "peerings": lambda row: f"peering {row['vpc_peering_connection_id']}",
}
