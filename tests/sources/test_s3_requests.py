"""What S3 is asked on the wire: many things at once, and by whom the requests are paid."""

import re
import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from crowd import Crowd

from pipeline import api, cli
from pipeline.config import Settings, Source

ACCOUNTS = ("123456789012", "210987654321")
REGIONS = ("eu-west-1", "us-east-1")
DAYS = ("01", "02", "03")


def log(number):
    return f"interface-id start\neni-{number} 1772452800\n".encode()


def listed(request):
    return parse_qs(urlsplit(request.path).query).get("prefix", [""])[0]


@pytest.fixture
def organisation(bucket):
    """A bucket of two accounts with two Regions of three days each, a log a day."""
    for account in ACCOUNTS:
        for region in REGIONS:
            for day in DAYS:
                folder = f"AWSLogs/{account}/vpcflowlogs/{region}/2026/03/{day}"
                name = f"{account}_vpcflowlogs_{region}_fl-0a_202603{day}T0000Z_0a.log"
                bucket.put(f"{folder}/{name}", log(f"{account}-{region}-{day}"))
    return bucket


def ingested(bucket, proxy, folder):
    source = Source("s3", f"s3://{bucket.name}/", endpoint_url=proxy.endpoint)
    summary = api.ingest([source], Settings(folder / "lake"))
    assert summary.stopped == []
    return summary.ingested


# Folders that are listed at once: their number, and the end of their paths.
TOGETHER = {
    "accounts": (2, r"AWSLogs/\d{12}/"),
    "Regions": (4, r"vpcflowlogs/[a-z0-9-]+/"),
    "days": (12, r"2026/03/\d\d/"),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_folders_of_a_bucket_are_listed_at_once(organisation, proxy, tmp_path, name) -> None:
    number, end = TOGETHER[name]
    crowd = Crowd(number)
    proxy.begin(lambda one: crowd.join() if re.search(f"{end}$", listed(one)) else None)
    assert ingested(organisation, proxy, tmp_path) == 12
    assert crowd.came_together()


def test_objects_are_got_at_once(bucket, proxy, tmp_path) -> None:
    for number in range(24):
        bucket.put(f"{number}.log", log(number))
    crowd = Crowd(24)
    proxy.begin(lambda one: crowd.join() if one.kind == "get" else None)
    assert ingested(bucket, proxy, tmp_path) == 24
    assert crowd.came_together()


def test_looking_back_lists_what_is_known_and_gets_what_is_new(bucket, proxy, tmp_path) -> None:
    def put(hours):
        time = datetime.now(UTC) - timedelta(hours=hours)
        name = f"{ACCOUNTS[0]}_vpcflowlogs_{REGIONS[0]}_fl-0a_{time:%Y%m%dT%H%M}Z_0a.log"
        folder = f"AWSLogs/{ACCOUNTS[0]}/vpcflowlogs/{REGIONS[0]}/{time:%Y/%m/%d}"
        bucket.put(f"{folder}/{name}", log(hours))
        return name

    put(20)
    put(60)
    proxy.begin()
    assert ingested(bucket, proxy, tmp_path) == 2
    proxy.begin()
    assert ingested(bucket, proxy, tmp_path) == 0
    assert {one.kind for one in proxy.requests} == {"list"}
    late = put(22)
    proxy.begin()
    assert ingested(bucket, proxy, tmp_path) == 1
    (got,) = [one.path for one in proxy.requests if one.kind == "get"]
    assert late in got


@pytest.mark.parametrize(("options", "payer"), [([], None), (["--requester-pays"], "requester")])
def test_the_requester_pays_where_that_is_asked_for_and_else_not(
    bucket, proxy, tmp_path, monkeypatch, options, payer
) -> None:
    bucket.put("AWSLogs/notes.txt", b"x")
    bucket.put("more/a.log", log(1))
    told = [*options, "--endpoint-url", proxy.endpoint, "--lake", str(tmp_path / "lake")]
    # Below AWSLogs is no flow log: whether anything is there at all is a listing of its own.
    for prefix in ("", "AWSLogs/"):
        argv = ["flowcause", "ingest", "s3", f"s3://{bucket.name}/{prefix}", *told]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
    asked = [(one.kind, one.headers["x-amz-request-payer"]) for one in proxy.requests]
    assert set(asked) == {("list", payer), ("get", payer)}
    assert any("max-keys=1" in one.path for one in proxy.requests)
