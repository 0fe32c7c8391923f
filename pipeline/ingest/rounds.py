"""The objects that a source has for a run, a round at a time."""

import logging
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.config import Source
from pipeline.errors import BadInput, SourceProblem
from pipeline.ingest import doubles
from pipeline.ingest.groups import grouped
from pipeline.ingest.plan import Asked, region, resolved, wanted
from pipeline.lake import ledger
from pipeline.lake.catalog import Lake
from pipeline.sources import cloudwatch, export_task, files, log_groups, s3, sqs
from pipeline.sources.log_groups import hour_of
from pipeline.sources.objects import SourceObject, object_id
from pipeline.sources.s3_keys import Wanted

log = logging.getLogger(__name__)

# A round of a log group's: requests enough to hide what comes between two rounds, and a few minutes
# of work where hours are large, which is what a run that is stopped may have to do once more.
HOURS = 48


@dataclass(frozen=True, slots=True)
class Round:
    """Objects to read together; `settle` is told the ids of all objects that the lake then has.

    `passed_over` counts messages that tell of no flow log. `until` is when the source is read until
    with these objects, where that is not when the run began.
    """

    objects: list[SourceObject]
    settle: Callable[[Set[str]], None] | None = None
    passed_over: int = 0
    until: datetime | None = None


def unread(
    lake: Lake | None, source: Source, asked: Asked, now: datetime
) -> Iterator[SourceObject]:
    """Yield what a run would read: what is found, save what is known to be there by its name.

    Raises BadInput where that cannot be known without doing it.
    """
    if source.kind == "sqs" or source.export_to:
        raise BadInput(f"{source.uri}: a queue or an export cannot be listed without being read")
    known, place = ledger.ingested(lake).ids if lake else set(), resolved(source)
    for found in rounds(lake, place, wanted(lake, place, asked, now), now):
        for one in found.objects:
            if one.identity is None or object_id(one.identity) not in known:
                yield one


def rounds(lake: Lake | None, source: Source, part: Wanted, now: datetime) -> Iterator[Round]:
    """Find what a source has, a round at a time. Raises BadInput and SourceProblem."""
    if source.kind == "files":
        yield Round(files.find([Path(source.uri).expanduser()]))
    elif source.kind == "s3":
        yield Round(_in_s3(source, part))
    elif source.kind == "sqs":
        yield from _told(source)
    elif source.export_to:
        yield from _by_export(lake, source, part, now)
    else:
        yield from _by_hours(_events(lake, source, part, now))


def _in_s3(source: Source, part: Wanted) -> list[SourceObject]:
    """Return what is wanted of a bucket. Raises SourceProblem where there is nothing at all."""
    asked = source.access(), source.requester_pays
    found = s3.find(source.uri, part, *asked)
    if found:
        return found
    if not s3.holds(source.uri, *asked):
        raise SourceProblem(
            f"nothing lies below {source.uri}: check the prefix, and where the flow logs go to"
        )
    log.warning("below %s are no flow logs%s: check what was asked for", source.uri, _asked(part))
    return []


def _asked(part: Wanted) -> str:
    """Return what narrows a reading, as far as anything does."""
    said = [f" from {part.since:%Y-%m-%dT%H:%MZ}"] if part.since else []
    said += [f" to {part.until:%Y-%m-%dT%H:%MZ}"] if part.until else []
    said += [f" of account {', '.join(sorted(part.accounts))}"] if part.accounts else []
    said += [f" in {', '.join(sorted(part.regions))}"] if part.regions else []
    return "".join(said)


def _told(source: Source) -> Iterator[Round]:
    """Yield the objects that a queue's messages tell of, which are deleted as they are settled."""
    for now in sqs.rounds(source.uri, source.access(), region(source)):
        for message, reason in now.unreadable:
            log.warning("message %s of %s is left there: %s", message, source.uri, reason)
        yield Round(now.objects, partial(_settle, now), now.passed_over)


def _settle(now: sqs.Round, ingested: Set[str]) -> None:
    for line in now.settle(ingested):
        log.warning("%s", line)


def _by_hours(objects: list[SourceObject]) -> Iterator[Round]:
    """Yield a log group's hours some at a time: a run that was stopped goes on after them."""
    *others, last = [*grouped(objects, lambda one: 1, HOURS)] or [[]]
    for some in others:
        _, until = some[-1].window or (None, None)
        yield Round(some, until=until)
    yield Round(last)


def _events(lake: Lake | None, source: Source, part: Wanted, now: datetime) -> list[SourceObject]:
    """Return a log group's hours, save those that the lake has from an export."""
    found = cloudwatch.find(
        source.uri,
        part.since,
        part.until or now,
        source.access(),
        region(source),
        source.filter_pattern,
        part.again,
    )
    return doubles.without_exported(lake, found) if lake else found


def _by_export(lake: Lake | None, source: Source, part: Wanted, now: datetime) -> Iterator[Round]:
    """Yield what failed of former exports, and a new one if there are whole hours for it.

    To ask for a window without any is refused with BadInput.
    """
    former = _failed(lake, source, part) if lake else []
    if former:
        yield Round(former)
    there_is_more = part.since is None or hour_of(part.since) < hour_of(part.until or now)
    if there_is_more or not part.windowless:
        yield _exported(lake, source, part, now)


def _failed(lake: Lake, source: Source, part: Wanted) -> list[SourceObject]:
    """Return what failed of exports of the group, where the lake has it by no other way."""
    group = log_groups.find(source.uri, source.access(), region(source))
    folders = doubles.free(lake, group, part.again)
    found = (one for folder in folders for one in s3.find(folder, Wanted(), source.access(), False))
    return [replace(one, log_group=group.place()) for one in found if one.uri in part.again]


def _exported(lake: Lake | None, source: Source, part: Wanted, now: datetime) -> Round:
    """Export a log group, say before what that reads and costs, and return what was written."""
    bucket, prefix = s3.address(source.export_to or "")
    until, access = part.until or now, source.access()
    export = export_task.plan(source.uri, part.since, until, bucket, prefix, access, region(source))
    if lake:
        doubles.refuse_read(lake, export)
    for sentence in export.sentences(now):
        log.warning("%s", sentence)
    objects = [replace(one, log_group=export.group.place()) for one in export_task.run(export)]
    return Round(objects, until=export.until)
