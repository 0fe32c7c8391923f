"""Events of CloudTrail, as it delivers them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from .organisation import OURS, REGION

WHO = "arn:aws:sts::111122223333:assumed-role/network-admin/erin"


def event(at: datetime, number: int, group: str, **more: Any) -> dict[str, Any]:
    """A rule is taken from a group."""
    return {
        "eventID": f"{number}",
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RevokeSecurityGroupEgress",
        "awsRegion": REGION,
        "sourceIPAddress": "192.0.2.1",
        "userIdentity": {"type": "AssumedRole", "arn": WHO, "accountId": OURS},
        "requestParameters": {"groupId": group},
        "responseElements": None,
        "readOnly": False,
        "recipientAccountId": OURS,
    } | more


def write_trail(events: list[dict[str, Any]], folder: Path) -> Path:
    """Write events to a folder of their own, and return it."""
    trail = folder / "trail"
    trail.mkdir()
    (trail / "events.json").write_text(json.dumps({"Records": events}))
    return trail
