"""S3 through a proxy that breaks its answers: asked for again or named, never silently short."""

import gzip
import io
import re

import balance
import faults
import polars as pl
import pytest
import servers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.ingest import run
from pipeline.sources import aws

HEADER = "version interface-id srcaddr dstaddr srcport dstport protocol bytes start end action"


def lines(number):
    start = 1772400000 + 3600 * number
    said = f"2 eni-{number:08x} 10.0.0.1 10.0.0.2 5 4 6 {number + 1} {{0}} {{0}} REJECT"
    return [said.format(start + n) for n in range(40)]


def text(number):
    return "\n".join([HEADER, *lines(number), "1 2 3", ""]).encode()


def parquet(number):
    rows = [line.split() for line in lines(number)]
    columns = [name.replace("-", "_") for name in HEADER.split()]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    numbers = ("version", "srcport", "dstport", "protocol")
    longs = ("bytes", "start", "end")
    out = io.BytesIO()
    frame.cast(
        {**dict.fromkeys(numbers, pl.Int32), **dict.fromkeys(longs, pl.Int64)}
    ).write_parquet(out, compression="uncompressed")
    return out.getvalue()


OBJECTS = {
    "logs/a.log": text(0),
    "logs/b.log.gz": gzip.compress(text(1)),
    "logs/c.parquet": parquet(2),
    "more/d.log": text(3),
    "more/e.log": text(4),
}

FOLDERS = ("", "logs/", "more/")


@pytest.fixture(scope="module")
def filled(s3_server):
    """A bucket with every kind of object."""
    bucket = servers.Bucket(s3_server, "faults")
    for key, body in OBJECTS.items():
        bucket.put(key, body)
    return bucket


@pytest.fixture(scope="module")
def whole(filled, tmp_path_factory):
    """What a run that nothing disturbs leaves in a lake."""
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    with pytest.MonkeyPatch.context() as patch:
        faults.hurry(patch)
        ingest(filled, filled, lake)
    return balance.contents(lake)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    faults.hurry(monkeypatch)
    yield
    aws.client.cache_clear()


def ingest(bucket, proxy, lake):
    source = Source("s3", f"s3://{bucket.name}/", endpoint_url=proxy.endpoint)
    return api.ingest([source], Settings(lake))


def complete(bucket, proxy, lake, whole):
    proxy.begin()
    summary = ingest(bucket, proxy, lake)
    assert (summary.failed, summary.stopped) == ([], [])
    balance.check(lake)
    assert balance.contents(lake) == whole


def once(kind, fault):
    """Break the first answer of a kind for every path."""
    met = set()

    def plan(request):
        if request.kind != kind or request.path in met:
            return None
        met.add(request.path)
        return fault

    return plan


@pytest.mark.parametrize("name", faults.OBJECT)
def test_an_object_whose_answer_breaks_is_asked_for_again(filled, proxy, tmp_path, whole, name):
    proxy.begin(once("get", faults.OBJECT[name]))
    summary = ingest(filled, proxy, tmp_path / "lake")
    assert (summary.failed, summary.stopped) == ([], [])
    assert sum(one.kind == "get" for one in proxy.requests) == 2 * len(OBJECTS)
    assert balance.contents(tmp_path / "lake") == whole


@pytest.mark.parametrize("name", faults.LISTING)
def test_a_listing_whose_answer_breaks_is_asked_for_again(filled, proxy, tmp_path, name):
    proxy.begin(once("list", faults.LISTING[name]))
    summary = ingest(filled, proxy, tmp_path / "lake")
    assert (summary.ingested, summary.failed, summary.stopped) == (len(OBJECTS), [], [])
    assert sum(one.kind == "list" for one in proxy.requests) == 2 * len(FOLDERS)


# Of an object that stays broken: what is said of it.
SAID = {
    "500": "InternalError",
    "503": "SlowDown",
    "reset": "no answer .*Connection broken: .*reset by peer",
    "cut": "no answer .*IncompleteRead",
    "shortened": "bytes came of",
    "empty": "bytes came of",
    "corrupt": "not those of its ETag: they were damaged on their way",
}


@pytest.mark.parametrize("name", SAID)
def test_an_object_that_stays_broken_is_named_and_the_others_go_in(
    filled, proxy, tmp_path, whole, name
):
    proxy.begin(lambda one: faults.OBJECT[name] if one.path.endswith("/logs/a.log") else None)
    summary = ingest(filled, proxy, tmp_path / "lake")
    ((uri, reason),) = summary.failed
    assert uri == f"s3://{filled.name}/logs/a.log"
    assert re.search(SAID[name], reason)
    assert summary.ingested == len(OBJECTS) - 1
    balance.check(tmp_path / "lake")
    complete(filled, proxy, tmp_path / "lake", whole)


@pytest.mark.parametrize("name", [name for name in faults.LISTING if name in SAID])
def test_a_listing_that_stays_broken_stops_the_source_and_nothing_is_missed_later(
    filled, proxy, tmp_path, whole, name
):
    broken = faults.LISTING[name]
    proxy.begin(lambda one: broken if one.kind == "list" and "more%2F" in one.path else None)
    summary = ingest(filled, proxy, tmp_path / "lake")
    (stopped,) = summary.stopped
    assert str(stopped).startswith(f"s3://{filled.name}/more/: ")
    assert "\n" not in str(stopped)
    complete(filled, proxy, tmp_path / "lake", whole)


def test_credentials_that_expire_amid_a_run_stop_it_and_what_was_read_is_kept(
    filled, proxy, tmp_path, whole, monkeypatch
):
    monkeypatch.setattr(run, "CHUNK_BYTES", 1)
    # The first objects are to be those whose requests come first.
    monkeypatch.setattr("pipeline.ingest.fetching.FETCHERS", 1)
    gets = []

    def plan(request):
        gets.extend([request] * (request.kind == "get"))
        return faults.EXPIRED if request.kind == "get" and len(gets) > 2 else None

    proxy.begin(plan)
    summary = ingest(filled, proxy, tmp_path / "lake")
    (stopped,) = summary.stopped
    assert "the AWS credentials have expired (ExpiredToken): log in again" in str(stopped)
    assert 0 < summary.ingested < len(OBJECTS)
    assert summary.failed == []
    balance.check(tmp_path / "lake")
    complete(filled, proxy, tmp_path / "lake", whole)


def test_a_server_that_wants_to_be_spared_is_asked_more_slowly_as_in_earnest(
    filled, proxy, tmp_path, monkeypatch
):
    """With the retries of every day, adaptive ones; only their pauses are short."""
    monkeypatch.undo()
    faults.go_without_pauses(monkeypatch)
    proxy.begin(once("get", faults.SLOW_DOWN))
    assert ingest(filled, proxy, tmp_path / "lake").ingested == len(OBJECTS)


FAULTS = st.sampled_from([None, None, faults.EXPIRED, *map(faults.OBJECT.get, SAID)])
TIMES = max(6, settings.default.max_examples // 25)


@settings(max_examples=TIMES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=st.lists(st.lists(FAULTS, max_size=20), min_size=1, max_size=3))
def test_hypothesis_whatever_breaks_the_tables_agree_and_a_later_run_completes_them(
    afterwards, runs
):
    filled, proxy, lake, whole = afterwards()
    for plan in runs:
        proxy.begin(lambda one, plan=plan: dict(enumerate(plan, 1)).get(one.number))
        summary = ingest(filled, proxy, lake)
        missed = len(OBJECTS) - summary.ingested - len(summary.already)
        assert missed == 0 or summary.failed or summary.stopped
        balance.check(lake)
    complete(filled, proxy, lake, whole)


@pytest.fixture
def afterwards(filled, proxy, tmp_path, whole):
    """Give each example a lake of its own."""
    lakes = (tmp_path / f"lake-{number}" for number in range(10_000))
    return lambda: (filled, proxy, next(lakes), whole)
