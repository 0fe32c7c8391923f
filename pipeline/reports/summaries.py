"""What a command says at its end: one thing on stdout, warnings on stderr."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline.attribution.judge import Judged
from pipeline.explain.answer import Answer as Explanation
from pipeline.reports import differences, drawn, explained
from pipeline.reports.answer import Answer
from pipeline.reports.documents import as_json
from pipeline.reports.logs import warn
from pipeline.reports.sentences import unknown_line
from pipeline.reports.terminal import draw_findings, draw_rows, draw_states
from pipeline.sizes import counted
from pipeline.snapshots.difference import Difference
from pipeline.snapshots.keep import Kept


def show_answer(answer: Answer, as_document: bool) -> None:
    """Show a report: as findings, as a table, or as JSON."""
    if as_document:
        unknown = unknown_line(answer.name, answer.basis)
        if unknown and not answer.rows and answer.name != "rejects":
            warn(unknown)
        _document(answer.rows)
    elif answer.name == "rejects":
        draw_findings(answer, _console())
    elif not answer.rows or "details" in answer.rows[0]:
        draw_states(answer, _console())
    else:
        show_rows(answer.rows, False)


def show_explained(answer: Explanation, as_document: bool) -> None:
    """Show what becomes of a packet: drawn, or as JSON."""
    if as_document:
        _document(explained.document(answer))
    else:
        drawn.draw(answer, _console())


def show_rows(
    rows: Sequence[dict[str, Any]], as_document: bool, names: Sequence[str] | None = None
) -> None:
    """Show rows as a table or as JSON."""
    if as_document:
        _document(rows)
    elif rows:
        draw_rows(rows, names or list(rows[0]), _console())
    else:
        _console().print("no rows")


def show_snapshot(kept: Kept, as_document: bool) -> None:
    """Show what a load observed; answers that are not used or were cut go to stderr."""
    if kept.unused:
        answers = "1 answer is" if len(kept.unused) == 1 else f"{len(kept.unused):,} answers are"
        warn(f"{answers} not used yet: {_unused(kept.unused)}")
    for _, reason in kept.refused:
        warn(reason)
    for scope, error in kept.incomplete:
        warn(f"{scope}: {error}; not used")
    if kept.ahead:
        warn(
            f"the lake has a snapshot of {kept.ahead:%Y-%m-%dT%H:%M:%SZ}, which is yet to come: "
            "the clock of this machine is slow, or that of the one which took it was fast"
        )
    if as_document:
        _document({"observations": kept.observations, "already": kept.already, "rows": kept.rows})
        return
    calls, rows = counted(kept.observations, "calls"), counted(kept.rows, "rows")
    said = f"{calls} observed, {rows} of inventory changed"
    if kept.already:
        said += f", {kept.already} already in the lake"
    _console().print(Text(said + "."))


def _unused(unused: Sequence[tuple[Path, str]]) -> str:
    """Name each top-level key that nothing reads, with the first file that has it."""
    files: dict[str, list[Path]] = {}
    for file, key in unused:
        files.setdefault(key, []).append(file)
    return ", ".join(
        f"{key} of {of[0]}" + (f" and {len(of) - 1:,} more" if len(of) > 1 else "")
        for key, of in sorted(files.items())
    )


def show_difference(told: Difference, by: differences.Authors, form: str) -> None:
    """Show what changed between two times: on a terminal, as JSON or as Markdown."""
    if form == "json":
        _document(differences.documents(told, by))
    elif form == "markdown":
        print(differences.markdown(told, by), end="")
    else:
        differences.draw(told, by, _console())


def show_events(new: int, wrong: Sequence[str], as_document: bool) -> None:
    """Show how many events are new; which objects and records are none goes to stderr."""
    for line in wrong:
        warn(line)
    if as_document:
        _document({"events": new, "wrong": wrong})
        return
    _console().print(Text(f"{counted(new, 'events')} of changes kept."))


def show_judged(judged: Judged, as_document: bool) -> None:
    """Show how many records were judged, refused and silently lost."""
    if as_document:
        _document(asdict(judged))
        return
    said = f"{counted(judged.records, 'REJECT records')}, {judged.lost:,} silently lost"
    said += f", {judged.written:,} judged anew"
    if judged.replaced:
        said += f" ({judged.replaced:,} in place of an earlier verdict)"
    _console().print(Text(said + "."))


def _document(value: object) -> None:
    print(as_json(value))


def _console() -> Console:
    return Console(highlight=False)
