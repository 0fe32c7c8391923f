"""What is told of a run when it is over: gaps that the lake has too, and bytes it has twice."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from command import flowcause
from servers import ENVIRON

from pipeline import api
from pipeline.config import Settings, Source

HEADER = "interface-id start end action log-status"
NOON = 1772452800  # 2026-03-02T12:00Z


def log(interface, *hours):
    starts = [NOON + hour * 3600 for hour in hours]
    return "\n".join([HEADER, *(f"{interface} {s} {s + 60} ACCEPT OK" for s in starts), ""])


def at(hour):
    return datetime(2026, 3, 2, 12 + hour, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "lake")


@pytest.fixture
def ingest(tmp_path, settings):
    def read(*texts):
        files = [tmp_path / f"{abs(hash(text))}.log" for text in texts]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text)
        return api.ingest_files(files, settings)

    return read


def test_what_an_earlier_run_read_is_no_gap(ingest) -> None:
    assert ingest(log("e1", 3)).gaps == []
    assert ingest(log("e1", 0, 1, 2, 4, 5)).gaps == []


def test_what_an_earlier_run_read_of_another_interface_leaves_the_gap(ingest) -> None:
    ingest(log("e2", 1))
    assert ingest(log("e1", 0, 2)).gaps == [("e1", at(1), at(2))]


def test_a_gap_is_told_as_far_as_the_lake_has_it(ingest) -> None:
    ingest(log("e1", 3))
    assert ingest(log("e1", 0, 6)).gaps == [("e1", at(1), at(3)), ("e1", at(4), at(6))]


def test_what_lies_beside_a_runs_own_records_is_not_told_again(ingest) -> None:
    ingest(log("e1", 0, 2), log("e2", 5))
    assert ingest(log("e1", 6, 7), log("e2", 0, 9)).gaps == [
        ("e2", at(1), at(5)),
        ("e2", at(6), at(9)),
    ]


def test_what_two_sources_of_a_run_have_between_them_is_no_gap(tmp_path, settings) -> None:
    for name, hours in {"a": (0, 2), "b": (1,)}.items():
        (tmp_path / name).write_text(log("e1", *hours))
    sources = [Source("files", str(tmp_path / name)) for name in "ab"]
    assert api.ingest(sources, settings).gaps == []


@pytest.fixture
def fetched(tmp_path, bucket):
    """A log in S3 that was fetched, too: what both are called, and how each is read."""
    data = gzip.compress(log("e1", 0).encode())
    bucket.put("a.log.gz", data)
    (tmp_path / "b.log.gz").write_bytes(data)
    bucket.put("other.log", log("e1", 1).encode())
    s3 = Source("s3", f"s3://{bucket.name}/", endpoint_url=bucket.endpoint)
    file = tmp_path / "b.log.gz"
    return (str(file), Source("files", str(file))), (f"s3://{bucket.name}/a.log.gz", s3)


def test_a_file_that_is_an_object_in_s3_too_is_told(fetched, settings) -> None:
    (file, files), (uri, s3) = fetched
    assert api.ingest([files], settings).doubled == []
    told = ["--endpoint-url", s3.endpoint_url, "--format", "json"]
    ran = flowcause("ingest", "s3", s3.uri, *told, cwd=settings.lake.parent, **ENVIRON)
    assert (ran.returncode, json.loads(ran.stdout)["doubled"]) == (
        0,
        [{"uri": uri, "same_as": file}],
    )
    assert "1 object has the bytes of another object in the lake" in ran.stderr
    assert f"first {uri}, which is {file};" in ran.stderr
    (sql,) = [part for part in ran.stderr.split('"') if part.startswith("select")]
    assert [sorted(row["uris"]) for row in api.sql(sql, settings).to_pylist()] == [[file, uri]]
    assert api.ingest([s3], settings).doubled == []


def test_two_sources_of_a_run_that_have_the_same_are_told(fetched, settings) -> None:
    (file, files), (uri, s3) = fetched
    assert api.ingest([s3, files], settings).doubled == [(file, uri)]


def test_objects_without_records_double_none(bucket, tmp_path, settings) -> None:
    (tmp_path / "a.log").write_text(f"{HEADER}\n")
    bucket.put("a.log", f"{HEADER}\n".encode())
    s3 = Source("s3", f"s3://{bucket.name}/", endpoint_url=bucket.endpoint)
    sources = [Source("files", str(tmp_path / "a.log")), s3]
    summary = api.ingest(sources, settings)
    assert (summary.ingested, summary.doubled) == (2, [])


def test_a_file_that_grew_is_told(tmp_path, settings) -> None:
    file = tmp_path / "a.log"
    file.write_text(log("e1", 0))
    assert api.ingest([Source("files", str(file))], settings).rewritten == []
    file.write_text(log("e1", 0, 1))
    ran = flowcause("ingest", "files", "a.log", cwd=tmp_path)
    assert "1 object has other bytes than when last ingested" in ran.stderr
    assert ran.stderr.rstrip().endswith(f"are there twice; first {file}")
    assert api.ingest([Source("files", str(file))], settings).rewritten == []
