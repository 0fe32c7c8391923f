"""One source's part in a run: found, read, committed, settled, and recorded."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.config import Source
from pipeline.errors import BadInput, FlowcauseError, LakeProblem, SourceProblem
from pipeline.ingest import plan, run
from pipeline.ingest.formats import learnt
from pipeline.ingest.plan import Asked
from pipeline.ingest.read import Terms
from pipeline.ingest.rounds import rounds
from pipeline.ingest.summary import Summary
from pipeline.lake import damage, ledger, runs
from pipeline.lake.catalog import Lake, create_lake, find_lake
from pipeline.records.layout import declared
from pipeline.snapshots import collect, keep

log = logging.getLogger(__name__)


def intake(
    path: Path,
    source: Source,
    asked: Asked,
    run_id: str,
    progress: Callable[[Summary], None] = lambda summary: None,
) -> Summary:
    """Read a source into the lake at `path`, which is made once there is something to read.

    What stops it is put into the summary; what was read before that is kept. Where it is the lake,
    the run is not recorded there.
    """
    started, summary = datetime.now(UTC), Summary()
    log.info("source started", extra={"told": {"source": plan.name(source), "run_id": run_id}})
    with _put_into(summary, LakeProblem), damage.told(path):
        with _put_into(summary, SourceProblem, BadInput):
            source = plan.resolved(source)
            _read(path, source, asked, run_id, started, summary, progress)
        _record(path, source, asked, run_id, started, summary)
    return summary


@contextmanager
def _put_into(summary: Summary, *kinds: type[FlowcauseError]) -> Iterator[None]:
    try:
        yield
    except kinds as problem:
        summary.stopped.append(problem)


def _read(
    path: Path,
    source: Source,
    asked: Asked,
    run_id: str,
    started: datetime,
    summary: Summary,
    progress: Callable[[Summary], None],
) -> None:
    layouts = [declared(log_format) for log_format in source.log_formats]
    before = find_lake(path)
    part = plan.wanted(before, source, asked, started)
    unlearnt = source.kind == "cloudwatch" and not layouts
    for found in rounds(before, source, part, started):
        lake = create_lake(path)
        if unlearnt:
            _learn(lake, source, run_id, summary)
            unlearnt = False
        terms = Terms(layouts, learnt(lake), asked.most)
        run.ingest(lake, found.objects, terms, run_id, summary, progress)
        summary.passed_over += found.passed_over
        if found.settle is not None:
            found.settle(ledger.ingested(lake).ids)
        if found.until is not None and asked.is_all():
            _stand(lake, source, run_id, started, found.until)


def _learn(lake: Lake, source: Source, run_id: str, summary: Summary) -> None:
    """Ask AWS for the formats of flow logs; where it refuses, those the lake knows have to do."""
    try:
        seen = collect.flow_logs(source.access(), plan.region(source), datetime.now(UTC))
        keep.keep(lake, seen, run_id)
    except SourceProblem as problem:
        summary.warnings.append(str(problem))


def _stand(lake: Lake, source: Source, run_id: str, started: datetime, until: datetime) -> None:
    """Write down how far a run has come, for the case that it does not come to its end."""
    verb = f"ingest {source.kind}"
    runs.record(lake, run_id, verb, started, None, None, plan.name(source), until)


def _record(
    path: Path, source: Source, asked: Asked, run_id: str, started: datetime, summary: Summary
) -> None:
    """Write the run into the lake; the source stands where it began if nothing stopped it.

    What failed does not hold it: that is in the ledger, and the next run asks for it by itself. An
    export stands where it ended, which is written when it is read.
    """
    outcome = f"{summary.ingested} ingested, {len(summary.failed)} failed"
    outcome += "".join(f"; stopped: {problem}" for problem in summary.stopped)
    told = {"source": plan.name(source), "outcome": outcome, "stopped": len(summary.stopped)}
    log.info("source finished", extra={"told": told})
    lake = find_lake(path)
    if lake is not None:
        whole = asked.is_all() and not summary.stopped
        until = started if whole and plan.stands_at_its_start(source) else None
        verb = f"ingest {source.kind}"
        now = datetime.now(UTC)
        runs.record(lake, run_id, verb, started, now, outcome, plan.name(source), until)
