"""Log groups of CloudWatch Logs: found by name, and what AWS says of them.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.errors import BadInput, SourceProblem
from pipeline.sources import aws
from pipeline.sources.access import Access
from pipeline.sources.insist import insisting, whole

HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# CloudWatch Logs takes no event that is older than this when it comes.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
_OLDEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group: whose it is, since when, and how many bytes AWS stores of it."""

    name: str
    account: str
    region: str
    created: datetime
    stored_bytes: int
    retention: timedelta | None
    access: Access

    def call(self, operation: str, key: str, **asked: Any) -> Any:
        """Make a call that reads, again where its answer came damaged: without its `key`.

        Raises what boto3 raises.
        """
        return insisting(lambda: self.once(operation, key, **asked))

    def once(self, operation: str, key: str, **asked: Any) -> Any:
        """Make one call, whose answer has a `key`. Raises what boto3 raises."""
        client = aws.client(self.access, "logs", self.region)
        return whole(getattr(client, operation)(**asked), key)

    def place(self) -> tuple[str, str, str]:
        """Return the account and the Region that it is in, and its name."""
        return self.account, self.region, self.name

    def said(self) -> str:
        """Return in words which group it is."""
        return f"log group {self.name} of account {self.account} in {self.region}"

    def stretch(self, since: datetime, until: datetime) -> "Stretch":
        """Return the stretch of its events between two times."""
        return Stretch(self.account, self.region, self.name.strip("/"), since, until)

    def first(self, now: datetime) -> datetime:
        """Return the time before which it can hold no events."""
        begin = self.created - _OLDEST
        return begin if self.retention is None else max(begin, now - self.retention)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The events of a group from one time to another; the group is named without outer slashes."""

    account: str
    region: str
    group: str
    since: datetime
    until: datetime

    def is_of(self, group: LogGroup) -> bool:
        """Tell whether they are a group's."""
        return self.meets(group.stretch(self.since, self.until))

    def meets(self, other: "Stretch") -> bool:
        """Tell whether some event can be in both."""
        mine, others = ((one.account, one.region, one.group) for one in (self, other))
        return mine == others and self.since < other.until and other.since < self.until


def find(name: str, access: Access, region: str | None) -> LogGroup:
    """Return the log group of that name. Raises SourceProblem where there is none.

    Raises BadInput for an empty name.
    """
    if not name:
        raise BadInput("the log group has no name: write it as CloudWatch Logs lists it")
    client = aws.client(access, "logs", region)
    here = client.meta.region_name
    with aws.told(f"log group {name} in {here}, asked for {access.way()}"):
        # In ASCII order, so the name itself comes before all that it begins.
        asked = {"logGroupNamePrefix": name, "limit": 1}
        page = insisting(lambda: whole(client.describe_log_groups(**asked), "logGroups"))
    for one in page["logGroups"]:
        if one["logGroupName"] == name:
            return _log_group(one, here, access)
    raise SourceProblem(
        f"log group {name}, asked for {access.way()}, does not exist in {here}: "
        "check its name, account and Region"
    )


def _log_group(told: dict[str, Any], region: str, access: Access) -> LogGroup:
    days = told.get("retentionInDays")
    return LogGroup(
        name=told["logGroupName"],
        # arn:aws:logs:<region>:<account>:log-group:<name>:*
        account=told["arn"].split(":")[4],
        region=region,
        created=moment(told["creationTime"]),
        stored_bytes=told.get("storedBytes", 0),
        retention=None if days is None else timedelta(days=days),
        access=access,
    )


def moment(milliseconds: int) -> datetime:
    """Return the time that CloudWatch Logs writes as milliseconds."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds(time: datetime) -> int:
    """Return the first millisecond that does not lie before a time."""
    return -((_EPOCH - time) // timedelta(milliseconds=1))


def hour_of(time: datetime) -> datetime:
    """Return the beginning of the hour that a time lies in."""
    return time - (time - _EPOCH) % HOUR


def hours(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield whole hours from that of `since` on, the last one cut at `until`."""
    begin = hour_of(since)
    while begin < until:
        yield begin, min(begin + HOUR, until)
        begin += HOUR
