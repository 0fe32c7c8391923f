"""Compacting: the same rows in fewer files, sorted, whoever reads and writes beside it."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from threading import Thread

import many_commits
import polars as pl
import pyarrow.parquet as pq
import pytest
from many_commits import contents, files, ingest
from polars.testing import assert_frame_equal

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import LakeProblem
from pipeline.lake import compact as compacting
from pipeline.lake import reading, rewrite, small_files
from pipeline.lake.catalog import open_lake
from pipeline.lake.commits import writing
from pipeline.lake.compact import compact, maintaining
from pipeline.lake.tables import TABLES


@pytest.fixture
def settings(tmp_path) -> Settings:
    made = Settings(tmp_path / "lake")
    ingest(made, tmp_path / "logs", range(9))
    return made


def assert_same(before, after) -> None:
    assert before.keys() == after.keys()
    for name in before:
        assert_frame_equal(before[name], after[name])


@pytest.mark.parametrize("chunk", [rewrite.CHUNK, 7])
def test_the_rows_are_the_same_and_each_day_is_one_sorted_file(
    settings, monkeypatch, chunk
) -> None:
    monkeypatch.setattr(rewrite, "CHUNK", chunk)
    lake = open_lake(settings.lake)
    before = contents(lake)
    assert len(files(lake, "flows")) == 18
    done = {one.table: one for one in compact(lake)}
    assert (done["flows"].groups, done["flows"].files_before, done["flows"].files_after) == (
        2,
        18,
        2,
    )
    assert done["flows"].rows == 108
    assert_same(before, contents(lake))
    assert [len(files(lake, name)) for name in ("flows", "rejected_lines", "ledger")] == [2, 1, 1]
    for path in files(lake, "flows"):
        rows = pl.read_parquet(path)
        assert rows.equals(rows.sort("interface_id", "start_time", maintain_order=True))
        assert pq.read_schema(path).field("interface_id").metadata[b"PARQUET:field_id"] == b"3"
    assert not list((lake.path / "warehouse").rglob("sorting-*"))


def test_what_is_compacted_is_left_alone_until_more_comes(settings, tmp_path) -> None:
    lake = open_lake(settings.lake)
    compact(lake)
    before = many_commits.on_disk(lake)
    assert compact(lake) == []
    assert many_commits.on_disk(lake) == before
    ingest(settings, tmp_path / "logs", range(9, 10))
    assert {one.table for one in compact(lake)} == {"flows"}
    assert len(files(lake, "flows")) == 2
    assert compact(lake) == []


def test_a_large_day_is_cut_into_files_of_the_target_size(settings, monkeypatch) -> None:
    monkeypatch.setattr(rewrite, "CHUNK", 5)
    monkeypatch.setattr(rewrite, "TARGET", 4096)
    lake = open_lake(settings.lake)
    before = contents(lake)
    compact(lake)
    assert_same(before, contents(lake))
    paths = files(lake, "flows")
    assert len(paths) > 4
    ends = [pl.read_parquet(path)["interface_id", "start_time"].row(-1) for path in paths]
    starts = [pl.read_parquet(path)["interface_id", "start_time"].row(0) for path in paths]
    day = {start[1].date() for start in starts}
    for one in day:
        spans = sorted((s, e) for s, e in zip(starts, ends, strict=True) if s[1].date() == one)
        assert all(a[1] <= b[0] for a, b in pairwise(spans)), "disjoint"


def test_rows_without_time_or_interface_are_kept(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(rewrite, "CHUNK", 2)
    settings = Settings(tmp_path / "lake")
    for number in range(3):
        log = tmp_path / f"{number}.log"
        log.write_text(f"interface-id srcaddr\n- 10.0.0.{number}\neni-1 10.0.1.{number}\n")
        api.ingest_files([log], settings)
    lake = open_lake(settings.lake)
    before = contents(lake)
    compact(lake)
    assert len(files(lake, "flows")) == 1
    assert_same(before, contents(lake))


def between(monkeypatch, happens) -> None:
    """Let something happen after compact wrote its files and before they take their place."""
    merged = small_files.merged

    def then(table, group, declared):
        paths = merged(table, group, declared)
        happens(declared.name)
        return paths

    monkeypatch.setattr(compacting.small_files, "merged", then)


def test_what_a_writer_commits_meanwhile_is_kept(settings, tmp_path, monkeypatch) -> None:
    lake = open_lake(settings.lake)
    numbers = iter(range(100, 200))

    def happens(name) -> None:
        number = next(numbers)
        ingest(settings, tmp_path / "logs", range(number, number + 1))

    between(monkeypatch, happens)
    done = compact(lake)
    assert {"flows", "ledger"} <= {one.table for one in done}
    ledger = reading.rows(lake, "ledger")
    assert ledger.height == 9 + next(numbers) - 100
    flows = reading.rows(lake, "flows")
    assert flows.height == ledger["flows"].sum() == 12 * ledger.height
    assert not flows.select(many_commits.KEY).is_duplicated().any()
    assert api.lake_verify(settings) == []


def test_what_was_replaced_meanwhile_is_not_put_back(tmp_path, monkeypatch) -> None:
    api.ingest_files([many_commits.write_log(tmp_path, 1)], Settings(tmp_path / "lake"))
    lake = open_lake(tmp_path / "lake")

    def row(number) -> pl.DataFrame:
        return pl.DataFrame([{"vpc_id": f"vpc-{number}"}], schema=TABLES["vpcs"].schema())

    def observed(write) -> None:
        with writing(lake, "observations") as batch:
            write(batch)
            batch.commit(pl.DataFrame([{"scope": "s"}], schema=TABLES["observations"].schema()))

    for number in range(small_files.FEW):
        observed(lambda batch, number=number: batch.append("vpcs", row(number)))
    between(
        monkeypatch,
        lambda name: observed(lambda batch: batch.replace("vpcs", row("new"))),
    )
    before = many_commits.on_disk(lake)
    assert "vpcs" not in {one.table for one in compact(lake)}
    assert reading.rows(lake, "vpcs")["vpc_id"].to_list() == ["vpc-new"]
    data = {path for path in many_commits.on_disk(lake) - before if "/vpcs/data/" in path}
    assert len(data) <= 2, "the files that came too late are gone"


def test_readers_and_writers_beside_it_see_whole_objects(settings, tmp_path) -> None:
    seen, failed = [], []

    def beside(work) -> Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                failed.append(error)

        thread = Thread(target=run)
        thread.start()
        return thread

    def read() -> None:
        for _ in range(6):
            (row,) = api.sql(
                "select count(*) as n, count(distinct srcport) as o from flows", settings
            ).to_pylist()
            seen.append((row["n"], row["o"]))

    threads = [
        beside(lambda: ingest(settings, tmp_path / "logs", range(20, 26))),
        beside(read),
    ]
    for _ in range(3):
        compact(open_lake(settings.lake))
    for thread in threads:
        thread.join()
    assert failed == []
    assert all(rows == 12 * objects for rows, objects in seen)
    assert api.lake_verify(settings) == []
    assert reading.rows(open_lake(settings.lake), "flows").height == 12 * 15


def test_maintenance_runs_once_at_a_time(settings) -> None:
    lake = open_lake(settings.lake)
    with maintaining(lake), pytest.raises(LakeProblem, match="is running"):
        compact(open_lake(settings.lake))


def test_judgements_are_compacted_and_keep_their_decisions(tmp_path) -> None:
    api.ingest_files([many_commits.write_log(tmp_path, 1)], Settings(tmp_path / "lake"))
    lake = open_lake(tmp_path / "lake")
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for number in range(3):
        with writing(lake, "judgements") as batch:
            decision = {"decision_id": f"d{number}"}
            batch.append("decisions", pl.DataFrame([decision], schema=TABLES["decisions"].schema()))
            row = {"object_id": f"o{number}", "start_time": noon, **decision}
            batch.commit(pl.DataFrame([row], schema=TABLES["judgements"].schema()))
    assert [one.table for one in compact(lake)] == ["judgements"]
    assert len(files(lake, "judgements")) == 1
    assert sorted(reading.rows(lake, "decisions")["decision_id"]) == ["d0", "d1", "d2"]
    assert sorted(reading.rows(lake, "judgements")["decision_id"]) == ["d0", "d1", "d2"]


def test_a_file_that_cannot_be_read_leaves_all_as_it_is(settings) -> None:
    lake = open_lake(settings.lake)
    for path in map(Path, files(lake, "flows")):
        path.write_bytes(bytes(path.stat().st_size))
    before = many_commits.on_disk(lake)
    with pytest.raises(LakeProblem, match=r"flows was left as it is.*lake verify"):
        compact(lake)
    assert many_commits.on_disk(lake) == before


def test_a_disk_that_is_full_leaves_all_as_it_is(settings, monkeypatch) -> None:
    lake = open_lake(settings.lake)
    written, before = [], many_commits.on_disk(lake)
    write_table = pq.ParquetWriter.write_table

    def full(self, *arguments) -> None:
        if written:
            raise OSError(28, "No space left on device")
        written.append(write_table(self, *arguments))

    monkeypatch.setattr(rewrite, "CHUNK", 7)
    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(LakeProblem, match="No space left on device"):
        compact(lake)
    assert many_commits.on_disk(lake) == before


def test_a_damaged_file_is_no_reason_for_a_batch_to_fail(tmp_path, monkeypatch) -> None:
    settings = Settings(tmp_path / "lake")
    ingest(settings, tmp_path / "logs", range(3))
    lake = open_lake(settings.lake)
    Path(files(lake, "rejected_lines")[0]).unlink()
    monkeypatch.setattr("pipeline.lake.commits._FILES", 2)
    monkeypatch.setattr(small_files, "FEW", 2)
    ingest(settings, tmp_path / "logs", range(3, 5))
    assert reading.rows(lake, "ledger").height == 5
    assert len(files(lake, "ledger")) <= 2
    assert len(files(lake, "rejected_lines")) == 5
