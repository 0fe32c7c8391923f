"""What an ingest says at its end: counts on stdout, what needs a person on stderr."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline import sizes
from pipeline.ingest.summary import Summary
from pipeline.reports.documents import as_json
from pipeline.reports.logs import warn
from pipeline.reports.terminal import printable
from pipeline.sizes import counted

# Lines of one kind that are worth reading; the lake's tables have all.
_FEW = 5


def show_plan(objects: Sequence[Mapping[str, Any]], as_document: bool) -> None:
    """Show what would be read: each object with its size, and the sum."""
    if as_document:
        print(as_json(list(objects)))
        return
    console = Console(highlight=False)
    for one in objects:
        line = f"{sizes.told(one['size']):>10}  {printable(one['uri'])}"
        console.print(Text(line), soft_wrap=True)
    total = sizes.told(sum(one["size"] for one in objects))
    console.print(Text(f"{counted(len(objects), 'objects')} would be read, {total} as stored."))


def show_ingest(summary: Summary, as_document: bool) -> None:
    """Show what an ingest did; what failed, was rejected or is missing goes to stderr.

    What stopped it comes last; where it stopped before anything was done, that is all.
    """
    for line in _warnings(summary):
        warn(line)
    done = summary.ingested or summary.already or summary.failed or summary.empty
    if done or not summary.stopped:
        _show_done(summary, as_document)
    for problem in summary.stopped:
        warn(str(problem))


def _show_done(summary: Summary, as_document: bool) -> None:
    if as_document:
        print(as_json(_as_row(summary)), flush=True)
        return
    console = Console(highlight=False)
    for line in _said(summary):
        # What reads a pipe has no use for lines that are broken at some width.
        console.print(Text(line), soft_wrap=not console.is_terminal)


def _said(summary: Summary) -> Iterator[str]:
    yield ", ".join(_objects(summary)) + "."
    counts = summary.counts
    parts = ("flows", "rejected", "headers", "blanks", "skipped")
    split = " + ".join(counted(counts[part], part) for part in parts if counts[part])
    if split:
        yield f"{counted(counts['lines'], 'lines')} = {split}."
    statuses = [f"{n:,} {_status(status, action)}" for status, action, n in summary.statuses()]
    if statuses:
        yield f"Records: {', '.join(statuses)}."
    if summary.formats:
        yield f"Formats: {', '.join(_formats(summary))}."


def _objects(summary: Summary) -> Iterator[str]:
    yield f"{summary.ingested:,} of {summary.found:,} objects ingested"
    if summary.already:
        yield f"{len(summary.already):,} already in the lake"
    if summary.empty:
        yield f"{summary.empty:,} empty"
    if summary.failed:
        yield f"{len(summary.failed):,} failed"


def _status(status: str | None, action: str | None) -> str:
    """Write OK and ACCEPT as ACCEPT, NODATA and no action as NODATA."""
    known = [word for word in (status, action) if word is not None]
    if action is not None and status == "OK":
        known = [action]
    return printable(" ".join(known)) or "without a status"


def _formats(summary: Summary) -> Iterator[str]:
    for log_format, objects in summary.formats.most_common(_FEW):
        width = len(log_format.split())
        yield f"{width} fields ({counted(objects, 'objects')})"
    if len(summary.formats) > _FEW:
        yield f"and {len(summary.formats) - _FEW} more"


def _warnings(summary: Summary) -> Iterator[str]:
    yield from (f"{uri}: {reason}" for uri, reason in summary.failed[:_FEW])
    if len(summary.failed) > _FEW:
        rest = len(summary.failed) - _FEW
        yield f"and {rest} more: flowcause sql \"from ledger where status = 'failed'\""
    if summary.reasons:
        most = "; ".join(f"{n} x {reason}" for reason, n in summary.reasons.most_common(_FEW))
        lines = counted(sum(summary.reasons.values()), "lines")
        yield f'{lines} rejected ({most}); flowcause sql "from rejected_lines" shows them'
    if summary.unknown_fields:
        yield f"fields kept as text in overflow: {', '.join(sorted(summary.unknown_fields))}"
    yield from _missing(summary)
    yield from summary.warnings


def _missing(summary: Summary) -> Iterator[str]:
    """Say where records are missing: SKIPDATA, and hours in which an interface has none."""
    if skipped := summary.skipped():
        interface, hour, _ = skipped[0]
        records = counted(sum(lost for _, _, lost in skipped), "SKIPDATA records")
        at = "" if hour is None else f", {_hour(hour)}"
        yield f"{records}: AWS could not record all of what it saw, first of {interface}{at}"
    if gaps := summary.gaps():
        interface, since, until = gaps[0]
        yield (
            f"{counted(len(gaps), 'gaps')}, hours in which an interface has no record at all, "
            f"first {interface} from {_hour(since)} to {_hour(until)}"
        )
    if skipped or gaps:
        yield "absence proves nothing there; --format json lists all of them"


def _hour(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%MZ}"


def _as_row(summary: Summary) -> Mapping[str, Any]:
    return {
        "found": summary.found,
        "ingested": summary.ingested,
        "already": summary.already,
        "empty": summary.empty,
        "failed": [{"uri": uri, "reason": reason} for uri, reason in summary.failed],
        **summary.counts,
        "rejected_by_reason": dict(summary.reasons),
        "unknown_fields": sorted(summary.unknown_fields),
        "records": [
            {"log_status": status, "action": action, "flows": flows}
            for status, action, flows in summary.statuses()
        ],
        "formats": dict(summary.formats),
        "skipdata": [
            {"interface_id": interface, "hour": hour, "records": records}
            for interface, hour, records in summary.skipped()
        ],
        "gaps": [
            {"interface_id": interface, "since": since, "until": until}
            for interface, since, until in summary.gaps()
        ],
        "warnings": summary.warnings,
        "stopped": [str(problem) for problem in summary.stopped],
    }
