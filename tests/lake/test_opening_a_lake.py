"""Which lakes are opened, which are refused, and what a new one holds."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import golden
import pytest
from pyiceberg.types import StringType

from pipeline.errors import LakeProblem
from pipeline.lake import reading, runs
from pipeline.lake.catalog import FORM, NAMESPACE, create_lake, open_lake
from pipeline.lake.tables import TABLES

NOW = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path):
    return create_lake(tmp_path / "lake")


def test_a_new_lake_holds_every_table_empty(lake) -> None:
    for name, table in TABLES.items():
        rows = reading.rows(lake, name)
        assert rows.height == 0
        assert rows.schema == table.schema()


def test_a_lake_is_made_once(lake) -> None:
    before = lake.table("flows").metadata_location
    assert create_lake(lake.path).table("flows").metadata_location == before


def test_the_schema_is_the_golden_one(lake) -> None:
    lines = [f"{name}\n{lake.table(name).schema()}\n{lake.table(name).spec()}" for name in TABLES]
    golden.check("tests/goldens/schema.txt", "\n\n".join(lines) + "\n")


def test_a_missing_lake_is_not_made_by_opening(tmp_path) -> None:
    with pytest.raises(LakeProblem, match=r"no lake at .*: make one with"):
        open_lake(tmp_path / "none")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("opened", [open_lake, create_lake])
def test_a_newer_lake_is_refused(lake, opened) -> None:
    told = lake.path / "lake.json"
    told.write_text(json.dumps({"form": FORM + 1, "path": str(lake.path)}))
    with pytest.raises(LakeProblem, match=rf"form {FORM + 1}, newer than .*upgrade"):
        opened(lake.path)


@pytest.mark.parametrize("opened", [open_lake, create_lake])
def test_an_older_lake_gets_the_tables_and_columns_that_it_lacks(lake, opened) -> None:
    runs.record(lake, "r", "attribute", NOW, NOW, "1 judged")
    lake.catalog.drop_table((NAMESPACE, "flow_logs"))
    with lake.table("runs").update_schema() as update:
        update.delete_column("read_until")
    told = lake.path / "lake.json"
    told.write_text(json.dumps({"form": 1, "path": str(lake.path)}))
    again = opened(lake.path)
    assert reading.rows(again, "flow_logs").height == 0
    assert reading.rows(again, "runs").select("run_id", "read_until").rows() == [("r", None)]
    assert json.loads(told.read_text())["form"] == FORM


def test_a_lake_that_was_moved_is_refused(lake, tmp_path) -> None:
    shutil.move(lake.path, tmp_path / "elsewhere")
    with pytest.raises(LakeProblem, match=r"was made at .*/lake .*move it back"):
        open_lake(tmp_path / "elsewhere")


def test_rows_written_before_a_column_was_there_lack_its_values(tmp_path, monkeypatch) -> None:
    later = {"source", "read_until"}
    older = tuple(c for c in TABLES["runs"].columns if c.name not in later)
    with monkeypatch.context() as patch:
        patch.setitem(TABLES, "runs", replace(TABLES["runs"], columns=older))
        lake = create_lake(tmp_path / "lake")
        runs.record(lake, "old", "ingest files", NOW, NOW, "", None, None)
    (lake.path / "lake.json").write_text(json.dumps({"form": 1, "path": str(lake.path)}))
    lake = open_lake(lake.path)
    (row,) = reading.rows(lake, "runs").to_dicts()
    assert (row["run_id"], row["source"], row["read_until"]) == ("old", None, None)
    runs.record(lake, "new", "ingest s3", NOW, NOW, "", "s3://b/", NOW)
    assert set(reading.rows(lake, "runs")["source"]) == {None, "s3://b/"}


@pytest.mark.parametrize("told", ["", "{", "[]", "{}", '{"form": "x", "path": "y"}', '{"form": 1}'])
def test_a_damaged_lake_json_is_refused(lake, told) -> None:
    (lake.path / "lake.json").write_text(told)
    with pytest.raises(LakeProblem, match="damaged"):
        open_lake(lake.path)


def test_a_half_made_lake_is_made_whole(lake) -> None:
    (lake.path / "lake.json").unlink()
    lake.catalog.drop_table(("flowcause", "judgements"))
    again = create_lake(lake.path)
    assert reading.rows(again, "judgements").height == 0


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "?mode=memory", "with space", "quo'te"])
def test_a_lake_may_lie_in_a_folder_of_any_name(tmp_path, name) -> None:
    create_lake(tmp_path / name)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert reading.rows(open_lake(tmp_path / name), "ledger").height == 0


def test_a_file_in_the_lakes_place_is_refused(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LakeProblem, match=r"File exists .*a file is where a folder should be"):
        create_lake(tmp_path / "file")


def test_a_column_that_a_lake_has_more_than_its_files_reads_as_null(tmp_path) -> None:
    from pipeline import api
    from pipeline.config import Settings

    settings = Settings(tmp_path / "lake")
    log = tmp_path / "a.log"
    log.write_text("interface-id start\neni-1 1772452800\n")
    api.ingest_files([log], settings)
    with open_lake(settings.lake).table("flows").update_schema() as change:
        change.add_column("added", StringType())
    rows = api.sql("select interface_id, added from flows", settings).to_pylist()
    assert rows == [{"interface_id": "eni-1", "added": None}]
