"""Expiring: old versions and what only they held go; what a reader may need stays."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import many_commits
import polars as pl
import pytest
from many_commits import contents, expire_all, files, ingest, on_disk
from polars.testing import assert_frame_equal

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import LakeProblem
from pipeline.lake import reading
from pipeline.lake.catalog import open_lake
from pipeline.lake.commits import visible_version, writing
from pipeline.lake.compact import compact, maintaining
from pipeline.lake.expire import expire, unneeded
from pipeline.lake.staging import staging
from pipeline.lake.tables import TABLES
from pipeline.lake.versions import NEWEST, PROPERTIES, superfluous


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def settings(tmp_path) -> Settings:
    made = Settings(tmp_path / "lake")
    ingest(made, tmp_path / "logs", range(3))
    return made


def test_a_reader_keeps_its_files_for_a_day(settings) -> None:
    lake = open_lake(settings.lake)
    planned = files(lake, "flows")
    compact(lake)
    assert not set(planned) & set(files(lake, "flows"))
    assert expire(lake, now() - timedelta(days=1)).files == 0
    assert sum(pl.read_parquet(path).height for path in planned) == 36


def test_what_compact_replaced_goes_and_nothing_else_does(settings) -> None:
    lake = open_lake(settings.lake)
    before, planned = contents(lake), files(lake, "flows")
    compact(lake)
    expired = expire_all(lake)
    assert expired.versions > 0
    assert not any(Path(path).exists() for path in planned)
    for name, rows in contents(lake).items():
        assert_frame_equal(rows, before[name])
    assert expire_all(lake).files == 0
    assert api.lake_verify(settings) == []


def test_what_a_day_has_gone_by_over_goes_by_default(settings) -> None:
    lake = open_lake(settings.lake)
    planned = files(lake, "flows")
    compact(lake)
    later = now() + timedelta(days=2)
    long_ago = (later - timedelta(days=3)).timestamp()
    for path in planned:
        os.utime(path, (long_ago, long_ago))
    assert expire(lake, later - timedelta(days=1)).files >= len(planned)
    assert not any(Path(path).exists() for path in planned)


def test_what_a_dead_run_left_goes_and_what_a_cover_names_stays(settings) -> None:
    lake = open_lake(settings.lake)
    named = visible_version(lake, "flows")
    with writing(lake, "ledger") as batch:
        noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        row = {"object_id": "dead", "start_time": noon}
        batch.append("flows", pl.DataFrame([row], schema=TABLES["flows"].schema()))
    half_sorted = Path(lake.table("flows").location()) / "data" / "sorting-dead" / "0.arrow"
    half_sorted.parent.mkdir()
    half_sorted.write_bytes(b"half")
    dead = {path for path in on_disk(lake) if "/flows/data/" in path} - set(files(lake, "flows"))
    assert len(dead) == 2
    expire_all(lake)
    assert not dead & on_disk(lake)
    assert not half_sorted.parent.exists()
    assert visible_version(lake, "flows") == named
    assert reading.rows(lake, "flows").height == 36
    assert lake.table("flows").current_snapshot().snapshot_id == named


def test_a_file_that_is_younger_than_asked_stays(settings) -> None:
    lake = open_lake(settings.lake)
    stray = Path(lake.table("flows").location()) / "data" / "stray.parquet"
    stray.write_bytes(b"")
    cutoff = now() - timedelta(hours=1)
    assert expire(lake, cutoff).files == 0
    os.utime(stray, (cutoff.timestamp() - 1,) * 2)
    assert expire(lake, cutoff).files == 1
    assert not stray.exists()


def test_a_file_that_a_run_may_be_about_to_register_stays(settings) -> None:
    lake = open_lake(settings.lake)
    with staging(lake) as stage:
        row = {"object_id": "o", "start_time": datetime(2026, 3, 2, 12, tzinfo=UTC)}
        laid = stage.lay_down("flows", pl.DataFrame([row], schema=TABLES["flows"].schema()))
        assert expire(lake, now()).files == 0
        with writing(lake, "ledger") as batch:
            batch.register(stage, laid)
            batch.commit(pl.DataFrame([{"object_id": "o"}], schema=TABLES["ledger"].schema()))
    assert reading.rows(lake, "flows").filter(object_id="o").height == 1


def test_files_go_while_no_run_can_register_them(settings, monkeypatch) -> None:
    lake = open_lake(settings.lake)
    stray = Path(lake.table("flows").location()) / "data" / "stray.parquet"
    stray.write_bytes(b"")
    held, unlink = [], Path.unlink

    def watched(path: Path, missing_ok: bool = False) -> None:
        if path == stray:
            held.append(lake.lock_file.is_locked)
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", watched)
    expire_all(lake)
    assert held == [True]


def test_a_run_that_slept_for_hours_is_told_that_its_files_are_gone(settings) -> None:
    lake = open_lake(settings.lake)
    with pytest.raises(LakeProblem, match="run this again"), staging(lake) as stage:
        row = {"object_id": "o", "start_time": datetime(2026, 3, 2, 12, tzinfo=UTC)}
        laid = stage.lay_down("flows", pl.DataFrame([row], schema=TABLES["flows"].schema()))
        expire_all(lake)
        with writing(lake, "ledger") as batch:
            batch.register(stage, laid)
    assert api.lake_verify(settings) == []
    assert reading.rows(lake, "flows").height == 36


def test_a_file_that_goes_while_it_is_looked_at_is_passed_over(settings) -> None:
    lake = open_lake(settings.lake)
    stray = Path(lake.table("flows").location()) / "data" / "stray.parquet"
    stray.symlink_to("nowhere")
    assert list(unneeded(lake, now())) == []


def test_a_file_that_may_not_be_deleted_is_named(settings, monkeypatch) -> None:
    lake = open_lake(settings.lake)
    stray = Path(lake.table("flows").location()) / "data" / "stray.parquet"
    stray.write_bytes(b"")

    def denied(self, missing_ok=False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", denied)
    with pytest.raises(LakeProblem, match="cannot be deleted: Permission denied"):
        expire_all(lake)


def test_expire_and_compact_keep_out_of_each_others_way(settings) -> None:
    lake = open_lake(settings.lake)
    with maintaining(lake), pytest.raises(LakeProblem, match="is running"):
        expire(open_lake(settings.lake), now())


def test_a_commit_lets_old_versions_go_and_merges_small_files(tmp_path) -> None:
    settings = Settings(tmp_path / "lake")
    ingest(settings, tmp_path / "logs", range(1))
    lake = open_lake(settings.lake)
    for number in range(80):
        with writing(lake, "ledger") as batch:
            line = {"object_id": f"o{number}", "line_number": 1}
            batch.append(
                "rejected_lines", pl.DataFrame([line], schema=TABLES["rejected_lines"].schema())
            )
            row = {"object_id": f"o{number}", "status": "ingested", "rejected": 1, "lines": 1}
            batch.commit(pl.DataFrame([row], schema=TABLES["ledger"].schema()))
    for name in ("ledger", "rejected_lines"):
        table = lake.table(name)
        assert len(files(lake, name)) < 32
        assert len(table.metadata.snapshots) <= NEWEST + 3
        assert len(list(Path(table.location(), "metadata").glob("*.json"))) <= NEWEST + 2
        assert len(table.current_snapshot().manifests(table.io)) <= NEWEST + 1
    assert reading.rows(lake, "ledger")["object_id"].n_unique() == 81
    assert reading.rows(lake, "rejected_lines").height == 81


def test_a_lake_made_before_gets_the_properties(settings, tmp_path) -> None:
    with open_lake(settings.lake).table("flows").transaction() as change:
        change.remove_properties(*PROPERTIES)
    ingest(settings, tmp_path / "logs", range(5, 6))
    assert PROPERTIES.items() <= open_lake(settings.lake).table("flows").properties.items()


def test_a_tag_that_somebody_set_is_kept(settings, tmp_path) -> None:
    lake = open_lake(settings.lake)
    tagged = visible_version(lake, "flows")
    lake.table("flows").manage_snapshots().create_tag(tagged, "kept").commit()
    rows = reading.rows(lake, "flows").height
    compact(lake)
    expire_all(lake)
    assert tagged not in superfluous(lake.table("flows").metadata, now())
    assert lake.table("flows").scan(snapshot_id=tagged).to_arrow().num_rows == rows


def test_many_commits_name_every_file_once(settings) -> None:
    lake = open_lake(settings.lake)
    compact(lake)
    expire_all(lake)
    data = {path for path in many_commits.on_disk(lake) if "/data/" in path}
    assert data == {path for name in TABLES for path in files(lake, name)}
