"""A batch that died before its last commit: never seen, and rolled back by the next one."""

from datetime import UTC, datetime

import polars as pl
import pytest

from pipeline.lake import reading
from pipeline.lake.catalog import create_lake, open_lake
from pipeline.lake.commits import visible_version, writing
from pipeline.lake.tables import TABLES

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
# What covers what, with a row of the covering table and one of a covered table.
ROOMS = {
    "ledger": ({"object_id": "o", "status": "ingested"}, "rejected_lines", {"object_id": "o"}),
    "observations": ({"scope": "s"}, "vpcs", {"vpc_id": "vpc-1"}),
    "judgements": ({"object_id": "o", "start_time": NOON}, "decisions", {"decision_id": "d"}),
}


def frame(table: str, row: dict) -> pl.DataFrame:
    return pl.DataFrame([row], schema=TABLES[table].schema())


@pytest.fixture(params=ROOMS)
def room(request, tmp_path):
    """Return an empty lake, the cover, its row, a covered table and its row."""
    return create_lake(tmp_path / "lake"), request.param, *ROOMS[request.param]


def whole(lake, cover, covering, table, covered) -> None:
    with writing(lake, cover) as batch:
        batch.append(table, frame(table, covered))
        batch.commit(frame(cover, covering))


def dead(lake, cover, table, covered) -> None:
    """Write a batch's covered table and go away before the covering commit."""
    with writing(lake, cover) as batch:
        batch.append(table, frame(table, covered))


def test_the_first_batch_of_all_may_die(room) -> None:
    lake, cover, covering, table, covered = room
    dead(lake, cover, table, covered)
    assert reading.rows(lake, table).height == 0
    assert reading.plan(lake, table).files == []
    whole(lake, cover, covering, table, covered)
    assert reading.rows(lake, table).height == 1


def test_a_later_batch_may_die(room) -> None:
    lake, cover, covering, table, covered = room
    whole(lake, cover, covering, table, covered)
    dead(lake, cover, table, covered)
    dead(lake, cover, table, covered)
    assert reading.rows(open_lake(lake.path), table).height == 1
    whole(lake, cover, covering, table, covered)
    assert reading.rows(lake, table).height == 2
    assert reading.rows(lake, cover).height == 2


def test_a_replacement_may_die(room) -> None:
    lake, cover, covering, table, covered = room
    whole(lake, cover, covering, table, covered)
    with writing(lake, cover) as batch:
        batch.replace(table, frame(table, covered).clear())
    assert reading.rows(lake, table).height == 1
    whole(lake, cover, covering, table, covered)
    assert reading.rows(lake, table).height == 2


def test_a_reader_keeps_to_the_version_that_the_cover_names(room) -> None:
    lake, cover, covering, table, covered = room
    whole(lake, cover, covering, table, covered)
    named = visible_version(lake, table)
    dead(lake, cover, table, covered)
    assert visible_version(lake, table) == named
    assert lake.table(table).current_snapshot().snapshot_id != named


def test_flows_of_a_dead_ingest_are_neither_seen_nor_doubled(tmp_path) -> None:
    from pipeline import api
    from pipeline.config import Settings

    settings = Settings(tmp_path / "lake")
    log = tmp_path / "a.log"
    log.write_text(
        "interface-id srcaddr dstaddr start end action\neni-1 10.0.0.1 10.0.0.2 "
        "1772452800 1772452860 REJECT\n"
    )
    lake = create_lake(settings.lake)
    flow = {"object_id": "dead", "line_number": 2, "start_time": NOON}
    dead(lake, "ledger", "flows", flow)
    assert api.ingest_files([log], settings).ingested == 1
    rows = api.sql("select object_id, interface_id from flows", settings).to_pylist()
    assert [row["interface_id"] for row in rows] == ["eni-1"]
