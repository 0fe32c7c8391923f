"""CloudTrail's events of calls that changed the network's configuration: when, and by whom.

CloudTrail delivers them as gzipped JSON, a list of Records an object. What only reads is passed
over, and so is what names nothing that a snapshot has.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake.calls import CALLS
from pipeline.lake.tables import CHANGES
from pipeline.records.compression import plain

# An object of CloudTrail's unpacks to a few megabytes.
MOST_BYTES = 1024**3
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


def events(folder: Path) -> tuple[pl.DataFrame, list[tuple[Path, str]]]:
    """Read the events below a folder, each once, and (file, reason) of what holds none.

    Raises BadInput for a folder that is missing or without any file of CloudTrail's.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder: name one with CloudTrail's files below it")
    files = sorted(file for file in folder.rglob("*") if file.name.endswith((".json", ".json.gz")))
    found: list[pl.DataFrame] = []
    unused: list[tuple[Path, str]] = []
    for file in files:
        try:
            found.append(_frame(file))
        except (OSError, ValueError, RecursionError, TypeError, pl.exceptions.PolarsError) as error:
            unused.append((file, " ".join(str(error).split())[:120]))
    if not found:
        first = f": {unused[0][0]}: {unused[0][1]}" if unused else ""
        raise BadInput(f"{folder} holds no file of CloudTrail's (*.json, *.json.gz){first}")
    return pl.concat(found).unique("event_id", keep="first", maintain_order=True), unused


def _frame(file: Path) -> pl.DataFrame:
    """Return the changes that a file tells of. Raises ValueError where it is no CloudTrail's."""
    body = json.loads(plain(file.read_bytes(), MOST_BYTES))
    records = body.get("Records") if isinstance(body, dict) else None
    if not isinstance(records, list):
        raise ValueError("it has no list of Records")
    return pl.DataFrame(list(_changes(records, file)), schema=_SCHEMA)


def _changes(records: list[Any], file: Path) -> Iterator[dict[str, Any]]:
    for one in records:
        if not isinstance(one, dict) or "eventID" not in one:
            raise ValueError("a record of it is no event")
        # Before version 1.05 events do not say whether they only read.
        reads = one.get("readOnly", re.match("Describe|Get|List|Search", one["eventName"]))
        if one.get("eventSource") in SOURCES and not reads:
            yield _change(one, file)


def _change(event: dict[str, Any], file: Path) -> dict[str, Any]:
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
        "file": str(file),
    }
