"""What the lake's own commands say: its status, findings, and what maintenance did."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline.lake.compact import Compacted
from pipeline.lake.expire import Expired
from pipeline.reports.documents import as_json
from pipeline.reports.soundness import Rows
from pipeline.reports.terminal import draw_rows, printable

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def show_status(told: dict[str, Rows], as_document: bool) -> None:
    """Show each part of the status as a table, and in a sentence where there is nothing."""
    if as_document:
        print(as_json(told))
        return
    console = _console()
    _part(console, told["tables"], "No table has rows.")
    _part(console, told["ledger"], "No object was ingested.")
    _part(console, told["runs"], "Nothing was run.", hidden=("run_id",))
    _part(console, told["due"], "No maintenance is due.")


def show_findings(findings: Rows, as_document: bool) -> None:
    """Show what verify found, a block a finding."""
    if as_document:
        print(as_json(findings))
        return
    console = _console()
    for row in findings:
        names = " ".join(row[name] for name in ("object_id", "uri") if row[name])
        console.print(Text(printable(f"{row['check']}: {names}"), style="bold"), soft_wrap=True)
        console.print(Text(printable(f"   {row['finding']}")), soft_wrap=True)
    count = len(findings)
    said = "All is as it should be" if not count else f"{count} finding{'s'[: count != 1]}"
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
                f"{row['table']}: {row['files_before']:,} files of {_size(row['bytes_before'])} "
                f"became {row['files_after']:,} of {_size(row['bytes_after'])}, "
                f"{row['rows']:,} rows."
            )
        )
    if not rows:
        console.print("Nothing is worth compacting.")


def show_expired(expired: Expired, as_document: bool) -> None:
    """Show what expire let go."""
    if as_document:
        print(as_json(asdict(expired)))
        return
    said = f"{expired.versions:,} versions let go, {expired.files:,} files deleted"
    _console().print(Text(f"{said} ({_size(expired.bytes)})."))


def _part(console: Console, rows: Rows, nothing: str, hidden: Sequence[str] = ()) -> None:
    shown = [_readable(row, hidden) for row in rows]
    if shown:
        draw_rows(shown, list(shown[0]), console)
    else:
        console.print(nothing)
    console.print()


def _readable(row: dict[str, Any], hidden: Sequence[str]) -> dict[str, Any]:
    """Return a row with its numbers grouped and its bytes in units; times to the second."""
    told: dict[str, Any] = {}
    for name, value in row.items():
        if name in hidden:
            continue
        if name == "bytes":
            told["size"] = _size(value)
        elif isinstance(value, int):
            told[name] = f"{value:,}"
        else:
            told[name] = value.replace(microsecond=0) if hasattr(value, "microsecond") else value
    return told


def _size(count: int) -> str:
    """Write bytes in decimal units, as disks are sold."""
    size, unit = float(count), 0
    while size >= 1000 and unit + 1 < len(_UNITS):
        size, unit = size / 1000, unit + 1
    return f"{count} bytes" if unit == 0 else f"{size:.1f} {_UNITS[unit]}"


def _console() -> Console:
    return Console(highlight=False)
