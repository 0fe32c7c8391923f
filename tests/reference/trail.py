"""Events of CloudTrail, as it delivers them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline import api
from pipeline.config import Settings
from reference.organisation import OURS, REGION

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


def load(folder: Path, settings: Settings, *events: dict[str, Any]) -> None:
    trail = folder / "trail"
    trail.mkdir()
    (trail / "events.json").write_text(json.dumps({"Records": events}))
    assert api.load_changes(trail, settings) == (len(events), [])
