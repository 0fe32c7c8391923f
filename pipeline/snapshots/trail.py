"""CloudTrail's events of calls that changed the network's configuration: when, and by whom.

CloudTrail delivers them as gzipped JSON, a list of Records an object. What only reads is passed
over, and so is what names nothing that a snapshot has.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake.calls import CALLS
from pipeline.lake.tables import CHANGES
from pipeline.records.compression import plain
from pipeline.sources import aws, files, s3
from pipeline.sources.access import Access
from pipeline.sources.objects import Part, SourceObject
from pipeline.sources.s3_keys import CLOUDTRAIL, Wanted

# An object of CloudTrail's unpacks to a few megabytes.
MOST_BYTES = 1024**3
# Beside its logs it keeps digests, which hold no events.
_NAME = re.compile(r"(?!.*/CloudTrail-Digest/).*\.json(\.gz)?", re.DOTALL)
# What reading what is no event of CloudTrail's ends in.
_NO_EVENT = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    pl.exceptions.PolarsError,
)
_SERVICES = {
    "elbv2": "elasticloadbalancing",
    "network-firewall": "network-firewall",
}
SOURCES = {f"{_SERVICES.get(call.service, call.service)}.amazonaws.com" for call in CALLS}
# Ids as EC2 makes them, and ARNs: https://docs.aws.amazon.com/ec2/latest/userguide/resource-ids.html
_ID = re.compile(
    r"\b(?:[a-z]+-)+(?:[0-9a-f]{17}|[0-9a-f]{8})\b|arn:aws[a-z-]*:[^\s\"]+|\bZ[0-9A-Z]{8,32}\b"
)
_SCHEMA = {name: dtype for name, dtype in CHANGES.schema().items() if name != "run_id"}


def in_folder(folder: Path) -> list[SourceObject]:
    """List the files below a folder that may be CloudTrail's. Raises BadInput where none is."""
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder: name one with CloudTrail's files below it")
    if found := [one for one in files.find([folder]) if _NAME.fullmatch(one.uri)]:
        return found
    raise BadInput(f"{folder} holds no file of CloudTrail's: they are called *.json.gz or *.json")


def in_bucket(uri: str, wanted: Wanted, access: Access) -> list[SourceObject]:
    """List the objects below s3://bucket/prefix that may be CloudTrail's, as s3.find does.

    Raises BadInput and SourceProblem.
    """
    found = s3.find(uri, replace(wanted, service=CLOUDTRAIL), access, requester_pays=False)
    return [one for one in found if _NAME.fullmatch(one.uri)]


def events(objects: Sequence[SourceObject]) -> tuple[pl.DataFrame, list[tuple[str, str]]]:
    """Read the events in objects, each once, and (object, reason) of what holds none.

    Raises SourceProblem where no object could be read.
    """
    with ThreadPoolExecutor(aws.CONNECTIONS) as pool:
        try:
            read = list(pool.map(_read, objects))
        finally:
            pool.shutdown(cancel_futures=True)
    frames = [one for one in read if isinstance(one, pl.DataFrame)]
    unused = [
        (one.uri, why) for one, why in zip(objects, read, strict=True) if isinstance(why, str)
    ]
    every = pl.concat([pl.DataFrame(schema=_SCHEMA), *frames])
    return every.unique("event_id", keep="first", maintain_order=True), unused


def _read(found: SourceObject) -> pl.DataFrame | str:
    """Return the changes that an object tells of, or why it is none of CloudTrail's."""
    if found.size > MOST_BYTES:
        return f"{found.size:,} bytes are too many for one"
    try:
        body = found.read()
        assert isinstance(body, bytes | Part)  # files and S3 give nothing else
        return _frame(body.data if isinstance(body, Part) else body, found.uri)
    except _NO_EVENT as error:
        return " ".join(str(error).split())[:120]


def _frame(stored: bytes, uri: str) -> pl.DataFrame:
    """Return the changes that an object tells of. Raises ValueError where it is no CloudTrail's."""
    body = json.loads(plain(stored, MOST_BYTES))
    records = body.get("Records") if isinstance(body, dict) else None
    if not isinstance(records, list):
        raise ValueError("it has no list of Records")
    return pl.DataFrame(list(_changes(records, uri)), schema=_SCHEMA)


def _changes(records: list[Any], uri: str) -> Iterator[dict[str, Any]]:
    for one in records:
        if not isinstance(one, dict) or "eventID" not in one:
            raise ValueError("a record of it is no event")
        # An insight is about many calls. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html
        is_call = one.get("eventCategory", "Management") == "Management"
        # Before version 1.05 events do not say whether they only read.
        reads = one.get("readOnly", re.match("Describe|Get|List|Search", one["eventName"]))
        if is_call and one.get("eventSource") in SOURCES and not reads:
            yield _change(one, uri)


def _change(event: dict[str, Any], uri: str) -> dict[str, Any]:
    identity = event.get("userIdentity") or {}
    told = json.dumps([event.get("requestParameters"), event.get("responseElements")])
    return {
        "event_id": event["eventID"],
        "event_time": datetime.fromisoformat(event["eventTime"]).astimezone(UTC),
        "account_id": event.get("recipientAccountId") or identity.get("accountId"),
        "region": event.get("awsRegion"),
        "event_source": event["eventSource"],
        "event_name": event["eventName"],
        "principal": identity.get("arn") or identity.get("invokedBy"),
        "source_ip": event.get("sourceIPAddress"),
        "resource_ids": sorted(set(_ID.findall(told))),
        "request": json.dumps(event.get("requestParameters"), sort_keys=True),
        "error_code": event.get("errorCode"),
        "file": uri,
    }
