"""What the lake's own commands say: its status, findings, and what maintenance did."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline import sizes
from pipeline.lake.compact import Compacted
from pipeline.lake.expire import Expired
from pipeline.reports.documents import as_json
from pipeline.reports.soundness import Rows
from pipeline.reports.terminal import draw_rows, printable, readable
from pipeline.sizes import counted


def show_status(told: dict[str, Rows], as_document: bool) -> None:
    """Show each part of the status as a table, and in a sentence where there is nothing."""
    if as_document:
        print(as_json(told))
        return
    console = _console()
    _part(console, told["tables"], "No table has rows.")
    _part(console, told["ledger"], "No object was ingested.")
    _part(console, [_run(row) for row in told["runs"]], "Nothing was run.")
    _part(console, told["due"], "No maintenance is due.")


def show_findings(findings: Rows, as_document: bool) -> None:
    """Show what verify found, a block a finding."""
    if as_document:
        print(as_json(findings))
        return
    console = _console()
    for row in findings:
        names = " ".join(readable(row[name]) for name in ("object_id", "uri") if row[name])
        console.print(Text(f"{row['check']}: {names}", style="bold"), soft_wrap=True)
        console.print(Text(printable(f"   {row['finding']}")), soft_wrap=True)
    said = counted(len(findings), "findings") if findings else "All is as it should be"
    console.print(Text(f"{said}."))


def show_compacted(done: Sequence[Compacted], as_document: bool) -> None:
    """Show what compact did, a table a line."""
    rows = [asdict(one) for one in done]
    if as_document:
        print(as_json(rows))
        return
    console = _console()
    for row in rows:
        console.print(
            Text(
                f"{row['table']}: {counted(row['files_before'], 'files')} of "
                f"{sizes.told(row['bytes_before'])} became {row['files_after']:,} of "
                f"{sizes.told(row['bytes_after'])}, {counted(row['rows'], 'rows')}."
            )
        )
    if not rows:
        console.print("Nothing is worth compacting.")


def show_expired(expired: Expired, as_document: bool) -> None:
    """Show what expire let go."""
    if as_document:
        print(as_json(asdict(expired)))
        return
    versions, files = counted(expired.versions, "versions"), counted(expired.files, "files")
    said = f"{versions} let go, {files} deleted"
    _console().print(Text(f"{said} ({sizes.told(expired.bytes)})."))


def _run(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a person asks of a run; a source's name begins with its kind, as verbs end."""
    what = row["verb"] if row["source"] is None else f"ingest {row['source']}"
    return {"finished": row["finished"], "outcome": row["outcome"], "run": what}


def _part(console: Console, rows: Rows, nothing: str) -> None:
    shown = [_readable(row) for row in rows]
    if shown:
        draw_rows(shown, list(shown[0]), console)
    else:
        console.print(nothing)
    console.print()


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its numbers grouped and its bytes in units; times to the second."""
    told: dict[str, Any] = {}
    for name, value in row.items():
        if name == "bytes":
            told["size"] = sizes.told(value)
        elif isinstance(value, int):
            told[name] = f"{value:,}"
        else:
            told[name] = value.replace(microsecond=0) if hasattr(value, "microsecond") else value
    return told


def _console() -> Console:
    return Console(highlight=False)
