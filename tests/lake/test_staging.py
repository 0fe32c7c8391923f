"""Staging: what is laid down is seen when it is registered, and what never is does not stay."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline.errors import LakeProblem
from pipeline.lake import reading
from pipeline.lake.catalog import create_lake
from pipeline.lake.commits import writing
from pipeline.lake.staging import staging
from pipeline.lake.tables import TABLES

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path):
    return create_lake(tmp_path / "lake")


def flows(*days: int | None) -> pl.DataFrame:
    """Return a row for each day after the second of March; None has no time."""
    rows = [
        {
            "object_id": "o",
            "line_number": number,
            "start_time": None if day is None else NOON + timedelta(days=day),
        }
        for number, day in enumerate(days)
    ]
    return pl.DataFrame(rows, schema=TABLES["flows"].schema())


def register(lake, stage, files) -> None:
    with writing(lake, "ledger") as batch:
        batch.register(stage, files)
        batch.commit(pl.DataFrame([{"object_id": "o"}], schema=TABLES["ledger"].schema()))


def test_each_day_has_a_file_of_its_own_and_is_seen_once_registered(lake) -> None:
    with staging(lake) as stage:
        laid = stage.lay_down("flows", flows(0, 1, 0, None))
        assert [one.rows()["line_number"].to_list() for one in laid] == [[0, 2], [1], [3]]
        assert reading.rows(lake, "flows").is_empty()
        register(lake, stage, laid)
    assert sorted(reading.rows(lake, "flows")["line_number"]) == [0, 1, 2, 3]
    assert set(reading.plan(lake, "flows").files) == {one.path for one in laid}


def test_no_rows_make_no_file(lake) -> None:
    with staging(lake) as stage:
        assert stage.lay_down("flows", flows()) == []


def test_what_is_not_registered_is_deleted_at_the_end(lake) -> None:
    with staging(lake) as stage:
        kept, left = stage.lay_down("flows", flows(0, 1))
        register(lake, stage, [kept])
    assert Path(kept.path).exists()
    assert not Path(left.path).exists()


def test_what_a_failed_commit_may_have_named_stays(lake, monkeypatch) -> None:
    def fails(*_, **__) -> None:
        raise LakeProblem("no")

    monkeypatch.setattr("pyiceberg.table.Transaction.add_files", fails)
    with pytest.raises(LakeProblem), staging(lake) as stage:
        laid = stage.lay_down("flows", flows(0))
        register(lake, stage, laid)
    assert Path(laid[0].path).exists()


def test_thinning_lays_down_what_is_left_and_leaves_whole_files_alone(lake) -> None:
    with staging(lake) as stage:
        whole, half, none = stage.lay_down("flows", flows(0, 1, 1, 2))
        thin = stage.thin(
            [whole, half, none], lambda rows: rows.filter(pl.col("line_number").is_in([0, 1]))
        )
        assert thin[0] == whole
        assert [one.rows()["line_number"].to_list() for one in thin] == [[0], [1]]
        assert not Path(half.path).exists()
        assert not Path(none.path).exists()


def test_rows_are_read_back_with_the_columns_that_are_there(lake) -> None:
    with staging(lake) as stage:
        (one,) = stage.lay_down("flows", flows(0))
        assert one.rows().columns == ["start_time", "object_id", "line_number"]
        assert one.rows(["line_number", "event_id"]).columns == ["line_number"]


def test_a_folder_that_cannot_be_written_is_named(lake) -> None:
    with staging(lake) as stage:
        folder = Path(lake.table("flows").location()) / "data"
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_bytes(b"")
        with pytest.raises(LakeProblem, match="a file is where a folder should be"):
            stage.lay_down("flows", flows(0))
