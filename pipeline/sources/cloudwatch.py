"""Events of a log group in CloudWatch Logs, an hour of them an object.

An hour is asked for without naming streams: one request brings up to 10,000 events of all of them,
so that a thousand quiet streams cost one request an hour and not a thousand. AWS allows so many
requests a second and account, whatever they ask for; hours are read side by side, and with them
their streams. What an hour holds beyond a bound of memory is an object of its own.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import polars as pl

from pipeline.errors import SourceProblem
from pipeline.sources import aws, log_groups
from pipeline.sources.access import Access
from pipeline.sources.log_groups import HOUR, LogGroup, Stretch, hour_of, milliseconds
from pipeline.sources.objects import Part, SourceObject

# What names an hour in the ledger, whatever its end, which moves with the clock in the last hour,
# and whichever its part, of which there may be fewer another time.
BEGINNING = pl.col("uri").str.replace("&to=[^&]*", "").str.replace("&part=[^&]*", "")
# Events of one object, in memory: a dozen hours are read at once, and each is decoded in the end.
PART_BYTES = 8 * 1024 * 1024
# An answer is 1 MB at most. Only reading tells an hour's size, and most have less than an answer.
_GUESS = 1024 * 1024
_EVENT = {
    "logStreamName": pl.String(),
    "timestamp": pl.Int64(),
    "message": pl.String(),
    "ingestionTime": pl.Int64(),
    "eventId": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Window:
    """Events of a group to be read: from when to when, and where a former read of them stopped."""

    group: LogGroup
    since: datetime
    until: datetime
    filter_pattern: str | None
    part: int = 1
    token: str | None = None

    def uri(self) -> str:
        """Return what names it in the ledger; a filtered read is another one than a whole one."""
        asked = {"from": self.since.isoformat(), "to": self.until.isoformat()}
        if self.filter_pattern is not None:
            asked["filter-pattern"] = self.filter_pattern
        if self.part > 1:
            asked["part"] = str(self.part)
        path = f"{self.group.account}/{self.group.region}/{quote(self.group.name)}"
        return f"cloudwatch://{path}?{urlencode(asked)}"


def find(
    group: str,
    since: datetime | None,
    until: datetime,
    access: Access,
    region: str | None = None,
    filter_pattern: str | None = None,
    again: Iterable[str] = (),
) -> list[SourceObject]:
    """List the hours of a log group from that of `since` on, the last one cut at `until`.

    None as `since` is all that the group holds. An hour that is asked for again gives the same
    object unless an event has come since; `filter_pattern` lets only the events through that match
    it. Before the others come the hours of the uris `again`, as far as they are of the group and
    the pattern. Raises BadInput where it has no name, and SourceProblem.
    """
    found = log_groups.find(group, access, region)
    held = found.stretch(found.first(until), until)
    begin = held.since if since is None else since
    former = [stretch(uri) for uri in again if pattern(uri) == filter_pattern]
    failed = {one.since for one in former if one.meets(held)}
    hours = [(one, one + HOUR) for one in sorted(failed) if one < hour_of(begin)]
    hours += log_groups.hours(begin, until)
    objects = (_source_object(Window(found, *hour, filter_pattern)) for hour in hours)
    return [replace(one, retried=one.window[0] in failed) for one in objects if one.window]


def stretch(uri: str) -> Stretch:
    """Return which events an object of this source was read from, by its uri."""
    parts, asked = urlsplit(uri), _asked(uri)
    region, _, group = parts.path.strip("/").partition("/")
    times = (datetime.fromisoformat(asked[name]) for name in ("from", "to"))
    return Stretch(parts.netloc, region, unquote(group).strip("/"), *times)


def pattern(uri: str) -> str | None:
    """Return the pattern that an object's events match, by its uri; None where it has all."""
    return _asked(uri).get("filter-pattern")


def _asked(uri: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(uri).query, keep_blank_values=True))


def _source_object(window: Window) -> SourceObject:
    return SourceObject(
        source="cloudwatch",
        uri=window.uri(),
        size=_GUESS,
        guessed=True,
        read=partial(_read, window),
        log_group=window.group.place(),
        window=(window.since, window.until),
    )


def _read(window: Window) -> bytes | Part | None:
    """Read a window's events, or as many as may be held at once; None where there are none.

    What is left is read on by the token that AWS gave, so nothing rests on the order of events.
    """
    pages: list[pl.DataFrame] = []
    size: float = 0
    token = None
    for page, following in _pages(window):
        pages.append(page)
        size, token = size + page.estimated_size(), following
        if size >= PART_BYTES:
            break
    data = _document(pl.concat(pages))
    if token is None:
        return data
    rest = _source_object(replace(window, part=window.part + 1, token=token))
    # Pages without any event are little to hold, so there are events in what was broken off.
    return Part(data or b"", rest)


def _pages(window: Window) -> Iterator[tuple[pl.DataFrame, str | None]]:
    """Yield the events of each answer and the token of the next one, which the last has not.

    Raises SourceProblem where no window can be read, OSError where this one cannot.
    """
    token = window.token
    while True:
        try:
            answer = _answer(window, token)
        except aws.FAILURES as error:
            raise _problem(window, error) from error
        given = answer.get("nextToken")
        if given is not None and given == token:
            raise OSError("AWS gives the same page again: run this again")
        yield pl.DataFrame(answer["events"], schema=_EVENT), given
        if given is None:
            return
        token = given


def _answer(window: Window, token: str | None) -> Any:
    asked: dict[str, Any] = {} if token is None else {"nextToken": token}
    if window.filter_pattern is not None:
        asked["filterPattern"] = window.filter_pattern
    return window.group.call(
        "filter_log_events",
        "events",
        logGroupName=window.group.name,
        startTime=milliseconds(window.since),
        # AWS's window holds both its ends, ours not the second.
        endTime=milliseconds(window.until) - 1,
        **asked,
    )


def _problem(window: Window, error: Exception) -> Exception:
    said = aws.said(error)
    # Every window has the same pattern; a token may have grown too old.
    misasked = aws.code(error) == "InvalidParameterException" and window.token is None
    if misasked or aws.befalls_all(error):
        return SourceProblem(f"{window.group.said()}: {said}")
    return OSError(said)


def _document(events: pl.DataFrame) -> bytes | None:
    """Return events as `aws logs filter-log-events` prints them, in an order of their own."""
    if not events.height:
        return None
    listed = events.sort("timestamp", "eventId", maintain_order=True).write_json()
    return b'{"events":%s,"searchedLogStreams":[]}' % listed.encode()
