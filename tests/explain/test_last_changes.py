"""Who last changed what blocks, and when: by the snapshots alone, and by CloudTrail's events."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asking import AT, ask, joined, kept, text_of
from reference.organisation import NOON, OURS, REGION
from wide_network import of

from pipeline import api
from pipeline.config import Settings

GROUP = "sg-0123456789abcdef0"
QUARTER = timedelta(minutes=15)
WHO = "arn:aws:sts::111122223333:assumed-role/network-admin/erin"


def network(*rules: dict) -> dict:
    """E's group lets out what these rules say; it has an id as AWS gives them."""
    made = json.loads(json.dumps(list(joined().items())).replace("sg-vpc-a", GROUP))
    told = {tuple(key): objects for key, objects in made}
    of(told, GROUP)["IpPermissionsEgress"] = list(rules)
    return told


OPEN = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def settings(tmp_path) -> Settings:
    """The group is open at noon, and shut a quarter of an hour later."""
    return kept(tmp_path, (network(OPEN), timedelta()), (network(), QUARTER))


def event(at: datetime, number: int, **more) -> dict:
    return {
        "eventID": f"{number}",
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "RevokeSecurityGroupEgress",
        "awsRegion": REGION,
        "sourceIPAddress": "192.0.2.1",
        "userIdentity": {"type": "AssumedRole", "arn": WHO, "accountId": OURS},
        "requestParameters": {"groupId": GROUP},
        "responseElements": None,
        "readOnly": False,
        "recipientAccountId": OURS,
    } | more


def load(folder: Path, settings: Settings, *events: dict) -> None:
    trail = folder / "trail"
    trail.mkdir()
    (trail / "events.json").write_text(json.dumps({"Records": events}))
    assert api.load_changes(trail, settings) == (len(events), [])


def test_the_snapshots_tell_before_when_it_was_changed(settings) -> None:
    answer = ask(settings, "eni-e", "eni-t", port=443)
    assert answer.told.forward.decider.cause == "sg_egress_miss"
    assert answer.changes == [{"element_id": GROUP, "seen": NOON + QUARTER, "event": None}]
    said = f"{GROUP} was last changed before 2025-06-01T12:15:00Z, as the snapshots have it"
    assert said in text_of(answer)


def test_an_event_tells_when_and_who(settings, tmp_path) -> None:
    at = NOON + timedelta(minutes=7)
    failed = event(at + timedelta(minutes=1), 2, errorCode="Client.UnauthorizedOperation")
    load(tmp_path, settings, event(at, 1), failed, event(AT + timedelta(minutes=1), 3))
    answer = ask(settings, "eni-e", "eni-t", port=443)
    (change,) = answer.changes
    assert (change["element_id"], change["event"]["event_id"]) == (GROUP, "1")
    assert f"{GROUP} was last changed at 2025-06-01T12:07:00Z by {WHO}" in text_of(answer)


def test_what_was_so_from_the_first_is_no_change(tmp_path) -> None:
    settings = kept(tmp_path, (network(), timedelta()), (network(), QUARTER))
    assert ask(settings, "eni-e", "eni-t", port=443).changes == []


def test_what_changed_after_the_time_asked_about_is_not_told(tmp_path) -> None:
    later = AT - NOON + QUARTER
    settings = kept(tmp_path, (network(), timedelta()), (network(OPEN), later))
    assert ask(settings, "eni-e", "eni-t", port=443).changes == []
