"""A log group's events by way of an export task: AWS writes them to S3, and they are read there.

One task writes a large window at S3's speed, where the API reads about 1 MB a request. Its lines
have no event ids, so what was exported must not be read by the API too, and the other way round:
the task's prefix in the bucket names the group and the window for good.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.errors import BadInput, SourceProblem
from pipeline.sources import aws, log_groups, s3
from pipeline.sources.access import Access
from pipeline.sources.log_groups import LogGroup, Stretch, hour_of, milliseconds
from pipeline.sources.objects import SourceObject
from pipeline.sources.s3_keys import Wanted

PRICES = "https://aws.amazon.com/cloudwatch/pricing/"
# How long it can take until an event can be exported, says the page on exports.
DELAY = timedelta(hours=12)
# Tasks take minutes to hours. AWS limits DescribeExportTasks to some requests a second.
_PAUSES = (2.0, 5.0, 10.0, 30.0)
_UNDER_WAY = ("PENDING", "PENDING_CANCEL", "RUNNING")
_TIME = "%Y%m%dT%H%M%SZ"
_PREFIX = re.compile(r"/(\d{12})/([a-z0-9-]+)/(.+)/from=(\d{8}T\d{6}Z)/to=(\d{8}T\d{6}Z)/")


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be exported: whole hours of a group, to below a prefix of a bucket.

    `task` is that of a former run which asked for the same and has not failed.
    """

    group: LogGroup
    since: datetime
    until: datetime
    bucket: str
    prefix: str
    task: str | None = None

    def sentences(self, now: datetime) -> list[str]:
        """Say before it is started what it reads, what it costs, and what it may lack."""
        gigabytes = self.group.stored_bytes / 1e9
        said = [
            f"exports {self.group.name} from {self.since:%Y-%m-%dT%H:%MZ} to "
            f"{self.until:%Y-%m-%dT%H:%MZ} to s3://{self.bucket}/{self.prefix}",
            f"all of the group is {gigabytes:,.2f} GB as AWS stores it; what AWS charges for the "
            f"export and for S3 in {self.group.region} is told at {PRICES}",
        ]
        if self.task is not None:
            said.append(f"was asked for before: task {self.task} is taken up, none is started")
        elif self.until > now - DELAY:
            said.append(
                f"events of the last {DELAY // log_groups.HOUR} hours may not be there to export "
                "yet, and are not read later: end the window before them"
            )
        return said


def plan(
    group: str,
    since: datetime | None,
    until: datetime,
    bucket: str,
    prefix: str,
    access: Access,
    region: str | None = None,
) -> Export:
    """Return the export of a group's whole hours from that of `since` to that of `until`.

    None as `since` is all that the group holds; an hour that `until` lies within is left out.
    `bucket` must be in the group's Region. Nothing is started. Raises BadInput and SourceProblem.
    """
    found = log_groups.find(group, access, region)
    begin = hour_of(found.first(until) if since is None else since)
    end = hour_of(until)
    if begin >= end:
        raise BadInput("an export is of whole hours, and the window has none: widen it")
    below = f"{found.account}/{found.region}/{found.name.strip('/')}"
    times = f"from={begin:{_TIME}}/to={end:{_TIME}}"
    parts = (*([prefix.strip("/")] if prefix.strip("/") else []), below, times)
    export = Export(found, begin, end, bucket, "/".join(parts))
    with aws.told(export.group.said()):
        return replace(export, task=_there(export))


def run(export: Export, pause: Callable[[float], None] = time.sleep) -> list[SourceObject]:
    """Export, wait until it is done, and list the objects that it wrote.

    A task that was started before is taken up. Where another one keeps the account busy, for AWS
    runs one at a time, it is waited for. Raises SourceProblem.
    """
    with aws.told(export.group.said()):
        task = export.task or _created(export, pause)
        _wait(export, task, pause)
    uri = f"s3://{export.bucket}/{export.prefix}/{task}/"
    return s3.find(uri, Wanted(), export.group.access, requester_pays=False)


def stretch(uri: str) -> Stretch | None:
    """Return which events an object was exported from, by its key; None where it does not say."""
    found = _PREFIX.search(uri)
    if found is None:
        return None
    times = (datetime.strptime(text, _TIME).replace(tzinfo=UTC) for text in found.group(4, 5))
    return Stretch(found[1], found[2], found[3], *times)


def folder(uri: str) -> str | None:
    """Return the folder of the task that wrote an object, by its key; None where it is of none."""
    found = _PREFIX.search(uri)
    return found and uri[: uri.find("/", found.end()) + 1]


def _there(export: Export) -> str | None:
    """Return the id of the task of the same export that has not failed; None where there is none.

    One that is done comes before one under way.
    """
    wanted = _asked(export)
    same = [
        task
        for task in _tasks(export)
        if all(task.get(name) == value for name, value in wanted.items())
        and task["status"]["code"] in ("COMPLETED", *_UNDER_WAY)
    ]
    ids = [task["taskId"] for task in sorted(same, key=lambda one: str(one["status"]["code"]))]
    return ids[0] if ids else None


def _tasks(export: Export) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = export.group.call("describe_export_tasks", "exportTasks", **token)
        tasks += page["exportTasks"]
        if not page.get("nextToken"):
            return tasks
        token = {"nextToken": page["nextToken"]}


def _asked(export: Export) -> dict[str, Any]:
    return {
        "logGroupName": export.group.name,
        "from": milliseconds(export.since),
        # AWS's window holds both its ends, ours not the second.
        "to": milliseconds(export.until) - 1,
        "destination": export.bucket,
        "destinationPrefix": export.prefix,
    }


def _created(export: Export, pause: Callable[[float], None]) -> str:
    """Start a task once no other is under way in the account.

    Where another one comes first, boto3 takes LimitExceededException for a reason to try again.
    """
    for task in _tasks(export):
        if task["status"]["code"] in _UNDER_WAY:
            _ended(export, task["taskId"], pause)
    name = f"flowcause {export.since:{_TIME}} {export.until:{_TIME}}"
    answer = export.group.once("create_export_task", "taskId", taskName=name, **_asked(export))
    return str(answer["taskId"])


def _wait(export: Export, task: str, pause: Callable[[float], None]) -> None:
    status = _ended(export, task, pause)
    if status["code"] != "COMPLETED":
        raise SourceProblem(
            f"export task {task} of {export.group.name} ended as {status['code']}: "
            f"{status.get('message', 'without a word')}; mend that, then run this again"
        )


def _ended(export: Export, task: str, pause: Callable[[float], None]) -> dict[str, Any]:
    """Return the status of a task once it has ended."""
    count = 0
    while True:
        answer = export.group.call("describe_export_tasks", "exportTasks", taskId=task)
        status: dict[str, Any] = answer["exportTasks"][0]["status"]
        if status["code"] not in _UNDER_WAY:
            return status
        pause(_PAUSES[min(count, len(_PAUSES) - 1)])
        count += 1
