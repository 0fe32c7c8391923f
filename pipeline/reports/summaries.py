"""What a command says at its end: one thing on stdout, warnings on stderr."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline.attribution.judge import Judged
from pipeline.ingest.summary import Summary
from pipeline.reports.answer import Answer
from pipeline.reports.documents import as_json
from pipeline.reports.terminal import draw_findings, draw_rows, printable
from pipeline.snapshots.keep import Kept

# Lines of one kind that are worth reading; the lake's tables have all.
_FEW = 5


def show_answer(answer: Answer, as_document: bool) -> None:
    """Show a report: as findings, as a table, or as JSON."""
    if as_document:
        _document(answer.rows)
    elif answer.rows and "cause" not in answer.rows[0]:
        show_rows(answer.rows, False)
    else:
        draw_findings(answer, _console())


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


def show_ingest(summary: Summary, as_document: bool) -> None:
    """Show what an ingest did; what failed and what was rejected goes to stderr."""
    _warn_of(summary)
    if as_document:
        _document(_as_row(summary))
        return
    counts = summary.counts
    said = [f"{summary.ingested} of {summary.found} objects ingested"]
    if summary.already:
        said.append(f"{len(summary.already)} already in the lake")
    if summary.failed:
        said.append(f"{len(summary.failed)} failed")
    _console().print(Text(", ".join(said) + "."))
    parts = ("flows", "rejected", "headers", "blanks", "skipped")
    split = " + ".join(_number(counts[part], part) for part in parts if counts[part])
    if split:
        _console().print(Text(f"{_number(counts['lines'], 'lines')} = {split}."))


def _warn_of(summary: Summary) -> None:
    for uri, reason in summary.failed[:_FEW]:
        _warn(f"{uri}: {reason}")
    if len(summary.failed) > _FEW:
        rest = len(summary.failed) - _FEW
        _warn(f"and {rest} more: flowcause sql \"from ledger where status = 'failed'\"")
    if summary.reasons:
        _warn(_rejected(summary))
    if summary.unknown_fields:
        _warn(f"fields kept as text in overflow: {', '.join(sorted(summary.unknown_fields))}")


def _rejected(summary: Summary) -> str:
    most = "; ".join(f"{n} x {reason}" for reason, n in summary.reasons.most_common(_FEW))
    return (
        f"{_number(sum(summary.reasons.values()), 'lines')} rejected ({most}); "
        'flowcause sql "from rejected_lines" shows them'
    )


def _number(count: int, what: str) -> str:
    return f"{count:,} {what.removesuffix('s') if count == 1 else what}"


def _as_row(summary: Summary) -> Mapping[str, Any]:
    return {
        "found": summary.found,
        "ingested": summary.ingested,
        "already": summary.already,
        "failed": [{"uri": uri, "reason": reason} for uri, reason in summary.failed],
        **summary.counts,
        "rejected_by_reason": dict(summary.reasons),
        "unknown_fields": sorted(summary.unknown_fields),
    }


def show_snapshot(kept: Kept, as_document: bool) -> None:
    """Show what a load observed; answers that are not used or were cut go to stderr."""
    if kept.unused:
        keys = ", ".join(sorted({key for _, key in kept.unused}))
        _warn(f"{len(kept.unused)} answers are not used yet: {keys}")
    for scope, error in kept.incomplete:
        _warn(f"{scope}: {error}; not used")
    if as_document:
        _document({"observations": kept.observations, "already": kept.already, "rows": kept.rows})
        return
    said = f"{kept.observations} calls observed, {kept.rows:,} rows of inventory changed"
    if kept.already:
        said += f", {kept.already} already in the lake"
    _console().print(Text(said + "."))


def show_judged(judged: Judged, as_document: bool) -> None:
    """Show how many records were judged."""
    if as_document:
        row = {"records": judged.records, "written": judged.written, "replaced": judged.replaced}
        _document(row)
        return
    said = f"{_number(judged.records, 'REJECT records')}, {judged.written:,} judged anew"
    if judged.replaced:
        said += f" ({judged.replaced:,} in place of an earlier verdict)"
    _console().print(Text(said + "."))


def _document(value: object) -> None:
    print(as_json(value))


def _warn(line: str) -> None:
    Console(stderr=True).print(Text(f"flowcause: {printable(line)}"), soft_wrap=True)


def _console() -> Console:
    return Console(highlight=False)
