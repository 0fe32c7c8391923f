"""Flow logs in S3, read from a real server: which keys are listed, what is read, what stands."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.ingest.plan import Asked
from pipeline.sources import aws, s3
from pipeline.sources.access import Access
from pipeline.sources.s3_keys import Wanted

HEADER = "version account-id interface-id srcaddr dstaddr start end action log-status"
ACCOUNT, OTHER = "123456789012", "210987654321"


def record(number=0):
    start = 1772400000 + number
    return f"2 {ACCOUNT} eni-{number:08x} 10.0.0.1 10.0.0.2 {start} {start + 60} REJECT OK"


def packed(*numbers):
    return gzip.compress("\n".join([HEADER, *map(record, numbers), ""]).encode())


def name(time, account=ACCOUNT, region="eu-west-1", ending="log.gz"):
    return f"{account}_vpcflowlogs_{region}_fl-0a1b2c3d_{time}Z_0a1b2c3d.{ending}"


def plain(time, account=ACCOUNT, region="eu-west-1", hour=""):
    day = f"{time[:4]}/{time[4:6]}/{time[6:8]}"
    folder = f"AWSLogs/{account}/vpcflowlogs/{region}/{day}/{hour}"
    return folder + name(time, account, region)


def hive(time, account=ACCOUNT, region="eu-west-1", hour="", service="aws-service"):
    day = f"year={time[:4]}/month={time[4:6]}/day={time[6:8]}"
    return (
        f"AWSLogs/aws-account-id={account}/{service}=vpcflowlogs/aws-region={region}/{day}/{hour}"
        + name(time, account, region)
    )


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "lake")


def source(bucket, prefix="", **options):
    return Source("s3", f"s3://{bucket.name}/{prefix}", endpoint_url=bucket.endpoint, **options)


def ingest(bucket, settings, prefix="", asked=None, **options):
    summary = api.ingest([source(bucket, prefix, **options)], settings, asked or Asked())
    assert summary.stopped == []
    return summary


def keys(bucket, prefix="", **wanted):
    access = Access(endpoint_url=bucket.endpoint)
    found = s3.find(f"s3://{bucket.name}/{prefix}", Wanted(**wanted), access, False)
    return [one.uri.removeprefix(f"s3://{bucket.name}/") for one in found]


def rows(settings, query):
    return api.sql(query, settings).to_pylist()


def test_flow_logs_below_a_prefix_are_ingested_with_where_they_came_from(bucket, settings) -> None:
    key = plain("20260301T2120")
    etag = bucket.put(key, packed(1, 2))["ETag"].strip('"')
    summary = ingest(bucket, settings)
    assert (summary.found, summary.ingested, summary.counts["flows"]) == (1, 1, 2)
    (row,) = rows(settings, "select source, uri, etag, size, kind from ledger")
    size = len(packed(1, 2))
    uri = f"s3://{bucket.name}/{key}"
    assert row == {"source": "s3", "uri": uri, "etag": etag, "size": size, "kind": "text"}


DEEP = f"{OTHER}/Test-East-lcl/"
LAYOUTS = {
    "plain": plain("20260301T2120"),
    "hourly": plain("20260301T2120", hour="21/"),
    "hive": hive("20260301T2120"),
    "hive hourly": hive("20260301T2120", hour="hour=21/"),
    "hive as transit gateways write it": hive("20260301T2120", service="service"),
    "below folders, one called as an account": DEEP + plain("20260301T2120"),
    "organisation trail style": plain("20260301T2120").replace("AWSLogs/", "AWSLogs/o-ab12cd34ef/"),
    "parquet": plain("20260301T2120").replace("log.gz", "log.parquet"),
    "security lake": "aws/VPC_FLOW/2.0/region=eu-west-1/accountId=1/eventDay=20260301/x.parquet",
    "firehose": "logs/2026/03/01/21/flow-1-2026-03-01-21-20-00-0a1b2c3d-aaaa-bbbb-cccc-ddddddddd",
    "firehose without a prefix": "2026/03/01/21/flow-1-2026-03-01-21-20-00-0a1b2c3d-a-b-c-d",
    "below a year of another's": "archive/2024/" + plain("20260301T2120"),
    "below a month of another's": "archive/2024/11/" + plain("20260301T2120"),
    "below what is called as Security Lake's": "landing/aws/PROD/" + plain("20260301T2120"),
    "anything elsewhere": "exports/some.gz",
}


@pytest.mark.parametrize("key", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_of_keys_is_found_within_its_window_only(bucket, key) -> None:
    bucket.put(key, b"x")
    day = datetime(2026, 3, 1, tzinfo=UTC)
    assert keys(bucket) == [key]
    assert keys(bucket, since=day, until=day + timedelta(days=1)) == [key]
    later, earlier = day + timedelta(days=3), day - timedelta(days=3)
    dated = not key.startswith("exports/")
    assert keys(bucket, since=later) == ([] if dated else [key])
    assert keys(bucket, until=earlier) == ([] if dated else [key])


def test_what_is_no_flow_log_is_passed_over(bucket) -> None:
    for key in (
        f"AWSLogs/{ACCOUNT}/elasticloadbalancing/eu-west-1/2026/03/01/{ACCOUNT}_elb.log.gz",
        f"AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/03/01/{ACCOUNT}_CloudTrail.json.gz",
        f"AWSLogs/{ACCOUNT}/vpcflowlogs/eu-west-1/2026/03/01/notes.txt",
        "aws/ROUTE53/2.0/region=eu-west-1/accountId=1/eventDay=20260301/x.gz.parquet",
        "exportedlogs/aws-logs-write-test",
        "exportedlogs/",
    ):
        bucket.put(key, b"x")
    assert keys(bucket) == []


def test_accounts_and_regions_are_chosen_by_their_folders(bucket) -> None:
    kinds = [
        make("20260301T2120", account, region)
        for make in (plain, hive)
        for account in (ACCOUNT, OTHER)
        for region in ("eu-west-1", "us-gov-west-1")
    ]
    for key in kinds:
        bucket.put(key, b"x")
    mine = frozenset({ACCOUNT})
    assert keys(bucket) == sorted(kinds)
    assert keys(bucket, accounts=mine) == sorted(k for k in kinds if k.count(OTHER) == 0)
    gov = frozenset({"us-gov-west-1"})
    assert keys(bucket, regions=gov) == sorted(k for k in kinds if "us-gov" in k)


def test_only_days_that_can_hold_the_window_are_listed(bucket, monkeypatch) -> None:
    for day in range(1, 29):
        bucket.put(plain(f"202602{day:02}T0000"), b"x")
    listed = []
    real = s3.Bucket.call

    def counted(self, operation, **asked):
        listed.append(asked.get("Prefix"))
        return real(self, operation, **asked)

    monkeypatch.setattr(s3.Bucket, "call", counted)
    since = datetime(2026, 2, 10, 12, tzinfo=UTC)
    found = keys(bucket, since=since, until=since, late=timedelta(hours=24))
    assert found == [plain("20260211T0000")]
    days = sorted(prefix[-11:] for prefix in listed if prefix.count("/") == 7)
    assert days == ["2026/02/10/", "2026/02/11/"]


def test_more_keys_than_a_page_of_a_listing_are_all_found(bucket) -> None:
    folder = plain("20260301T2120").rpartition("/")[0]
    made = {f"{folder}/{ACCOUNT}_vpcflowlogs_{number:05}.log.gz" for number in range(1100)}
    for key in made:
        bucket.put(key, b"x")
    assert set(keys(bucket)) == made


ODD = ["a b+c%20.log", "ü/ключ.log", "quote'\"&<x>.log", "x=1&y=2?#.log"]


@pytest.mark.parametrize("key", ODD)
def test_odd_keys_are_read_as_they_are(bucket, settings, key) -> None:
    bucket.put(key, packed(7))
    assert ingest(bucket, settings).counts["flows"] == 1
    assert rows(settings, "select uri from ledger") == [{"uri": f"s3://{bucket.name}/{key}"}]


def test_the_same_key_written_anew_is_another_object(bucket, settings) -> None:
    key = plain(f"{datetime.now(UTC):%Y%m%dT%H%M}")
    bucket.put(key, packed(1))
    ingest(bucket, settings)
    bucket.put(key, packed(1, 2))
    ingest(bucket, settings)
    assert rows(settings, "select flows from ledger order by flows") == [{"flows": 1}, {"flows": 2}]


def test_an_object_replaced_after_it_was_listed_is_left_to_the_next_run(bucket, settings) -> None:
    key = plain("20260301T2120")
    bucket.put(key, packed(1))
    access = Access(endpoint_url=bucket.endpoint)
    (found,) = s3.find(f"s3://{bucket.name}", Wanted(), access, False)
    bucket.put(key, packed(2))
    with pytest.raises(OSError, match="replaced after it was listed"):
        found.read()


def test_a_run_goes_on_where_the_last_one_stood_and_looks_back_for_late_files(
    bucket, settings, monkeypatch
) -> None:
    now = datetime.now(UTC)

    def at(hours):
        return plain(f"{now - timedelta(hours=hours):%Y%m%dT%H%M}")

    bucket.put(at(200), packed(1))
    assert ingest(bucket, settings).counts["flows"] == 1
    bucket.put(at(23), packed(2))
    bucket.put(at(100), packed(3))
    again = ingest(bucket, settings)
    assert (again.found, again.counts["flows"], again.already) == (1, 1, [])
    further = ingest(bucket, settings, asked=Asked(look_back=timedelta(days=9)))
    assert (further.found, further.counts["flows"], len(further.already)) == (3, 1, 2)


def test_the_version_that_was_read_is_in_the_ledger(cloud, settings) -> None:
    client, key = aws.client(cloud, "s3"), plain("20260301T2120")
    client.create_bucket(Bucket="logs")
    versions = {"Status": "Enabled"}
    client.put_bucket_versioning(Bucket="logs", VersioningConfiguration=versions)
    version = client.put_object(Bucket="logs", Key=key, Body=packed(1))["VersionId"]
    api.ingest([Source("s3", "s3://logs", endpoint_url=cloud.endpoint_url)], settings)
    assert rows(settings, "select version_id from ledger") == [{"version_id": version}]


def test_a_window_neither_needs_nor_moves_where_a_source_stands(bucket, settings) -> None:
    now = datetime.now(UTC)
    bucket.put(plain(f"{now - timedelta(days=9):%Y%m%dT%H%M}"), packed(1))
    window = Asked(since=now - timedelta(days=1))
    assert ingest(bucket, settings, asked=window).found == 0
    assert ingest(bucket, settings).found == 1
    ran = rows(settings, "select read_until is not null as whole from runs order by started")
    assert [row["whole"] for row in ran] == [False, True]


def test_the_first_reading_goes_back_as_far_as_the_source_says(bucket, settings) -> None:
    now = datetime.now(UTC)
    for days in (1, 9):
        bucket.put(plain(f"{now - timedelta(days=days):%Y%m%dT%H%M}"), packed(days))
    assert ingest(bucket, settings, since="3d").counts["flows"] == 1


def headless(*numbers):
    return "\n".join([*map(record, numbers), ""]).encode()


LAYOUT = " ".join(f"${{{word}}}" for word in HEADER.split())


def weeks_ago(weeks, form=plain):
    return form(f"{datetime.now(UTC) - timedelta(weeks=weeks):%Y%m%dT%H%M}")


@pytest.mark.parametrize("form", [plain, hive, lambda time: f"flat/{name(time)}"])
def test_what_failed_is_read_when_its_hint_is_followed_after_other_runs(
    bucket, settings, form
) -> None:
    """The format unknown, then given: its object is far older than the look-back."""
    bucket.put(weeks_ago(3, form), headless(1))
    ((uri, reason),) = ingest(bucket, settings).failed
    assert "--log-format" in reason
    bucket.put(weeks_ago(0, form), packed(2))
    bucket.put(weeks_ago(4, form), packed(3))
    further = ingest(bucket, settings)
    assert ([one for one, _ in further.failed], further.counts["flows"]) == ([uri], 1)
    mended = ingest(bucket, settings, log_formats=[LAYOUT])
    assert (mended.failed, mended.counts["flows"]) == ([], 1)
    assert rows(settings, "select count(*) as n from flows") == [{"n": 2}]
    assert ingest(bucket, settings).found == 1, "what is in the lake is asked for no more"


def test_what_was_too_large_is_read_when_it_may_be(bucket, settings) -> None:
    bucket.put(weeks_ago(3), packed(*range(99)))
    assert ingest(bucket, settings, asked=Asked(most=1000)).failed
    assert ingest(bucket, settings).counts["flows"] == 99


def test_of_what_failed_only_its_own_folder_is_listed(bucket, settings, monkeypatch) -> None:
    bucket.put(weeks_ago(3), b"no flow log")
    for weeks in (1, 2, 4):
        bucket.put(weeks_ago(weeks), packed(weeks))
    ingest(bucket, settings)
    listed = []

    def told(bucket, prefix, flat, really=s3._listed):
        listed.append(prefix)
        return really(bucket, prefix, flat)

    monkeypatch.setattr(s3, "_listed", told)
    assert [uri for uri, _ in ingest(bucket, settings).failed]
    assert [one for one in listed if s3.is_day(one)] == [weeks_ago(3).rpartition("/")[0] + "/"]


def test_what_failed_and_is_gone_or_written_anew_is_asked_for_no_more(bucket, settings) -> None:
    keys = [weeks_ago(3), weeks_ago(4)]
    for key in keys:
        bucket.put(key, b"no flow log")
    assert len(ingest(bucket, settings).failed) == 2
    bucket.client.delete_object(Bucket=bucket.name, Key=keys[0])
    bucket.put(keys[1], packed(1))
    mended = ingest(bucket, settings)
    assert (mended.found, mended.failed, mended.counts["flows"]) == (1, [], 1)
    assert ingest(bucket, settings).found == 0


def test_an_unreadable_object_is_asked_for_until_it_is_read(bucket, settings, monkeypatch) -> None:
    key = plain(f"{datetime.now(UTC) - timedelta(days=9):%Y%m%dT%H%M}")
    bucket.put(key, packed(1))
    with monkeypatch.context() as patch:
        patch.setattr(s3, "_read", refuse)
        assert ingest(bucket, settings).failed
    again = ingest(bucket, settings)
    assert (again.found, again.ingested) == (1, 1)


def refuse(*arguments):
    raise OSError("the network is gone")


def test_a_dry_run_lists_what_is_new_and_reads_nothing(bucket, settings) -> None:
    bucket.put(plain("20260301T2120"), packed(1))
    ingest(bucket, settings)
    size = len(packed(2, 3))
    bucket.put(plain("20260301T2125"), packed(2, 3))
    asked = Asked(since=datetime(2026, 3, 1, tzinfo=UTC))
    planned = api.plan_ingest([source(bucket)], settings, asked).objects
    uri = f"s3://{bucket.name}/{plain('20260301T2125')}"
    assert [(one.source, one.uri, one.size) for one in planned] == [("s3", uri, size)]
    assert rows(settings, "select count(*) as n from ledger") == [{"n": 1}]


def test_a_prefix_with_nothing_below_it_stops_the_source(bucket, settings) -> None:
    bucket.put(plain("20260301T2120"), packed(1))
    for prefix in ("AwsLogs/", f"AWSLogs/{OTHER}"):
        (problem,) = api.ingest([source(bucket, prefix)], settings).stopped
        assert f"nothing lies below s3://{bucket.name}/{prefix}: check the prefix" in str(problem)
    assert len(api.plan_ingest([source(bucket, "x"), source(bucket)], settings).objects) == 1


def test_where_nothing_is_of_what_was_asked_for_that_is_said(bucket, settings, caplog) -> None:
    bucket.put(plain("20260301T2120"), packed(1))
    window = Asked(since=datetime(2026, 4, 1, tzinfo=UTC), until=datetime(2026, 4, 2, tzinfo=UTC))
    asked = {"accounts": (OTHER,), "regions": ("eu-west-1",)}
    assert ingest(bucket, settings, asked=window, **asked).found == 0
    assert caplog.messages == [
        f"below s3://{bucket.name}/ are no flow logs from 2026-04-01T00:00Z to 2026-04-02T00:00Z "
        f"of account {OTHER} in eu-west-1: check what was asked for"
    ]


@pytest.mark.parametrize(
    "uri", ["bucket/prefix", "s3:/bucket", "s3://", "https://x/y", "s3://B_/x"]
)
def test_what_is_no_s3_address_is_refused(settings, uri) -> None:
    summary = api.ingest([Source("s3", uri)], settings)
    assert "write it as s3://bucket/prefix" in str(summary.stopped[0])
    assert not settings.lake.exists()
