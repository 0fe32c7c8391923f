"""A finding tells when what it names was last changed before it ended, and by whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from network_on_disk import findings, prepare
from reference.model import Snapshot
from reference.organisation import ALL_IN, NOON, organisation, record
from reference.trail import WHO, event, write_trail

from pipeline import api
from pipeline.config import Settings
from pipeline.reports.sentences import evidence_lines

GROUPS = [f"sg-0123456789abcdef{number}" for number in range(5)]
GROUP = GROUPS[0]
HOUR = timedelta(hours=1)


def network(at: datetime, rules: Sequence[dict], groups: Sequence[str] = (GROUP,)) -> Snapshot:
    """Each of E's groups has these rules for what comes in."""
    told = [{"GroupId": g, "IpPermissions": rules, "IpPermissionsEgress": []} for g in groups]
    return organisation(groups=groups, at=at, more={"describe-security-groups": told})


@pytest.fixture
def settings(tmp_path) -> Settings:
    """The groups are open two hours before the record, and shut one before it."""
    shut = network(NOON - HOUR, [])
    return prepare(tmp_path, [record()], network(NOON - 2 * HOUR, [ALL_IN]), shut)


def finding(settings: Settings) -> dict:
    api.attribute(None, None, settings)
    (row,) = findings(settings)
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "certain")
    return row


def changed(row: dict) -> list[str]:
    return [line for line in evidence_lines(row) if line.startswith("changed: ")]


def test_the_snapshots_tell_before_when_it_was_changed(settings) -> None:
    row = finding(settings)
    assert row["changes"] == [{"element_id": GROUP, "seen": NOON - HOUR, "event": None}]
    said = f"changed: {GROUP} before 2025-06-01 11:00Z, as the snapshots have it"
    assert changed(row) == [said]


def test_an_event_before_it_tells_when_and_who_and_one_after_it_nothing(settings, tmp_path) -> None:
    at, later = NOON - HOUR - timedelta(minutes=7), NOON + HOUR
    failed = event(at + timedelta(minutes=1), 2, GROUP, errorCode="Client.UnauthorizedOperation")
    trail = write_trail([event(at, 1, GROUP), failed, event(later, 3, GROUP)], tmp_path)
    assert api.load_changes(trail, settings) == (3, [])
    row = finding(settings)
    (change,) = row["changes"]
    assert (change["element_id"], change["event"]["event_id"]) == (GROUP, "1")
    said = f"changed: {GROUP} at 2025-06-01 10:53Z by {WHO} (RevokeSecurityGroupEgress)"
    assert changed(row) == [said]


def test_an_event_of_before_the_last_snapshot_without_the_change_is_not_behind_it(
    settings, tmp_path
) -> None:
    trail = write_trail([event(NOON - 3 * HOUR, 1, GROUP)], tmp_path)
    assert api.load_changes(trail, settings) == (1, [])
    row = finding(settings)
    assert row["changes"] == [{"element_id": GROUP, "seen": NOON - HOUR, "event": None}]


def test_what_the_first_snapshot_saw_is_no_change(tmp_path) -> None:
    made = [network(NOON - hours * HOUR, []) for hours in (2, 1)]
    row = finding(prepare(tmp_path, [record()], *made))
    assert (row["changes"], changed(row)) == (None, [])


def test_what_a_later_snapshot_saw_is_not_told(tmp_path) -> None:
    made = [network(NOON - HOUR, []), network(NOON + HOUR, [ALL_IN])]
    settings = prepare(tmp_path, [record()], *made)
    api.attribute(None, None, settings)
    assert [row["changes"] for row in findings(settings)] == [None]


def test_of_many_groups_each_is_listed_and_three_are_told(tmp_path) -> None:
    made = [network(NOON - 2 * HOUR, [ALL_IN], GROUPS), network(NOON - HOUR, [], GROUPS)]
    row = finding(prepare(tmp_path, [record()], *made))
    assert [one["element_id"] for one in row["changes"]] == GROUPS
    *told, more = changed(row)
    assert [line.split()[1] for line in told] == GROUPS[:3]
    assert more == "changed: and 2 more"
