"""A long run commits on its way, by rows, rejected bytes and time; one that is stopped keeps it."""

from types import SimpleNamespace

import balance
import pytest

from pipeline import api
from pipeline.config import Settings
from pipeline.ingest import groups, run
from pipeline.lake import reading
from pipeline.lake.catalog import open_lake

OBJECTS = 10


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch):
    monkeypatch.setattr(run, "CHUNK_BYTES", 1)


@pytest.fixture
def logs(tmp_path):
    """Objects of two records and a line of a thousand bytes that is none."""
    folder = tmp_path / "logs"
    folder.mkdir()
    for number in range(OBJECTS):
        records = [f"eni-{number} {1772452800 + second}" for second in range(2)]
        lines = ["interface-id start", *records, "x" * 1000, ""]
        (folder / f"{number}.log").write_text("\n".join(lines))
    return folder


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "lake")


def commits(settings):
    """Return how many objects each commit brought, in their order."""
    lake = open_lake(settings.lake)
    held = [one.summary["added-records"] for one in lake.table("ledger").snapshots()]
    assert reading.rows(lake, "rejected_lines").height == OBJECTS
    balance.check(settings.lake)
    return [int(records) for records in held]


def test_a_commit_is_due_after_so_many_rows(logs, settings, monkeypatch) -> None:
    monkeypatch.setattr(run, "COMMIT_ROWS", 8)
    api.ingest_files([logs], settings)
    assert commits(settings) == [4, 4, 2]


def test_a_commit_is_due_after_so_many_bytes_of_rejected_lines(logs, settings, monkeypatch) -> None:
    monkeypatch.setattr(run, "COMMIT_REJECTED", 3000)
    api.ingest_files([logs], settings)
    assert commits(settings) == [3, 3, 3, 1]


def test_rows_and_rejected_lines_make_a_commit_due_together(logs, settings, monkeypatch) -> None:
    monkeypatch.setattr(run, "COMMIT_ROWS", 8)
    monkeypatch.setattr(run, "COMMIT_REJECTED", 4000)
    api.ingest_files([logs], settings)
    assert commits(settings) == [2, 2, 2, 2, 2]


def test_a_commit_is_due_after_so_long_a_time(logs, settings, monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr(groups, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(run, "COMMIT_SECONDS", 40)

    def each_takes_ten_seconds(summary):
        now[0] += 10

    api.ingest_files([logs], settings, each_takes_ten_seconds)
    assert commits(settings) == [4, 4, 2]


def test_a_run_that_is_interrupted_keeps_what_was_committed(logs, settings, monkeypatch) -> None:
    monkeypatch.setattr(run, "COMMIT_ROWS", 6)

    def interrupt(summary):
        if summary.seen == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.ingest_files([logs], settings, interrupt)
    balance.check(settings.lake)
    held = reading.rows(open_lake(settings.lake), "ledger")
    assert held.filter(status="ingested").height == 6
    again = api.ingest_files([logs], settings)
    assert (again.ingested, len(again.already)) == (4, 6)
    assert commits(settings) == [3, 3, 3, 1]
