"""Times as people type them: ISO 8601, in UTC unless they say otherwise, or 2h, 7d ago."""

import re
from datetime import UTC, datetime, timedelta

from pipeline.errors import BadInput

_RELATIVE = re.compile(r"(\d{1,6})([smhdw])")
# No flow log is older, and Python's calendar ends not far beyond.
_YEARS = range(1970, 9000)
_LONGEST = timedelta(days=36525)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def window(
    since: str | None, until: str | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return the two ends of a window. Raises BadInput where it ends before it begins."""
    begin = None if since is None else moment(since, now)
    end = None if until is None else moment(until, now)
    if begin and begin > now:
        raise BadInput(f"--since {since} is yet to come: the window is empty")
    if begin and end and begin >= end:
        raise BadInput(f"--since {since} is not before --until {until}: the window is empty")
    return begin, end


def duration(text: str) -> timedelta:
    """Return the length of time that `text` names, like 30m, 24h or 7d. Raises BadInput."""
    told = _RELATIVE.fullmatch(text.strip())
    if told is None:
        raise BadInput(f"{text!r} is no length of time: write 30m, 24h or 7d")
    length = timedelta(**{_UNITS[told[2]]: int(told[1])})
    if length > _LONGEST:
        raise BadInput(f"{text!r} is more than a hundred years: write 30m, 24h or 7d")
    return length


def moment(text: str, now: datetime) -> datetime:
    """Return the UTC time that `text` names; a relative one counts back from `now`.

    Raises BadInput.
    """
    if _RELATIVE.fullmatch(text.strip()):
        return now - duration(text)
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(
            f"{text!r} is no time: write 2026-03-02T14:00Z, 2026-03-02, or 2h for two hours ago"
        ) from error
    if parsed.year not in _YEARS:
        raise BadInput(f"{text!r} is no time of a flow log: write 2026-03-02T14:00Z, or 2h")
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def past(text: str, now: datetime) -> datetime:
    """Return the UTC time that `text` names, like `moment`. Raises BadInput for one to come."""
    named = moment(text, now)
    if named > now:
        raise BadInput(f"{text} is yet to come: name a time that is past")
    return named
