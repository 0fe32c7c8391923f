"""One record of CloudTrail's: the call that changed the configuration, when, and by whom.

Every call of the services that a snapshot asks is a change, whatever it names, but for those that
only read.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from pipeline.lake.calls import CALLS

_SERVICES = {
    "elbv2": "elasticloadbalancing",
    "network-firewall": "network-firewall",
}
SOURCES = {f"{_SERVICES.get(call.service, call.service)}.amazonaws.com" for call in CALLS}
# Ids as EC2 makes them, and ARNs: https://docs.aws.amazon.com/ec2/latest/userguide/resource-ids.html
_ID = re.compile(
    r"\b(?:[a-z]+-)+(?:[0-9a-f]{17}|[0-9a-f]{8})\b|arn:aws[a-z-]*:[^\s\"]+|\bZ[0-9A-Z]{8,32}\b"
)
_TEXTS = {
    "event_id": "eventID",
    "region": "awsRegion",
    "event_source": "eventSource",
    "event_name": "eventName",
    "source_ip": "sourceIPAddress",
    "error_code": "errorCode",
}
_NEVER_ABSENT = ("eventID", "eventTime", "eventSource", "eventName")


def change(record: Any) -> dict[str, Any] | None:
    """Return a record as a row of the table `changes`, without its file; None where it is none.

    Raises ValueError and OverflowError where it is no event of CloudTrail's.
    """
    if not isinstance(record, dict):
        raise ValueError("it is no object")
    for name in _NEVER_ABSENT:
        if record.get(name) is None:
            raise ValueError(f"it has no {name}")
    row = {column: _text(record, name) for column, name in _TEXTS.items()}
    return row | _told(record) if _is_change(record) else None


def _is_change(event: dict[str, Any]) -> bool:
    """Tell whether an event is a call of a service that a snapshot asks, and does not only read."""
    # An insight is about many calls. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html
    is_call = event.get("eventCategory", "Management") == "Management"
    # Before version 1.05 events do not say whether they only read.
    reads = event.get("readOnly", re.match("Describe|Get|List|Search", event["eventName"]))
    return is_call and event["eventSource"] in SOURCES and not reads


def _told(event: dict[str, Any]) -> dict[str, Any]:
    identity = event.get("userIdentity") or {}
    if not isinstance(identity, dict):
        raise ValueError("its userIdentity is no object")
    told = json.dumps([event.get("requestParameters"), event.get("responseElements")])
    return {
        "event_time": _time(_text(event, "eventTime") or ""),
        "account_id": _text(event, "recipientAccountId") or _text(identity, "accountId"),
        "principal": _text(identity, "arn") or _text(identity, "invokedBy"),
        "resource_ids": sorted(set(_ID.findall(told))),
        "request": json.dumps(event.get("requestParameters"), sort_keys=True),
    }


def _text(told: dict[str, Any], name: str) -> str | None:
    """Return a field that is a text, or absent. Raises ValueError where it is another thing."""
    value = told.get(name)
    if not isinstance(value, str | None):
        raise ValueError(f"its {name} is no text")
    if value is not None:
        value.encode()
    return value


def _time(told: str) -> datetime:
    """Return when it was, in UTC, in which CloudTrail tells it."""
    time = datetime.fromisoformat(told)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
