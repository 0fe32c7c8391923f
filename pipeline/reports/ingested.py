"""What an ingest says at its end: counts on stdout, what needs a person on stderr."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline import sizes
from pipeline.ingest.listing import Listing
from pipeline.ingest.summary import Summary
from pipeline.lake.tables import COUNTS
from pipeline.reports.documents import as_json
from pipeline.reports.logs import warn
from pipeline.reports.terminal import printable, readable
from pipeline.sizes import counted

# Lines of one kind that are worth reading; the lake's tables have all.
_FEW = 5
_TWICE = (
    "select sha256, list(uri) as uris from ledger where status = 'ingested' and flows > 0 "
    "group by sha256 having count(*) > 1"
)


def show_plan(listing: Listing, as_document: bool) -> None:
    """Show what would be read: each object with its size, and the sum; what stops goes to stderr.

    A size that only reading tells is left out.
    """
    rows = [
        {"source": one.source, "uri": one.uri, "size": None if one.guessed else one.size}
        for one in listing.objects
    ]
    if as_document:
        print(as_json(rows), flush=True)
    else:
        _draw_plan(rows)
    for problem in listing.stopped:
        warn(str(problem))


def _draw_plan(rows: list[dict[str, Any]]) -> None:
    console = Console(highlight=False)
    for row in rows:
        size = "?" if row["size"] is None else sizes.told(row["size"])
        console.print(Text(f"{size:>10}  {readable(row['uri'])}"), soft_wrap=True)
    known = [row["size"] for row in rows if row["size"] is not None]
    told = [f"{sizes.told(sum(known))} as stored"] if known or not rows else []
    if unknown := len(rows) - len(known):
        told.append(f"{counted(unknown, 'objects')} of a size that only reading tells")
    console.print(Text(f"{counted(len(rows), 'objects')} would be read, {' and '.join(told)}."))


def show_ingest(summary: Summary, as_document: bool, lake: Path | None = None) -> None:
    """Show what an ingest did; what failed, was rejected or is missing goes to stderr.

    What stopped it comes last; where it stopped before anything was done, that is all. `lake` is
    named in commands, where they would not find it by themselves.
    """
    for line in _warnings(summary, lake):
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
    statuses: Counter[str] = Counter()
    for status, action, records in summary.statuses():
        statuses[_status(status, action)] += records
    if statuses:
        yield f"Records: {', '.join(f'{n:,} {word}' for word, n in statuses.most_common())}."
    if summary.formats:
        yield f"Formats: {', '.join(_formats(summary))}."
    if summary.passed_over:
        yield f"{counted(summary.passed_over, 'messages')} told of no flow log."


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


def _warnings(summary: Summary, lake: Path | None) -> Iterator[str]:
    yield from _failures(summary, lake)
    if summary.reasons:
        most = "; ".join(f"{n:,} x {reason}" for reason, n in summary.reasons.most_common(_FEW))
        lines = counted(sum(summary.reasons.values()), "lines")
        yield f"{lines} rejected ({most}); {_sql('from rejected_lines', lake)} shows them"
    if summary.unknown_fields:
        yield f"fields kept as text in overflow: {', '.join(sorted(summary.unknown_fields))}"
    yield from _missing(summary)
    yield from _doubled(summary, lake)
    yield from _rewritten(summary)
    yield from summary.warnings


def _failures(summary: Summary, lake: Path | None) -> Iterator[str]:
    """Say what failed, objects that failed for one reason in one line."""
    alike: dict[str, list[str]] = {}
    for uri, reason in summary.failed:
        alike.setdefault(reason, []).append(uri)
    shown = list(alike.items())[:_FEW]
    for reason, uris in shown:
        more = f" and {len(uris) - 1:,} more" if len(uris) > 1 else ""
        yield f"{readable(uris[0])}{more}: {reason}"
    if len(summary.failed) > len(shown):
        failed = _sql("from ledger where status = 'failed'", lake)
        yield f"{len(summary.failed):,} objects failed; {failed} shows all"


def _sql(query: str, lake: Path | None) -> str:
    """Return the command that asks a lake."""
    where = "" if lake is None else f" --lake {quote(str(lake))}"
    return f'flowcause sql "{query}"{where}'


def _missing(summary: Summary) -> Iterator[str]:
    """Say where records are missing: SKIPDATA, and hours in which an interface has none."""
    if skipped := summary.skipped():
        interface, hour, _ = skipped[0]
        records = counted(sum(lost for _, _, lost in skipped), "SKIPDATA records")
        at = "" if hour is None else f", {_hour(hour)}"
        yield f"{records}: AWS could not record all of what it saw, first of {interface}{at}"
    if gaps := summary.gaps:
        interface, since, until = gaps[0]
        yield (
            f"{counted(len(gaps), 'gaps')}, hours in which an interface has no record at all, "
            f"first {interface} from {_hour(since)} to {_hour(until)}"
        )
    if skipped or gaps:
        yield "absence proves nothing there; --format json lists all of them"


def _doubled(summary: Summary, lake: Path | None) -> Iterator[str]:
    """Say which objects the lake has twice, for what they are told by is not their bytes."""
    if not summary.doubled:
        return
    uri, other = summary.doubled[0]
    count = len(summary.doubled)
    objects = "1 object has" if count == 1 else f"{count:,} objects have"
    yield (
        f"{objects} the bytes of another object in the lake, whose records it now has twice: first "
        f"{readable(uri)}, which is {readable(other)}; {_sql(_TWICE, lake)} shows all"
    )


def _rewritten(summary: Summary) -> Iterator[str]:
    """Say which objects the lake has in more than one form: AWS never writes a file anew."""
    if summary.rewritten:
        count = len(summary.rewritten)
        objects = "1 object has" if count == 1 else f"{count:,} objects have"
        first = readable(summary.rewritten[0])
        yield (
            f"{objects} other bytes than when last ingested, and what they had then stays in the "
            f"lake: records that are in both are there twice; first {first}"
        )


def _hour(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%MZ}"


def _as_row(summary: Summary) -> Mapping[str, Any]:
    return {
        "found": summary.found,
        "ingested": summary.ingested,
        "already": summary.already,
        "empty": summary.empty,
        "failed": [{"uri": uri, "reason": reason} for uri, reason in summary.failed],
        "passed_over": summary.passed_over,
        **{name: summary.counts[name] for name in COUNTS},
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
            for interface, since, until in summary.gaps
        ],
        "doubled": [{"uri": uri, "same_as": other} for uri, other in summary.doubled],
        "rewritten": summary.rewritten,
        "warnings": summary.warnings,
        "stopped": [str(problem) for problem in summary.stopped],
    }
