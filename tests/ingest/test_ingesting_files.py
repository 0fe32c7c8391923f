"""A run of ingest: what comes in is there once, and every line is accounted for."""

import gzip
import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.ingest import read, run
from pipeline.ingest.plan import Asked
from pipeline.lake.catalog import open_lake
from pipeline.records.compression import PIECE_BYTES
from pipeline.sources import files

HEADER = "version interface-id srcaddr dstaddr srcport dstport protocol start end action log-status"


def line(number: int = 0, day: int = 0) -> str:
    start = 1772452800 + day * 86400 + number
    return f"2 eni-{number:08x} 10.0.0.1 10.0.0.2 50000 443 6 {start} {start + 60} REJECT OK"


def log(*lines: str) -> str:
    return "\n".join([HEADER, *lines, ""])


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(tmp_path / "lake")


@pytest.fixture
def logs(tmp_path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


def ledger(settings: Settings) -> list[dict]:
    return api.sql("from ledger order by uri", settings).to_pylist()


def test_rows_come_in_with_their_values_and_where_they_came_from(settings, logs) -> None:
    (logs / "a.log.gz").write_bytes(gzip.compress(log(line(1)).encode()))
    summary = api.ingest_files([logs], settings)
    assert (summary.found, summary.ingested, summary.counts["flows"]) == (1, 1, 1)
    (row,) = api.sql("from flows", settings).to_pylist()
    held = {name: value for name, value in row.items() if value is not None}
    (known,) = ledger(settings)
    assert held == {
        "version": 2,
        "interface_id": "eni-00000001",
        "srcaddr": "10.0.0.1",
        "dstaddr": "10.0.0.2",
        "srcport": 50000,
        "dstport": 443,
        "protocol": 6,
        "start_time": datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC),
        "end_time": datetime(2026, 3, 2, 12, 1, 1, tzinfo=UTC),
        "action": "REJECT",
        "log_status": "OK",
        "object_id": known["object_id"],
        "line_number": 2,
        "time_source": "record",
    }
    assert known["log_format"] == HEADER
    assert known["size"] == (logs / "a.log.gz").stat().st_size
    assert known["object_id"] != known["sha256"][:32], "the id is of the identity"


def test_the_same_objects_again_add_nothing(settings, logs) -> None:
    for number in range(3):
        (logs / f"{number}.log").write_text(log(line(number)))
    api.ingest_files([logs], settings)
    before = ledger(settings)
    again = api.ingest_files([logs], settings)
    assert (again.ingested, len(again.already)) == (0, 3)
    assert ledger(settings) == before
    assert api.sql("select count(*) as n from flows", settings).to_pylist() == [{"n": 3}]


def test_the_same_content_under_another_name_is_passed_over(settings, logs) -> None:
    (logs / "a.log").write_text(log(line()))
    (logs / "b.log").write_text(log(line()))
    summary = api.ingest_files([logs], settings)
    assert (summary.ingested, [Path(uri).name for uri in summary.already]) == (1, ["b.log"])


def test_records_that_two_flow_logs_made_alike_are_both_kept(settings, logs) -> None:
    (logs / "vpc.log").write_text(log(line(1)))
    (logs / "subnet.log").write_text(log(line(1), line(2)))
    api.ingest_files([logs], settings)
    held = api.sql("select interface_id, object_id from flows order by all", settings).to_pylist()
    assert [row["interface_id"] for row in held] == ["eni-00000001"] * 2 + ["eni-00000002"]
    assert len({row["object_id"] for row in held}) == 2


def test_bad_objects_are_in_the_ledger_and_the_good_ones_in_the_lake(settings, logs) -> None:
    bad = {
        "cut.gz": gzip.compress(log(line()).encode())[:-9],
        "damaged.gz": b"\x1f\x8b" + b"\xff" * 40,
        "empty": b"",
        "words": b"The quick brown fox\njumps\n",
        "parquet": b"PAR1" + b"\0" * 40,
        "headless": line().encode(),
        "misfit": log("1 2 3", "4 5").encode(),
    }
    for name, content in bad.items():
        (logs / name).write_bytes(content)
    (logs / "good").write_text(log(line()))
    summary = api.ingest_files([logs], settings)
    assert summary.ingested == 1
    assert {Path(uri).name for uri, _ in summary.failed} == set(bad)
    rows = {Path(row["uri"]).name: row for row in ledger(settings)}
    assert rows["good"]["status"] == "ingested"
    for name in bad:
        assert (rows[name]["status"], rows[name]["flows"]) == ("failed", None)
        assert rows[name]["reason"]
    assert api.sql("select count(*) as n from rejected_lines", settings).to_pylist() == [{"n": 0}]


def test_a_failed_object_is_tried_again(settings, logs) -> None:
    (logs / "a.log").write_text("nothing\n")
    assert len(api.ingest_files([logs], settings).failed) == 1
    assert len(api.ingest_files([logs], settings).failed) == 1
    (logs / "a.log").write_text(log(line()))
    assert api.ingest_files([logs], settings).ingested == 1


def large(number: int) -> bytes:
    """Return a log of more than a piece, of one interface."""
    return log(*[line(number)] * (PIECE_BYTES // 80)).encode()


def test_a_large_gzip_that_turns_out_damaged_at_its_end_leaves_nothing_behind(settings, logs):
    spoilt = gzip.compress(large(1), 1)
    (logs / "0.log").write_text(log(line(0)))
    (logs / "1.log.gz").write_bytes(spoilt[:-8] + b"\0" * 8)
    (logs / "2.log.gz").write_bytes(gzip.compress(large(2), 1))
    summary = api.ingest_files([logs], settings)
    ((uri, reason),) = summary.failed
    assert (Path(uri).name, summary.ingested) == ("1.log.gz", 2)
    assert "the gzip is damaged" in reason
    count = "select interface_id, count(*)::int as n from flows group by all order by all"
    there = {row["interface_id"][-1]: row["n"] for row in api.sql(count, settings).to_pylist()}
    assert there == {"0": 1, "2": PIECE_BYTES // 80}
    assert (
        sum(n for _, _, n in summary.statuses()) == summary.counts["flows"] == sum(there.values())
    )
    (logs / "1.log.gz").write_bytes(spoilt)
    assert api.ingest_files([logs], settings).counts["flows"] == PIECE_BYTES // 80
    assert api.lake_verify(settings) == []


def test_a_large_text_is_stopped_where_it_is_too_large(settings, logs):
    (logs / "1.log.gz").write_bytes(gzip.compress(large(1), 1))
    sources, most = [Source("files", str(logs))], len(large(1)) - 1
    ((_, reason),) = api.ingest(sources, settings, Asked(most=most)).failed
    assert reason.startswith(f"unpacks to more than {most:,} bytes")
    assert api.sql("from flows", settings).num_rows == 0
    assert api.ingest(sources, settings, Asked(most=most + 1)).ingested == 1


def test_of_large_objects_that_are_read_whole_one_is_in_memory_at_a_time(
    settings, logs, monkeypatch
):
    message = json.dumps({"message": line(1)})
    for number in range(4):
        told = message.replace("eni-", f"eni-{number}")
        (logs / f"{number}.json").write_text(told * (PIECE_BYTES // len(told) + 1))
    within, most, plainly = set(), [], read.decode

    def watched(contents, *rest):
        within.add(threading.get_ident())
        most.append(len(within))
        plainly(contents, *rest)
        within.discard(threading.get_ident())

    monkeypatch.setattr(read, "decode", watched)
    monkeypatch.setattr(run, "CHUNK_BYTES", 1)
    fields = " ".join(f"${{{name}}}" for name in HEADER.split())
    assert api.ingest_files([logs], settings, log_formats=[fields]).ingested == 4
    assert most == [1] * 4


def test_what_is_no_file_is_passed_over_and_a_broken_link_fails_alone(settings, logs) -> None:
    (logs / "a.log").write_text(log(line()))
    os.mkfifo(logs / "pipe")
    (logs / "link").symlink_to(logs / "a.log")
    (logs / "broken").symlink_to("nowhere")
    summary = api.ingest_files([logs], settings)
    assert (summary.found, summary.ingested, len(summary.already)) == (3, 1, 1)
    ((uri, reason),) = summary.failed
    assert (Path(uri).name, reason) == ("broken", "cannot be read: No such file or directory")


def test_a_file_that_goes_after_the_listing_fails_alone(settings, logs, monkeypatch) -> None:
    (logs / "a.log").write_text(log(line()))
    (logs / "b.log").write_text(log(line(1)))
    size = files._size

    def moved(file: Path) -> int:
        if file.name == "b.log":
            file.unlink(missing_ok=True)
        return size(file)

    monkeypatch.setattr(files, "_size", moved)
    summary = api.ingest_files([logs], settings)
    assert (summary.ingested, len(summary.failed)) == (1, 1)


def test_an_unreadable_file_fails_alone(settings, logs, monkeypatch) -> None:
    (logs / "a.log").write_text(log(line()))
    (logs / "b.log").write_text(log(line(1)))
    plain = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "a.log":
            raise PermissionError(13, "Permission denied")
        return plain(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    summary = api.ingest_files([logs], settings)
    assert summary.ingested == 1
    assert [reason for _, reason in summary.failed] == ["cannot be read: Permission denied"]


def test_lines_are_accounted_for_in_every_row_of_the_ledger(settings, logs) -> None:
    (logs / "a.log").write_text(log(line(), "", "1 2 3", HEADER, line(1), "  "))
    (logs / "b.log").write_text(log(line(2)))
    api.ingest_files([logs], settings)
    rows = ledger(settings)
    parts = ("flows", "rejected", "headers", "blanks", "skipped")
    assert [row["lines"] for row in rows] == [7, 2]
    assert all(row["lines"] == sum(row[part] for part in parts) for row in rows)
    (rejected,) = api.sql("from rejected_lines", settings).to_pylist()
    assert (rejected["line_number"], rejected["text"]) == (4, "1 2 3")


def test_days_and_missing_times_each_have_files_of_their_own(settings, logs) -> None:
    (logs / "a.log").write_text(log(line(0), line(1, day=1)))
    (logs / "b.log").write_text("interface-id action\neni-1 ACCEPT\n")
    api.ingest_files([logs], settings)
    files = open_lake(settings.lake).table("flows").inspect.files()
    assert files.num_rows == 3
    without = api.sql("select count(*) as n from flows where start_time is null", settings)
    assert without.to_pylist() == [{"n": 1}]


def test_a_record_without_start_has_the_time_of_its_objects_name(settings, logs) -> None:
    name = "1_vpcflowlogs_eu-west-1_fl-1_20260302T1455Z_0a1b2c3d.log"
    (logs / name).write_text("interface-id action\neni-1 ACCEPT\n")
    api.ingest_files([logs], settings)
    (row,) = api.sql("select start_time, time_source from flows", settings).to_pylist()
    assert row["start_time"] == datetime(2026, 3, 2, 14, 55, tzinfo=UTC)
    assert row["time_source"] == "object"


def test_vpc_and_transit_gateway_records_of_one_folder_part(settings, logs) -> None:
    (logs / "a.log").write_text(log(line()))
    (logs / "b.log").write_text(
        "tgw-id srcaddr dstaddr packets-lost-no-route start\ntgw-1 10.0.0.1 10.1.0.1 4 1772452800\n"
    )
    api.ingest_files([logs], settings)
    (row,) = api.sql("from transit_gateway_flows", settings).to_pylist()
    assert (row["tgw_id"], row["packets_lost_no_route"]) == ("tgw-1", 4)
    assert api.sql("select count(*) as n from flows", settings).to_pylist() == [{"n": 1}]


def test_many_small_objects_are_one_commit(settings, logs) -> None:
    for number in range(60):
        (logs / f"{number:03}.log").write_text(log(line(number)))
    api.ingest_files([logs], settings)
    assert len(open_lake(settings.lake).table("ledger").snapshots()) == 1


def test_two_runs_at_once_lose_nothing_and_double_nothing(settings, logs, monkeypatch) -> None:
    monkeypatch.setattr(run, "CHUNK_BYTES", 1)
    monkeypatch.setattr(run, "COMMIT_ROWS", 4)
    for number in range(24):
        (logs / f"{number:02}.log").write_text(log(line(number)))
    api.ingest_files([logs / "00.log"], settings)
    both = [threading.Thread(target=api.ingest_files, args=([logs], settings)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    rows = api.sql("select interface_id from flows", settings).to_pylist()
    assert sorted(row["interface_id"] for row in rows) == [f"eni-{n:08x}" for n in range(24)]
    assert sum(row["status"] == "ingested" for row in ledger(settings)) == 24


def test_unknown_fields_are_kept_and_named(settings, logs) -> None:
    (logs / "a.log").write_text(
        "interface-id srcaddr new-field\neni-1 10.0.0.1 x\neni-2 10.0.0.1 -\n"
    )
    assert api.ingest_files([logs], settings).unknown_fields == {"new-field"}
    rows = api.sql("select overflow['new-field'] as held from flows order by line_number", settings)
    assert [row["held"] for row in rows.to_pylist()] == ["x", None]


def test_what_is_missing_in_all_records_takes_no_room_and_reads_as_null(settings, logs) -> None:
    """Also where other files hold it, and where no record has a time."""
    (logs / "a.log").write_text("interface-id srcport start\neni-1 - 1772452800\n")
    (logs / "b.log").write_text("interface-id srcport start\neni-2 7 1772539200\n")
    (logs / "c.log").write_text("interface-id srcport start\neni-3 - -\n")
    api.ingest_files([logs], settings)
    query = "select interface_id, srcport, start_time is null from flows order by interface_id"
    rows = [tuple(row.values()) for row in api.sql(query, settings).to_pylist()]
    assert rows == [("eni-1", None, False), ("eni-2", 7, False), ("eni-3", None, True)]
    flows = open_lake(settings.lake).table("flows")
    files = [task.file.file_path for task in flows.scan().plan_files()]
    held = [set(pl.read_parquet_schema(file)) for file in files]
    assert sorted("srcport" in names for names in held) == [False, False, True]
    assert all("start_time" in names for names in held)
    assert flows.scan().to_arrow()["srcport"].to_pylist().count(None) == 2


def test_thousands_of_empty_objects_are_no_single_chunk(tmp_path) -> None:
    (tmp_path / "empty").touch()
    chunks = list(run._chunks(files.find([tmp_path]) * 10_000))
    assert sum(map(len, chunks)) == 10_000
    assert max(map(len, chunks)) < 5_000
