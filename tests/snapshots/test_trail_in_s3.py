"""CloudTrail's events read from the bucket of a trail: which objects, and which of their events."""

import gzip
import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from command import flowcause, refused

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import SourceProblem
from pipeline.sources.access import Access
from pipeline.sources.s3_keys import Wanted

ACCOUNT, OTHER = "111111111111", "222222222222"
REGION = "eu-west-1"
DAY = datetime(2026, 3, 2, tzinfo=UTC)


def event(number, **more):
    return {
        "eventID": f"{number}",
        "eventTime": "2026-03-02T23:58:41Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DeleteRoute",
        "awsRegion": REGION,
        "userIdentity": {"arn": f"arn:aws:iam::{ACCOUNT}:user/erin"},
        "requestParameters": {"routeTableId": "rtb-0123456789abcdef0"},
        "readOnly": False,
        "recipientAccountId": ACCOUNT,
    } | more


def key(time="20260303T0005", account=ACCOUNT, region=REGION, service="CloudTrail", root=""):
    day = f"{time[:4]}/{time[4:6]}/{time[6:8]}"
    name = f"{account}_{service}_{region}_{time}Z_aB3dE5gH7jK9mN1p.json.gz"
    return f"{root}AWSLogs/{account}/{service}/{region}/{day}/{name}"


def packed(*events):
    return gzip.compress(json.dumps({"Records": events}).encode())


def take(bucket, tmp_path, prefix="", **wanted):
    """Take what changed, and return the ids that the lake has then, and what held no events."""
    settings = Settings(tmp_path / "lake")
    access = Access(endpoint_url=bucket.endpoint)
    uri = f"s3://{bucket.name}/{prefix}"
    new, wrong = api.take_changes(uri, Wanted(**wanted), access, settings)
    known = api.sql("select event_id from changes order by all", settings).to_pylist()
    return new, [row["event_id"] for row in known], wrong


def test_the_events_of_a_trail_are_read_once(bucket, tmp_path) -> None:
    bucket.put(key(), packed(event(1), event(2)))
    bucket.put(key("20260303T0010"), packed(event(2), event(3)))
    bucket.put(key(root="o-ab12cd34ef/"), packed(event(4)))
    organisations = key().replace("AWSLogs/", "AWSLogs/o-ab12cd34ef/")
    bucket.put(organisations, packed(event(5)))
    assert take(bucket, tmp_path) == (5, ["1", "2", "3", "4", "5"], [])
    assert take(bucket, tmp_path) == (0, ["1", "2", "3", "4", "5"], [])


def test_what_a_trail_keeps_beside_its_events_is_not_read(bucket, tmp_path) -> None:
    bucket.put(key(service="CloudTrail-Digest"), b"{}")
    bucket.put(key(service="CloudTrail-Insight"), packed(event(1)))
    bucket.put(key(service="vpcflowlogs"), b"x")
    bucket.put("notes.txt", b"x")
    insight = event(2, eventCategory="Insight")
    bucket.put(key(), packed(insight, event(3, eventCategory="Management")))
    assert take(bucket, tmp_path) == (1, ["3"], [])


ASKED = {
    "later": {"since": DAY + timedelta(days=2)},
    "earlier": {"until": DAY - timedelta(days=1)},
    "another account's": {"accounts": frozenset({OTHER})},
    "another Region's": {"regions": frozenset({"us-east-1"})},
}


@pytest.mark.parametrize("name", ASKED)
def test_only_what_is_asked_for_is_read(bucket, tmp_path, name) -> None:
    bucket.put(key(), packed(event(1)))
    assert take(bucket, tmp_path, **ASKED[name]) == (0, [], [])
    among = {"accounts": frozenset({ACCOUNT}), "regions": frozenset({REGION})}
    assert take(bucket, tmp_path, since=DAY, until=DAY + timedelta(days=1), **among)[0] == 1


def test_a_damaged_object_is_named_and_the_others_are_kept(bucket, tmp_path) -> None:
    bucket.put(key(), packed(event(1)))
    damaged = key("20260303T0010")
    bucket.put(damaged, packed(event(2))[:-9])
    new, _, wrong = take(bucket, tmp_path)
    assert new == 1
    (line,) = wrong
    assert line.startswith(f"s3://{bucket.name}/{damaged} is no file of CloudTrail's: ")


def test_a_bucket_that_is_not_there_is_said(bucket, tmp_path) -> None:
    bucket.name = "nowhere"
    with pytest.raises(SourceProblem, match="s3://nowhere/: "):
        take(bucket, tmp_path)
    assert not (tmp_path / "lake").exists()


def test_the_command_says_what_it_kept(bucket, tmp_path) -> None:
    now = datetime.now(UTC)
    bucket.put(key(f"{now:%Y%m%dT%H%M}"), packed(event(1)))
    bucket.put(key(f"{now - timedelta(days=9):%Y%m%dT%H%M}"), packed(event(2)))
    keys = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}

    def ran(*told):
        return flowcause("snapshot", "changes", "take", *told, cwd=tmp_path, **keys)

    trail = [f"s3://{bucket.name}", "--endpoint-url", bucket.endpoint]
    assert ran(*trail).stdout == "1 event of changes kept.\n"
    assert ran(*trail, "--since", "30d").stdout == "1 event of changes kept.\n"
    assert "write it as s3://bucket/prefix" in refused(ran("logs"))
