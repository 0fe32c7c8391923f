"""A run that finds nothing new leaves every table's version as it is, but for the row in runs."""

import pytest

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.lake.catalog import open_lake
from pipeline.lake.tables import TABLES
from pipeline.sources import aws

LOGS = {
    "a.log": b"interface-id start\neni-1 1772452800\nno flow\n",
    "b.log": b"tgw-id bytes start\ntgw-1 3 1772452800\n",
}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "logs").mkdir()
    for name, body in LOGS.items():
        (tmp_path / "logs" / name).write_bytes(body)
    return Source("files", str(tmp_path / "logs"))


@pytest.fixture
def bucket(cloud):
    client = aws.client(cloud, "s3")
    client.create_bucket(Bucket="logs")
    for name, body in LOGS.items():
        client.put_object(Bucket="logs", Key=name, Body=body)
    return Source("s3", "s3://logs/", endpoint_url=cloud.endpoint_url)


def versions(settings):
    lake = open_lake(settings.lake)
    return {name: lake.table(name).metadata.snapshots for name in TABLES}


@pytest.mark.parametrize("name", ["files", "bucket"])
def test_nothing_is_committed_where_all_is_known(name, request, tmp_path) -> None:
    source, settings = request.getfixturevalue(name), Settings(tmp_path / "lake")
    first = api.ingest([source], settings)
    assert first.ingested == 2
    before = versions(settings)
    again = api.ingest([source], settings)
    assert (again.ingested, len(again.already)) == (0, 2)
    after = versions(settings)
    assert [one for one in TABLES if before[one] != after[one]] == ["runs"]
