"""What a run is to read: each source in its places, and from when to when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.config import Account, Source
from pipeline.errors import BadInput
from pipeline.ingest.read import OBJECT_BYTES
from pipeline.lake import ledger, runs
from pipeline.lake.catalog import Lake
from pipeline.sources import cloudwatch, export_task, log_groups, s3
from pipeline.sources.s3_keys import Wanted
from pipeline.times import moment

# How long after a record its file may come, or its event: what is looked through once more.
# S3 delivers late files under their old day; listing them costs little. An event read again does.
LOOK_BACK = {"s3": timedelta(hours=24), "cloudwatch": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for: a window of time, how far to look back where there is none, and
    the bytes that an object may unpack to.
    """

    since: datetime | None = None
    until: datetime | None = None
    look_back: timedelta | None = None
    most: int = OBJECT_BYTES

    def is_all(self) -> bool:
        """Tell whether all is asked for that is new."""
        return self.since is None and self.until is None


ALL = Asked()


def places(sources: Sequence[Source], accounts: Sequence[Account]) -> list[Source]:
    """Return the sources, a log group once for every account and Region that it is read in.

    Raises BadInput where a source names an account that is not declared.
    """
    return [place for one in sources for place in _places(one, {a.id: a for a in accounts})]


def _places(source: Source, accounts: dict[str, Account]) -> Iterator[Source]:
    if source.kind != "cloudwatch":
        yield source
        return
    for name in source.accounts or (None,):
        within = source if name is None else _within(source, name, accounts)
        for region in within.regions or (None,):
            yield replace(within, regions=(region,) if region else ())


def _within(source: Source, name: str, accounts: dict[str, Account]) -> Source:
    account = accounts.get(name)
    if account is None:
        known = ", ".join(accounts) or "none"
        raise BadInput(f"{source.uri}: no [[account]] has the id {name}; declared: {known}")
    return replace(
        source,
        accounts=(name,),
        regions=source.regions or account.regions,
        profile=account.profile or source.profile,
        role_arn=account.role_arn or source.role_arn,
        external_id=account.external_id or source.external_id,
    )


def resolved(source: Source) -> Source:
    """Return a log group's place with its account and Region, which AWS tells; others as they are.

    Groups of one name may be had by another role, profile or setting. Raises BadInput where the
    group has no name or an export no address, and SourceProblem.
    """
    if source.kind != "cloudwatch":
        return source
    if source.export_to:
        s3.address(source.export_to)
    found = log_groups.find(source.uri, source.access(), region(source))
    return replace(source, accounts=(found.account,), regions=(found.region,))


def name(source: Source) -> str:
    """Return what a source is called in `runs`: all that says which records it has."""
    narrowed = [*source.accounts, *source.regions, *filter(None, [source.filter_pattern])]
    told = " ".join([source.kind, source.uri, *narrowed])
    # A path may be any bytes; the lake's text is UTF-8.
    return told.encode(errors="surrogateescape").decode(errors="backslashreplace")


def wanted(lake: Lake | None, source: Source, asked: Asked, now: datetime) -> Wanted:
    """Return what of a source is wanted: the window asked for, else from where it stands.

    Without a window what failed is wanted again, however old: what it lacked may be given now; and
    an export ends before what may not be there to be exported yet.
    """
    since, until, look_back = asked.since, asked.until, asked.look_back
    if look_back is None:
        # What was exported is not exported again: its lines have no ids to tell them by.
        look_back = LOOK_BACK.get("" if source.export_to else source.kind, timedelta())
    stands = runs.read_until(lake, name(source)) if lake and asked.is_all() else None
    if stands is not None:
        since = stands - look_back
    elif asked.is_all() and source.since is not None:
        since = _since(source, source.since, now)
    among = frozenset(source.accounts), frozenset(source.regions)
    again = _failed(lake, source) if lake and asked.is_all() else frozenset()
    if source.export_to and asked.is_all():
        until = now - export_task.DELAY
    return Wanted(since, until, *among, look_back, again, asked.is_all())


def stands_at_its_start(source: Source) -> bool:
    """Tell whether a run that reads all of a source has read it until the time it began at."""
    return source.kind in LOOK_BACK and not source.export_to


def _failed(lake: Lake, source: Source) -> frozenset[str]:
    """Return where what failed was found, in so far as it may be of a source that is listed."""
    if source.kind == "s3" or source.export_to:
        return ledger.failed(lake, "s3", source.export_to or source.uri)
    if source.kind == "cloudwatch":
        return ledger.failed(lake, "cloudwatch", "", cloudwatch.BEGINNING)
    return frozenset()


def _since(source: Source, text: str, now: datetime) -> datetime:
    try:
        return moment(text, now)
    except BadInput as error:
        raise BadInput(f"since of {source.uri}: {error}") from error


def region(source: Source) -> str | None:
    """Return the Region of a place; None where the usual AWS settings decide."""
    return source.regions[0] if source.regions else None
