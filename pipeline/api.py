"""The verbs: what a notebook imports, and all that the command line calls. The only wiring."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from pipeline.attribution.judge import Judged, judge
from pipeline.config import Settings, Source
from pipeline.engines import duckdb
from pipeline.errors import BadInput, LakeProblem, SourceProblem
from pipeline.explain import answer as explaining
from pipeline.explain.question import Question
from pipeline.ingest import hindsight, plan
from pipeline.ingest.intake import intake
from pipeline.ingest.listing import Listing, listing
from pipeline.ingest.plan import ALL, Asked
from pipeline.ingest.summary import Summary
from pipeline.lake import damage, reading, runs
from pipeline.lake.catalog import Lake, create_lake, open_lake
from pipeline.lake.compact import Compacted, compact
from pipeline.lake.expire import Expired, expire
from pipeline.lake.versions import READERS
from pipeline.reports import soundness
from pipeline.reports.answer import Answer, answer
from pipeline.sizes import counted
from pipeline.snapshots import keep, trail
from pipeline.snapshots.authors import Author, authors
from pipeline.snapshots.collect import collect
from pipeline.snapshots.difference import Difference, difference
from pipeline.snapshots.keep import Kept
from pipeline.snapshots.load import Loaded, observe, observed
from pipeline.snapshots.places import Place
from pipeline.sources.access import Access
from pipeline.sources.objects import SourceObject
from pipeline.sources.s3_keys import Wanted

Progress = Callable[[Summary], None]


def ingest(
    sources: Iterable[Source],
    settings: Settings,
    asked: Asked = ALL,
    progress: Progress = lambda summary: None,
) -> Summary:
    """Ingest what is new in each source. Raises BadInput.

    What stops a source is in the summary's `stopped`; the others go on, unless it is the lake.
    """
    run_id, total = runs.new_run_id(datetime.now(UTC)), Summary()
    for source in plan.places(list(sources), settings.accounts):
        total.add(intake(settings.lake, source, asked, run_id, progress))
        if any(isinstance(problem, LakeProblem) for problem in total.stopped):
            break
    hindsight.tell(settings.lake, total, run_id)
    return total


def ingest_files(
    paths: Iterable[Path],
    settings: Settings,
    progress: Progress = lambda summary: None,
    log_formats: Iterable[str] = (),
) -> Summary:
    """Ingest the flow logs in files and folders. Raises BadInput and LakeProblem.

    `log_formats` are those of flow logs without a header line, as AWS writes them, or "default".
    """
    formats = tuple(log_formats)
    sources = [Source("files", str(path), log_formats=formats) for path in paths]
    summary = ingest(sources, settings, progress=progress)
    if summary.stopped:
        raise summary.stopped[0]
    return summary


def plan_ingest(sources: Iterable[Source], settings: Settings, asked: Asked = ALL) -> Listing:
    """List what `ingest` would read, without reading it. Raises as it does.

    What would stop a source is in the listing's `stopped`; the others are listed all the same.
    """
    places = plan.places(list(sources), settings.accounts)
    with damage.told(settings.lake):
        return listing(settings.lake, places, asked, datetime.now(UTC))


def load_snapshot(folder: Path, at: datetime, settings: Settings) -> Kept:
    """Load AWS CLI JSON as the configuration at a time. Raises BadInput and LakeProblem."""
    started = datetime.now(UTC)
    return _kept(observe(folder, at), "snapshot load", started, settings)


def take_snapshot(
    places: Sequence[Place],
    settings: Settings,
    calls: Iterable[str] = (),
    names: Sequence[str] = (),
) -> tuple[Kept, list[SourceProblem]]:
    """Ask AWS how accounts are configured now, and keep it; return why some could not be asked.

    `calls` are AWS CLI commands, all where there are none; `names` host names whose records are
    wanted. Raises BadInput and LakeProblem, and SourceProblem where no account can be asked.
    """
    started = datetime.now(UTC)
    collected = collect(places, calls, names)
    if not collected.answers and collected.unreached:
        raise collected.unreached[0]
    loaded = observed(collected.answers, started)
    return _kept(loaded, "snapshot take", started, settings), collected.unreached


def _kept(loaded: Loaded, verb: str, started: datetime, settings: Settings) -> Kept:
    run_id = runs.new_run_id(started)
    with damage.told(settings.lake):
        lake = create_lake(settings.lake)
        kept = keep.keep(lake, loaded, run_id)
        outcome = counted(kept.observations, "observations")
        runs.record(lake, run_id, verb, started, datetime.now(UTC), outcome)
    return kept


def load_changes(folder: Path, settings: Settings) -> tuple[int, list[str]]:
    """Load CloudTrail's events from files, and return how many were new, and what was wrong.

    A line of the latter is a file that is none of CloudTrail's, or a record that is no event.
    Raises BadInput and LakeProblem.
    """
    return _kept_changes(trail.in_folder(folder), "snapshot changes load", settings)


def take_changes(
    uri: str, wanted: Wanted, access: Access, settings: Settings
) -> tuple[int, list[str]]:
    """Load CloudTrail's events from s3://bucket/prefix, and return what `load_changes` does.

    Raises BadInput, SourceProblem and LakeProblem.
    """
    return _kept_changes(trail.in_bucket(uri, wanted, access), "snapshot changes take", settings)


def _kept_changes(
    objects: Sequence[SourceObject], verb: str, settings: Settings
) -> tuple[int, list[str]]:
    started = datetime.now(UTC)
    events, wrong = trail.events(objects)
    run_id = runs.new_run_id(started)
    with damage.told(settings.lake):
        lake = create_lake(settings.lake)
        new = keep.keep_events(lake, events, run_id)
        outcome = counted(new, "events")
        runs.record(lake, run_id, verb, started, datetime.now(UTC), outcome)
    return new, wrong


def compare_snapshots(
    since: datetime, until: datetime, settings: Settings
) -> tuple[Difference, list[Author]]:
    """Compare the configuration at two times, and tell who is behind each change.

    Raises BadInput where the first is not the earlier one, and LakeProblem.
    """
    if since >= until:
        raise BadInput(f"{since:%Y-%m-%dT%H:%MZ} is not before {until:%Y-%m-%dT%H:%MZ}")
    with _opened(settings) as lake:
        told = difference(lake, since, until)
        events, rule_ids = (
            reading.rows(lake, name) for name in ("changes", "security_group_rule_ids")
        )
        return told, authors(told.changes, events, rule_ids)


def list_snapshots(settings: Settings) -> Answer:
    """List what was observed when, an account and Region a row."""
    return report("snapshots", None, None, settings)


def attribute(since: datetime | None, until: datetime | None, settings: Settings) -> Judged:
    """Judge the REJECT records that start in [since, until), and write what is new."""
    started = datetime.now(UTC)
    run_id = runs.new_run_id(started)
    with _opened(settings) as lake:
        judged = judge(lake, since, until, started, run_id)
        outcome = f"{judged.written} judged"
        runs.record(lake, run_id, "attribute", started, datetime.now(UTC), outcome)
    return judged


def explain(question: Question, settings: Settings) -> explaining.Answer:
    """Say what becomes of a packet that nobody need have logged. Raises BadInput."""
    with _opened(settings) as lake:
        return explaining.answer(lake, question)


def report(name: str, since: datetime | None, until: datetime | None, settings: Settings) -> Answer:
    """Answer a report of queries/reports over what is judged. Raises BadInput."""
    values = {"since": since, "until": until, "owner_tag": settings.owner_tag}
    with _opened(settings) as lake:
        return answer(lake, name, values)


def sql(query: str, settings: Settings) -> pa.Table:
    """Run one SELECT over the lake's tables and views. Raises BadQuery."""
    with _opened(settings) as lake:
        return duckdb.ask(lake, query)


def lake_status(settings: Settings) -> dict[str, soundness.Rows]:
    """Say what the lake holds, how its objects fared, the last runs and what is due."""
    with _opened(settings) as lake:
        return soundness.status(lake, datetime.now(UTC) - READERS)


def lake_verify(settings: Settings) -> soundness.Rows:
    """Check the lake's files and every object's counts, and return the findings."""
    with _opened(settings) as lake:
        return soundness.verify(lake)


def lake_compact(
    settings: Settings, progress: Callable[[int, int], None] = lambda size, total: None
) -> list[Compacted]:
    """Rewrite what lies in small files, beside readers and writers. Raises LakeProblem."""
    started = datetime.now(UTC)
    with _opened(settings) as lake:
        done = compact(lake, progress)
        if done:
            fewer = sum(one.files_before - one.files_after for one in done)
            _record(lake, "lake compact", started, f"{counted(fewer, 'files')} fewer")
    return done


def lake_expire(cutoff: datetime, settings: Settings) -> Expired:
    """Delete what was replaced before `cutoff` and what dead runs left. Raises LakeProblem."""
    started = datetime.now(UTC)
    with _opened(settings) as lake:
        expired = expire(lake, cutoff)
        if expired.files:
            _record(lake, "lake expire", started, f"{counted(expired.files, 'files')} deleted")
    return expired


@contextmanager
def _opened(settings: Settings) -> Iterator[Lake]:
    """Open the lake; where a damaged file of it makes something fail, that is told by its name."""
    with damage.told(settings.lake):
        yield open_lake(settings.lake)


def _record(lake: Lake, verb: str, started: datetime, outcome: str) -> None:
    runs.record(lake, runs.new_run_id(started), verb, started, datetime.now(UTC), outcome)
