"""The verbs: what a notebook imports, and all that the command line calls. The only wiring."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from pipeline.attribution.judge import Judged, judge
from pipeline.config import Settings
from pipeline.engines import duckdb
from pipeline.ingest import run
from pipeline.ingest.summary import Summary
from pipeline.lake import runs
from pipeline.lake.catalog import Lake, create_lake, open_lake
from pipeline.lake.compact import Compacted, compact
from pipeline.lake.expire import Expired, expire
from pipeline.lake.versions import READERS
from pipeline.records import layout
from pipeline.records.layout import Layout
from pipeline.reports import soundness
from pipeline.reports.answer import Answer, answer
from pipeline.snapshots import keep
from pipeline.snapshots.keep import Kept
from pipeline.snapshots.load import observe
from pipeline.sources import files, s3
from pipeline.sources.aws import Access
from pipeline.sources.objects import SourceObject
from pipeline.sources.s3_keys import Wanted

Progress = Callable[[int, int], None]


def ingest_files(
    paths: Iterable[Path],
    settings: Settings,
    progress: Progress = lambda done, total: None,
    log_formats: Iterable[str] = (),
) -> Summary:
    """Ingest the flow logs in files and folders. Raises BadInput and LakeProblem.

    `log_formats` are those of flow logs without a header line, as AWS writes them, or "default".
    """
    declared = [layout.declared(log_format) for log_format in log_formats]
    return _ingest("ingest files", files.find(paths), declared, settings, progress)


def ingest_s3(
    uri: str,
    wanted: Wanted,
    access: Access,
    settings: Settings,
    progress: Progress = lambda done, total: None,
    log_formats: Iterable[str] = (),
    requester_pays: bool = False,
) -> Summary:
    """Ingest the flow logs below `s3://bucket/prefix` whose keys say that they can be wanted.

    Raises BadInput, LakeProblem and SourceProblem; what was read before is kept.
    """
    declared = [layout.declared(log_format) for log_format in log_formats]
    found = s3.find(uri, wanted, access, requester_pays)
    return _ingest("ingest s3", found, declared, settings, progress)


def _ingest(
    verb: str,
    found: list[SourceObject],
    declared: list[Layout],
    settings: Settings,
    progress: Progress,
) -> Summary:
    lake, started = create_lake(settings.lake), datetime.now(UTC)
    run_id = runs.new_run_id(started)
    total = sum(one.size for one in found)
    summary = run.ingest(lake, found, declared, run_id, lambda size: progress(size, total))
    outcome = f"{summary.ingested} ingested, {len(summary.failed)} failed"
    runs.record(lake, run_id, verb, started, datetime.now(UTC), outcome)
    if summary.stopped is not None:
        raise summary.stopped
    return summary


def load_snapshot(folder: Path, at: datetime, settings: Settings) -> Kept:
    """Load AWS CLI JSON as the configuration at a time. Raises BadInput and LakeProblem."""
    loaded = observe(folder, at)
    lake, started = create_lake(settings.lake), datetime.now(UTC)
    run_id = runs.new_run_id(started)
    kept = keep.keep(lake, loaded, run_id)
    outcome = f"{kept.observations} observations"
    runs.record(lake, run_id, "snapshot load", started, datetime.now(UTC), outcome)
    return kept


def list_snapshots(settings: Settings) -> Answer:
    """List what was observed when, an account and Region a row."""
    return report("snapshots", None, None, settings)


def attribute(since: datetime | None, until: datetime | None, settings: Settings) -> Judged:
    """Judge the REJECT records that start in [since, until), and write what is new."""
    lake, started = open_lake(settings.lake), datetime.now(UTC)
    run_id = runs.new_run_id(started)
    judged = judge(lake, since, until, started, run_id)
    outcome = f"{judged.written} judged"
    runs.record(lake, run_id, "attribute", started, datetime.now(UTC), outcome)
    return judged


def report(name: str, since: datetime | None, until: datetime | None, settings: Settings) -> Answer:
    """Answer a report of queries/reports over what is judged. Raises BadInput."""
    values = {"since": since, "until": until, "owner_tag": settings.owner_tag}
    return answer(open_lake(settings.lake), name, values)


def sql(query: str, settings: Settings) -> pa.Table:
    """Run one SELECT over the lake's tables and views. Raises BadQuery."""
    return duckdb.ask(open_lake(settings.lake), query)


def lake_status(settings: Settings) -> dict[str, soundness.Rows]:
    """Say what the lake holds, how its objects fared, the last runs and what is due."""
    return soundness.status(open_lake(settings.lake), datetime.now(UTC) - READERS)


def lake_verify(settings: Settings) -> soundness.Rows:
    """Check the lake's files and every object's counts, and return the findings."""
    return soundness.verify(open_lake(settings.lake))


def lake_compact(
    settings: Settings, progress: Progress = lambda done, total: None
) -> list[Compacted]:
    """Rewrite what lies in small files, beside readers and writers. Raises LakeProblem."""
    lake, started = open_lake(settings.lake), datetime.now(UTC)
    done = compact(lake, progress)
    if done:
        fewer = sum(one.files_before - one.files_after for one in done)
        _record(lake, "lake compact", started, f"{fewer} files fewer")
    return done


def lake_expire(cutoff: datetime, settings: Settings) -> Expired:
    """Delete what was replaced before `cutoff` and what dead runs left. Raises LakeProblem."""
    lake, started = open_lake(settings.lake), datetime.now(UTC)
    expired = expire(lake, cutoff)
    if expired.files:
        _record(lake, "lake expire", started, f"{expired.files} files deleted")
    return expired


def _record(lake: Lake, verb: str, started: datetime, outcome: str) -> None:
    runs.record(lake, runs.new_run_id(started), verb, started, datetime.now(UTC), outcome)
