"""A record lies in the day of its own start, whatever day its object's name or folder says."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.ingest.plan import Asked
from pipeline.lake.catalog import open_lake

ACCOUNT, REGION = "123456789012", "eu-west-1"
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
NAME = f"{ACCOUNT}_vpcflowlogs_{REGION}_fl-0a1b2c3d_20260302T0000Z_0a1b2c3d"
PLAIN = f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/2026/03/02/"
HIVE = (
    f"AWSLogs/aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region={REGION}/"
    "year=2026/month=03/day=02/hour=00/"
)
# What began before midnight and ended after it lies in a file of the new day; so does what is late.
STARTS = [int((MIDNIGHT - timedelta(seconds=s)).timestamp()) for s in (86400 + 60, 30, -30)]


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "lake")


def days(settings):
    """Return the flows of each day as the lake's files lie, and check that readers agree."""
    files = open_lake(settings.lake).table("flows").inspect.files().to_pylist()
    (known,) = {tuple(one["partition"]) for one in files}
    lie = {one["partition"][known[0]]: one["record_count"] for one in files}
    query = "select start_time::date as day, count(*) as n from flows group by all order by all"
    assert {row["day"]: row["n"] for row in api.sql(query, settings).to_pylist()} == lie
    return {str(day): count for day, count in sorted(lie.items())}


OWN = {"2026-02-28": 1, "2026-03-01": 1, "2026-03-02": 1}


def text():
    lines = [f"eni-1 {start} {start + 60}" for start in STARTS]
    return "\n".join(["interface-id start end", *lines, ""]).encode()


@pytest.mark.parametrize("folder", [PLAIN, HIVE])
@pytest.mark.parametrize("kind", ["log", "log.parquet"])
def test_files_of_another_day_than_their_records(tmp_path, settings, folder, kind) -> None:
    file = tmp_path / "logs" / folder / f"{NAME}.{kind}"
    file.parent.mkdir(parents=True)
    if kind == "log":
        file.write_bytes(text())
    else:
        pq.write_table(pa.table({"interface_id": ["eni-1"] * 3, "start": STARTS}), file)
    summary = api.ingest_files([tmp_path / "logs"], settings)
    assert (summary.counts["flows"], summary.unknown_fields) == (3, set())
    assert days(settings) == OWN


@pytest.mark.parametrize("folder", [PLAIN, HIVE])
def test_a_window_of_a_day_reads_what_came_into_the_next_days_folder(
    bucket, settings, folder
) -> None:
    bucket.put(f"{folder}{NAME}.log", text())
    source = Source("s3", f"s3://{bucket.name}/", endpoint_url=bucket.endpoint)
    window = Asked(MIDNIGHT - timedelta(days=1), MIDNIGHT - timedelta(seconds=1))
    summary = api.ingest([source], settings, window)
    assert (summary.stopped, summary.ingested) == ([], 1)
    assert days(settings) == OWN
