"""Answers on a terminal: a finding is a block, and no id is ever cut."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.reports.answer import Answer
from pipeline.reports.documents import iso
from pipeline.reports.sentences import age, basis_line, evidence_lines, sentence, unknown_line

# A person reads so many findings at a sitting; the JSON has all.
SHOWN = 70
# Columns narrower than this fold an id or a time over too many lines to be read.
_NARROWEST = 10
_ID = re.compile(r"\b[a-z]+(?:-[a-z]+)*-[0-9a-f]{8,17}\b")
_COLOURS = {"certain": "red", "probable": "yellow", "conditional": "magenta", "unknown": "cyan"}


def printable(text: str) -> str:
    """Return a text as one line, without what could steer a terminal.

    Names and tags come from data: what they hold is not trusted, nor may it look like another line.
    """
    line = text.replace("\n", " ")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


def readable(uri: str) -> str:
    """Return a uri as a person reads it: that of a log group's hour without its encoding."""
    return printable(unquote(uri) if uri.startswith("cloudwatch://") else uri)


def draw_findings(answer: Answer, console: Console) -> None:
    """Draw a report's findings as blocks, and below them what they rest on."""
    for number, row in enumerate(answer.rows[:SHOWN], 1):
        console.print(_block(number, row), soft_wrap=False)
        console.print()
    if len(answer.rows) > SHOWN:
        rest = len(answer.rows) - SHOWN
        console.print(Text(f"and {rest} more: --format json lists all", style="bold"))
    if not answer.rows:
        console.print("Nothing was rejected in what is judged.")
    for line in basis_line(answer.basis):
        console.print(Text(printable(line), style="dim"))


def draw_states(answer: Answer, console: Console) -> None:
    """Draw what a report says of the configuration: a block an element, with what is to be said."""
    for number, row in enumerate(answer.rows, 1):
        console.print(_state(number, row, answer.names), soft_wrap=False)
        console.print()
    if not answer.rows:
        unknown = unknown_line(answer.name, answer.basis)
        console.print(Text(unknown or "Nothing is amiss in what the snapshots have."))
    snapshots = answer.basis["snapshots"] or []
    told = ", ".join(iso(one) for one in snapshots[-3:]) or "none: take one, or load one"
    console.print(Text(f"Snapshots: {told}.", style="dim"))


def _state(number: int, row: dict[str, Any], names: Mapping[str, str]) -> Group:
    found = [row["finding"]] if "finding" in row else row["findings"]
    head = Text.assemble(
        (f"{number}. ", "bold"),
        (", ".join(found), "bold red") if found else ("fine", "bold green"),
        f"  {printable(_named(row['element_id'], names))}",
    )
    place = f"account {row['account_id']} in {row['region']}"
    lines = [_indent(printable(f"- {_named(line, names)}")) for line in row["details"]]
    return Group(head, *lines, _indent(printable(place), "dim"))


def _named(text: str, names: Mapping[str, str]) -> str:
    """Return a text in which the name of a resource stands behind its id."""
    return _ID.sub(lambda one: f"{one[0]} ({names[one[0]]})" if one[0] in names else one[0], text)


def _block(number: int, row: dict[str, Any]) -> Group:
    head = Text.assemble(
        (f"{number}. ", "bold"),
        (row["cause"], f"bold {_COLOURS[row['certainty']]}"),
        f"  {row['certainty']}",
        "  cross-VPC" if row["cross_vpc"] else "",
        (f"  {old}" if (old := age(row)) else "", "yellow"),
    )
    body = [_indent(printable(sentence(row)))]
    body += [_indent(printable(line), "dim") for line in evidence_lines(row)]
    if row["remedy"]:
        body.append(_indent(printable(f"change: {row['remedy']['text']}"), "green"))
        if row["remedy"]["check"]:
            body.append(_indent(printable(row["remedy"]["check"]), "dim"))
    return Group(head, *body, *_command(row))


def _command(row: dict[str, Any]) -> Iterable[Padding]:
    """Yield the command on lines of its own: it is wrapped at blanks only, to be copied whole."""
    if row["remedy"] and row["remedy"]["aws_cli"]:
        lines = map(printable, row["remedy"]["aws_cli"].split("\n"))
        yield _indent("\n".join(lines), "cyan")


def _indent(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style=style, overflow="fold"), (0, 0, 0, 3))


def draw_rows(rows: Sequence[dict[str, Any]], names: Sequence[str], console: Console) -> None:
    """Draw rows as a table; cells are folded, never cut. Many columns make each row a block."""
    if len(names) * _NARROWEST > console.width:
        _draw_blocks(rows, names, console)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(printable(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(_cell(row[name]))) for name in names))
    console.print(table)


def _draw_blocks(rows: Sequence[dict[str, Any]], names: Sequence[str], console: Console) -> None:
    widest = max(map(len, names))
    for number, row in enumerate(rows, 1):
        console.print(Text(f"row {number}", style="bold"))
        for name in names:
            if row[name] is not None:
                console.print(_indent(f"{name:<{widest}}  {printable(_cell(row[name]))}"))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return iso(value) if isinstance(value, datetime) else str(value)
