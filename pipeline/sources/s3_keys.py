"""Which keys of a bucket can hold the logs asked for, told by the key alone.

A folder is passed over as soon as its own path says that nothing below it is wanted: another
service's logs, another account or Region, a day outside the window.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.sources.objects import WRITE_TEST

# As AWS calls a service in the keys below AWSLogs.
FLOW_LOGS = "vpcflowlogs"
CLOUDTRAIL = "CloudTrail"
# A file is named for its five minutes; a record lies in the file of its end or in a later one.
_EARLIER = timedelta(hours=1)

_SERVICE = re.compile(r"(?:^|/)AWSLogs/(?:[^/]+/){1,2}?(?:(?:aws-)?service=)?([A-Za-z][\w-]*)/")
_ACCOUNT = re.compile(
    r"(?:^|/)AWSLogs/(?:o-[a-z0-9]+/)?(?:aws-account-id=)?(\d{12})/|/accountId=(\d{12})/"
)
_REGION = re.compile(
    r"[/=](?:vpcflowlogs|CloudTrail)/(?:aws-region=)?([a-z]+-[a-z0-9-]+\d)/|(?:^|/)region=([^/]+)/"
)
# https://docs.aws.amazon.com/security-lake/latest/userguide/source-management.html
_LAKE_SOURCE = re.compile(r"(?:^|/)aws/([A-Z][A-Z0-9_]+)/(?:\d+\.\d+/|region=)")
_DAY = re.compile(
    r"(?:^|/)(?:(?:year=)?(20\d\d)(?:/(?:month=)?(\d\d)(?:/(?:day=)?(\d\d))?)?"
    r"|eventDay=(20\d{6}))(?=/)"
)
_LOGS = re.compile(r"(?:^|/)AWSLogs/")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The logs asked for: of which accounts and Regions (all where empty), from when to when.

    `late` is how long after a record its file may come. Those that were found at the uris `again`
    are wanted whenever they are of. `windowless` tells that nobody asked for a window: all that is
    new is wanted. `service` is whose logs they are.
    """

    since: datetime | None = None
    until: datetime | None = None
    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    late: timedelta = timedelta(hours=24)
    again: frozenset[str] = frozenset()
    windowless: bool = False
    service: str = FLOW_LOGS

    def first(self) -> datetime | None:
        """Return the earliest time that a wanted file's name can have."""
        return None if self.since is None else self.since - _EARLIER

    def last(self) -> datetime | None:
        """Return the latest time that a wanted file's name can have."""
        return None if self.until is None else self.until + self.late


def folders(uris: Iterable[str], bucket: str) -> frozenset[str]:
    """Return the folders of a bucket that objects lie in, and those that these lie in."""
    keys = (uri.removeprefix(f"s3://{bucket}/") for uri in uris)
    return frozenset(key[: slash.end()] for key in keys for slash in re.finditer("/", key))


def may_hold(folder: str, wanted: Wanted, again: Set[str] = frozenset()) -> bool:
    """Tell whether anything below a folder of a bucket can be wanted; it ends in a slash.

    The folders `again` are wanted whenever they are of.
    """
    if (service := _SERVICE.search(folder)) and service[1] != wanted.service:
        return False
    if (source := _LAKE_SOURCE.search(folder)) and source[1] != "VPC_FLOW":
        return False
    return (
        _among(_ACCOUNT.search(folder), wanted.accounts)
        and _among(_REGION.search(folder), wanted.regions)
        and (folder in again or _days_meet(folder, wanted))
    )


def is_log(key: str, service: str = FLOW_LOGS) -> bool:
    """Tell whether a key can be a service's; below AWSLogs it is in the name, elsewhere all can."""
    name = key.rpartition("/")[2]
    if not name or name == WRITE_TEST:
        return False
    return f"_{service}_" in name if _LOGS.search(key) else True


def is_in_time(time: datetime | None, wanted: Wanted) -> bool:
    """Tell whether a file of that name time can hold records of the window; unknown ones can."""
    if time is None:
        return True
    first, last = wanted.first(), wanted.last()
    return (first is None or time >= first) and (last is None or time <= last)


def is_day(folder: str) -> bool:
    """Tell whether a folder is a day's: its keys are listed at once, hours and all."""
    found = _dated(folder)
    return found is not None and bool(found[3] or found[4])


def _among(found: re.Match[str] | None, names: frozenset[str]) -> bool:
    return not names or found is None or (found[1] or found[2]) in names


def _dated(folder: str) -> re.Match[str] | None:
    """Return the year, month or day that AWS named a folder for; None where it did not.

    Below AWSLogs the place is AWS's own. Elsewhere a folder like 2024/ may be anybody's, who keeps
    later logs below it, too: there only a whole day says what lies below, the last one named.
    """
    if logs := _LOGS.search(folder):
        return _DAY.search(folder, logs.end())
    days = [found for found in _DAY.finditer(folder) if found[3] or found[4]]
    return days[-1] if days else None


def _days_meet(folder: str, wanted: Wanted) -> bool:
    """Tell whether the year, month or day that a folder stands for meets the window."""
    found = _dated(folder)
    if found is None:
        return True
    try:
        begin, end = _span(found)
    except ValueError:
        return True  # 2024/13/ is no date, so it says nothing of one
    first, last = wanted.first(), wanted.last()
    return (first is None or end > first) and (last is None or begin <= last)


def _span(found: re.Match[str]) -> tuple[datetime, datetime]:
    if found[4]:
        day = datetime.strptime(found[4], "%Y%m%d").replace(tzinfo=UTC)
        return day, day + timedelta(days=1)
    year, month, day_of = int(found[1]), found[2], found[3]
    begin = datetime(year, int(month or 1), int(day_of or 1), tzinfo=UTC)
    if day_of:
        return begin, begin + timedelta(days=1)
    if month:
        return begin, (begin + timedelta(days=31)).replace(day=1)
    return begin, begin.replace(year=year + 1)
