"""Whether verify finds each kind of damage and names the object, and status tells what is there."""

import os
from datetime import UTC, datetime
from pathlib import Path

import many_commits
import polars as pl
import pytest
from many_commits import files, ingest

from pipeline import api
from pipeline.config import Settings
from pipeline.lake import reading
from pipeline.lake.catalog import open_lake
from pipeline.lake.commits import writing
from pipeline.lake.tables import TABLES


@pytest.fixture
def settings(tmp_path) -> Settings:
    made = Settings(tmp_path / "lake")
    ingest(made, tmp_path / "logs", range(2))
    return made


def found(settings: Settings) -> list[tuple[str, str | None]]:
    return [(row["check"], row["object_id"]) for row in api.lake_verify(settings)]


def objects(settings: Settings) -> dict[str, str]:
    """Return the object ids by the names of the logs."""
    rows = reading.rows(open_lake(settings.lake), "ledger")
    return {Path(uri).name: one for uri, one in rows.select("uri", "object_id").iter_rows()}


def of_object(settings: Settings, table: str, object_id: str) -> Path:
    """Return the first data file that has only rows of this object."""
    for path in files(open_lake(settings.lake), table):
        if set(pl.read_parquet(path)["object_id"]) == {object_id}:
            return Path(path)
    raise AssertionError("no such file")


def add(settings: Settings, ledger: list[dict], **tables: list[dict]) -> None:
    """Commit rows as no ingest would."""
    with writing(open_lake(settings.lake), "ledger") as batch:
        for name, rows in tables.items():
            batch.append(name, pl.DataFrame(rows, schema=TABLES[name].schema()))
        batch.commit(pl.DataFrame(ledger, schema=TABLES["ledger"].schema()))


def test_a_whole_lake_has_no_findings(settings) -> None:
    assert api.lake_verify(settings) == []


def test_a_failed_object_is_no_finding(settings, tmp_path) -> None:
    (tmp_path / "bad.log").write_text("nothing that a flow log has\n")
    assert api.ingest_files([tmp_path / "bad.log"], settings).ingested == 0
    assert api.lake_verify(settings) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.unlink(), "flows is missing"),
        (lambda path: os.truncate(path, 100), "flows has 100 bytes, the metadata says"),
        (lambda path: path.write_bytes(bytes(path.stat().st_size)), "flows cannot be read"),
        (lambda path: flip(path), "flows cannot be read"),
        (lambda path: fewer(path), "flows has"),
    ],
)
def test_a_damaged_file_is_found_and_whose_rows_are_lost(settings, damage, said) -> None:
    one = objects(settings)["0.log"]
    path = of_object(settings, "flows", one)
    damage(path)
    first, second = api.lake_verify(settings)
    assert (first["check"], first["uri"]) == ("files", str(path))
    assert first["finding"].startswith(said)
    assert (second["check"], second["object_id"]) == ("counts", one)
    assert second["finding"].startswith("6 flows where the ledger says 12")


def flip(path: Path) -> None:
    """Change bytes in the midst of the first column that is compressed."""
    data = bytearray(path.read_bytes())
    data[4:60] = bytes(byte ^ 0xFF for byte in data[4:60])
    path.write_bytes(data)


def fewer(path: Path) -> None:
    pl.read_parquet(path).head(1).write_parquet(path)


def test_a_lost_ledger_file_leaves_rows_without_an_entry(settings) -> None:
    one = objects(settings)["1.log"]
    of_object(settings, "ledger", one).unlink()
    assert found(settings) == [("files", None), ("counts", one)]
    (row,) = [row for row in api.lake_verify(settings) if row["check"] == "counts"]
    assert row["finding"] == "12 flows and 1 rejected lines, and no entry in the ledger"


def test_a_lost_manifest_is_found(settings) -> None:
    table = open_lake(settings.lake).table("rejected_lines")
    Path(table.current_snapshot().manifest_list).unlink()
    checks = found(settings)
    assert checks[0] == ("files", None)
    assert sorted(checks[1:]) == sorted(("counts", one) for one in objects(settings).values())


def test_a_wrong_count_is_found(settings) -> None:
    row = {"object_id": "o", "status": "ingested", "uri": "u", "lines": 3, "flows": 3}
    rest = {name: 0 for name in ("rejected", "headers", "blanks", "skipped")}
    add(settings, [row | rest], flows=[{"object_id": "o", "line_number": 1}])
    (finding,) = api.lake_verify(settings)
    assert (finding["check"], finding["object_id"], finding["uri"]) == ("counts", "o", "u")
    assert finding["finding"] == (
        "1 flows where the ledger says 3, 0 rejected lines where it says 0"
    )


def test_lines_that_do_not_add_up_are_found(settings) -> None:
    row = {"object_id": "o", "status": "ingested", "lines": 3}
    rest = {name: 0 for name in ("flows", "rejected", "headers", "blanks", "skipped")}
    add(settings, [row | rest])
    assert found(settings) == [("identity", "o")]


def test_transit_gateway_rows_count_and_rows_without_an_entry_are_found(settings) -> None:
    row = {"object_id": "o", "status": "ingested", "lines": 1, "flows": 1}
    rest = {name: 0 for name in ("rejected", "headers", "blanks", "skipped")}
    add(
        settings,
        [row | rest],
        transit_gateway_flows=[{"object_id": "o", "line_number": 1}],
        rejected_lines=[{"object_id": "stray", "line_number": 1}],
    )
    assert found(settings) == [("counts", "stray")]


def test_an_object_that_was_ingested_twice_is_found(settings) -> None:
    lake, one = open_lake(settings.lake), objects(settings)["0.log"]
    again = {
        name: reading.rows(lake, name).filter(object_id=one).to_dicts()
        for name in ("ledger", "flows", "rejected_lines")
    }
    add(settings, **again)
    assert found(settings) == [("once", one)]


def test_a_file_that_changed_since_and_an_id_of_other_bytes_are_found(settings, tmp_path) -> None:
    ids = objects(settings)
    (tmp_path / "logs" / "0.log").write_text("another\n")
    (tmp_path / "logs" / "1.log").unlink()
    assert found(settings) == [("sources", ids["0.log"])]
    ledger = reading.rows(open_lake(settings.lake), "ledger").filter(object_id=ids["1.log"])
    empty = {name: 0 for name in ("lines", "flows", "rejected", "headers", "blanks", "skipped")}
    add(settings, [ledger.to_dicts()[0] | empty | {"object_id": "forged"}])
    assert ("names", "forged") in found(settings)


def test_a_judgement_without_its_decision_is_found(settings) -> None:
    one = objects(settings)["0.log"]
    with writing(open_lake(settings.lake), "judgements") as batch:
        row = {"object_id": one, "decision_id": "gone", "start_time": datetime.now(UTC)}
        batch.commit(pl.DataFrame([row], schema=TABLES["judgements"].schema()))
    (finding,) = api.lake_verify(settings)
    assert (finding["check"], finding["object_id"]) == ("decisions", one)
    assert finding["uri"].endswith("0.log")


def test_status_tells_what_is_there_and_what_is_due(settings, tmp_path) -> None:
    (tmp_path / "bad.log").write_text("nothing that a flow log has\n")
    api.ingest_files([tmp_path / "bad.log"], settings)
    told = api.lake_status(settings)
    lake = open_lake(settings.lake)
    tables = {row["table"]: row for row in told["tables"]}
    assert list(tables) == ["flows", "rejected_lines", "ledger", "runs"]
    assert (tables["flows"]["rows"], tables["flows"]["days"], tables["flows"]["files"]) == (
        24,
        2,
        4,
    )
    size = sum(Path(path).stat().st_size for path in files(lake, "flows"))
    assert tables["flows"]["bytes"] == size
    assert (tables["ledger"]["rows"], tables["ledger"]["days"]) == (3, None)
    fared = {row["status"]: (row["objects"], row["lines"]) for row in told["ledger"]}
    assert fared == {"ingested": (2, 28), "failed": (1, 0)}
    assert told["runs"][0]["outcome"] == "0 ingested, 1 failed"
    assert told["due"] == [
        {
            "what": "small files of flows, 2 days",
            "files": 4,
            "bytes": size,
            "command": "flowcause lake compact",
        }
    ]


def test_status_and_expire_tell_the_same(settings) -> None:
    stray = Path(open_lake(settings.lake).table("flows").location()) / "data" / "stray.parquet"
    stray.write_bytes(b"left")
    os.utime(stray, (0, 0))
    api.lake_compact(settings)
    (due,) = api.lake_status(settings)["due"]
    assert (due["files"], due["bytes"], due["command"]) == (1, 4, "flowcause lake expire")
    cutoff = datetime.now(UTC).replace(year=2020)
    expired = api.lake_expire(cutoff, settings)
    assert (expired.files, expired.bytes) == (1, 4)
    assert api.lake_status(settings)["due"] == []
    verbs = [row["verb"] for row in api.lake_status(settings)["runs"]]
    assert verbs[1::-1] == ["lake compact", "lake expire"]
    assert many_commits.contents(open_lake(settings.lake))["flows"].height == 24
