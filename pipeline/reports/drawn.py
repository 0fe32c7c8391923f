"""A question answered, as a terminal shows it: the way drawn hop by hop, and the four steps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.explain.answer import Answer
from pipeline.explain.explain import Explained
from pipeline.explain.hop import BLOCK, PASS, UNKNOWN, Hop
from pipeline.explain.legs import Leg
from pipeline.explain.question import NUMBERS, End, address, addresses
from pipeline.explain.seen import AROUND, OBSERVED
from pipeline.reports.documents import iso
from pipeline.reports.last_changed import last_changed
from pipeline.reports.terminal import printable

ROUTES, FILTERS, NAMES = 1, 2, 3
_FILTERING = ("security-group-", "network-acl-", "block-public-access")
# A word, a mark and a text.
_Line = tuple[str, Text, Text]
_INDENT = 7
_LINE = " \N{BOX DRAWINGS LIGHT HORIZONTAL} "
_MARKS = {
    PASS: ("\N{CHECK MARK}", "green"),
    BLOCK: ("\N{BALLOT X}", "bold red"),
    UNKNOWN: ("?", "yellow"),
}
_COLOURS = {"allowed": "bold green", "leaves": "bold cyan", "blocked": "bold red"}
_SHORTER = (
    ("security-group", "group"),
    ("network-acl", "ACL"),
    ("-ingress", "-in"),
    ("-egress", "-out"),
)
_FLAGS = ((2, "SYN"), (16, "ACK"), (1, "FIN"), (4, "RST"))
_MOST_RECORDS = 12
_UNITS = ((timedelta(days=2), 86400, "days"), (timedelta(hours=2), 3600, "hours"))


def draw(answer: Answer, console: Console) -> None:
    """Draw the answer on a terminal: what decides, the way, and the four steps of the hunt."""
    told = answer.told
    asked = _asked(told)
    console.print(Text(printable(asked), style="bold"))
    console.print()
    console.print(_grid([*_summary(told.forward, told.reply), *_snapshots(told)]))
    for number, (title, rows) in enumerate(_steps(answer), 1):
        console.print()
        console.print(Text(f"{number}. {title}", style="bold"))
        console.print(_grid(rows))
    if after := list(_after(answer)):
        console.print()
        console.print(_grid(after))
    if answer.told.remedy and answer.told.remedy.aws_cli:
        lines = map(printable, answer.told.remedy.aws_cli.split("\n"))
        console.print(Padding(Text("\n".join(lines), style="cyan"), (0, 0, 0, _INDENT)))


def _grid(rows: Iterable[_Line]) -> Table:
    """Return lines under each other: a word, a mark, and a text that folds within its column."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(min_width=_INDENT - 1)
    grid.add_column()
    grid.add_column(overflow="fold")
    for word, mark, text in rows:
        grid.add_row(Text(word, style="dim"), mark, text)
    return grid


def _asked(told: Explained) -> str:
    question, ends = told.question, (told.source, told.destination)
    protocol = {number: name for name, number in NUMBERS.items()}.get(question.protocol)
    what = [protocol or f"protocol {question.protocol}"]
    what += [] if question.port is None else [str(question.port)]
    what += [] if question.icmp_type is None else [f"type {question.icmp_type}"]
    is_named = told.destination.ipv4 or told.destination.ipv6
    both = addresses(*ends) if is_named else (address(told.source), None)
    said = " \N{RIGHTWARDS ARROW} ".join(map(_end, ends, both))
    return f"{said}, {' '.join(what)}, at {iso(question.at)}"


def _end(end: End, own: str | None) -> str:
    """Name an end as it was asked for, with the address that the packet has and its own name."""
    known = [one for one in (own, end.name) if one and one != end.asked]
    return f"{end.asked} ({', '.join(known)})" if known else end.asked


def _summary(forward: Leg, reply: Leg) -> Iterator[_Line]:
    for name, leg in (("there", forward), ("back", reply)):
        style = _COLOURS.get(leg.verdict, "bold yellow")
        yield name, _mark(leg), Text.assemble((leg.verdict, style), printable(_why(leg)))
        yield "", Text(), _drawn(leg)


def _snapshots(told: Explained) -> Iterator[_Line]:
    """Yield when the network was seen that judged, how old that was, and when it was seen next."""
    seen: dict[tuple[datetime | None, ...], list[str]] = {}
    for row in told.snapshots:
        moments = tuple(row[name] for name in OBSERVED)
        seen.setdefault(moments, []).append(f"{row['account_id']} {row['region']}")
    for (before, after), places in seen.items():
        judged = f"snapshot of {iso(before)}, {_age(told.question.at - before)}" if before else ""
        then = f"the next one of {iso(after)}" if after else "no later one"
        said = f"{judged}; compared with {then}" if after else f"{judged}; {then}"
        if not before and after:
            said = f"snapshot of {iso(after)}, which is later: there is none before"
        yield "as of", Text(), Text(printable(f"{said} ({', '.join(places)})"), style="dim")
    if not told.snapshots:
        yield "as of", Text(), Text("no snapshot of either end", style="dim")


def _age(age: timedelta) -> str:
    """Say how long a time is, in a unit of which it is at least two."""
    for least, seconds, unit in _UNITS:
        if age >= least:
            return f"{age.total_seconds() / seconds:.0f} {unit} before"
    return f"{age.total_seconds() / 60:.0f} minutes before"


def _mark(leg: Leg) -> Text:
    return Text(*_MARKS[{"blocked": BLOCK, "unknown": UNKNOWN}.get(leg.verdict, PASS)])


def _why(leg: Leg) -> str:
    said = f", {leg.certainty}" if leg.verdict != "unknown" else ""
    if (decider := leg.decider) is not None:
        said += f": {decider.cause}, {_element(decider)}" if decider.cause else ""
        said += f", by {_element(decider)}" if leg.verdict == "leaves" else ""
    return said + (f". {leg.note[0].upper()}{leg.note[1:]}" if leg.note else "")


def _drawn(leg: Leg) -> Text:
    """Return the way as a line from end to end: each stage, with its mark."""
    line = Text("\N{BULLET}", style="dim")
    for hop in leg.path:
        mark, style = _MARKS[hop.outcome]
        line.append(_LINE, style="dim")
        stage = _short(hop.stage).replace(" ", "\N{NO-BREAK SPACE}")
        line.append(f"{stage}\N{NO-BREAK SPACE}{mark}", style=style)
    return line.append(f"{_LINE}\N{BULLET}", style="dim")


def _short(stage: str) -> str:
    for long, short in _SHORTER:
        stage = stage.replace(long, short)
    return stage.replace("-", " ")


def _steps(answer: Answer) -> Iterator[tuple[str, Iterable[_Line]]]:
    legs = (("there", answer.told.forward), ("back", answer.told.reply))
    for step, title in ((ROUTES, "Connection and routes"), (FILTERS, "Groups and ACLs")):
        yield (
            title,
            (
                line
                for name, leg in legs
                for line in _hops(name, (hop for hop in leg.path if _step(hop) == step))
            ),
        )
    yield "DNS", _names(answer)
    yield "What the flow logs saw", _records(answer)


def _step(hop: Hop) -> int:
    """Return which step of the hunt a hop belongs to."""
    if hop.stage == "dns":
        return NAMES
    return FILTERS if hop.stage.startswith(_FILTERING) else ROUTES


def _hops(name: str, hops: Iterable[Hop]) -> Iterator[_Line]:
    for number, hop in enumerate(hops):
        said = " ".join(filter(None, (_short(hop.stage), _element(hop))))
        why = f": {hop.why}" if hop.why else ""
        yield "" if number else name, Text(*_MARKS[hop.outcome]), Text(printable(said + why))


def _element(hop: Hop) -> str:
    """Return what decides: its id, and the rule of an ACL by its number."""
    rule = f"rule {hop.rule}" if hop.element_type == "network-acl" and hop.rule else hop.rule
    return " ".join(filter(None, (hop.element_id, rule)))


def _names(answer: Answer) -> Iterator[_Line]:
    dns = answer.told.dns
    if dns is None:
        said = "no name was asked for: an application that uses one may be sent elsewhere"
        yield "", Text(), Text(said, style="dim")
        return
    yield from _hops("", dns.hops)
    if dns.addresses:
        yield "", Text(), Text(printable(f"{dns.name} is {', '.join(dns.addresses)}"))


def _records(answer: Answer) -> Iterator[_Line]:
    at, rows = answer.told.question.at, answer.observed
    told = "no record" if not rows else f"{len(rows)} record{'s' * (len(rows) != 1)}"
    window = f"{told} of either end between {iso(at - AROUND)} and {iso(at + AROUND)}"
    yield "", Text(), Text(window, style="dim")
    for row in rows[:_MOST_RECORDS]:
        yield _record(row)
    if len(rows) > _MOST_RECORDS:
        yield "", Text(), Text(f"and {len(rows) - _MOST_RECORDS} more: --format json lists them")
    yield from _contradictions(rows)


def _contradictions(rows: Sequence[Mapping[str, Any]]) -> Iterator[_Line]:
    """Yield which interface did both with one flow within one window, and from when.

    No one configuration does that.
    """
    first: dict[str, datetime] = {}
    for row in rows:
        if row["is_contradicted"]:
            first.setdefault(row["interface_id"], row["start_time"])
    for interface, start in first.items():
        said = (
            f"{interface} let it pass and refused it within one window, from {iso(start)}: what "
            "decides changed then, or its tracking ended"
        )
        yield "", Text(*_MARKS[UNKNOWN]), Text(printable(said))


def _record(row: Mapping[str, Any]) -> _Line:
    refused = row["action"] == "REJECT"
    flags = "+".join(name for bit, name in _FLAGS if (row["tcp_flags"] or 0) & bit)
    ports = "" if row["src_port"] is None else f"{row['src_port']} to {row['dst_port']}"
    said = (iso(row["start_time"]), row["interface_id"], row["direction"], row["action"], ports)
    mark = Text(*_MARKS[BLOCK if refused else PASS])
    text = " ".join(filter(None, (*said, flags)))
    return "there" if row["is_forward"] else "back", mark, Text(printable(text))


def _after(answer: Answer) -> Iterator[_Line]:
    """Yield who changed last what blocks, and what is to be changed."""
    for change in answer.changes:
        said = f"{change['element_id']} was last changed {last_changed(change)}"
        yield "who", Text(), Text(printable(said))
    if answer.told.remedy:
        yield "change", Text(), Text(printable(answer.told.remedy.text), style="green")
        if answer.told.remedy.check:
            yield "", Text(), Text(printable(answer.told.remedy.check), style="dim")
