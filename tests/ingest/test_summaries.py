"""What a run says of the records it read: statuses, gaps, SKIPDATA and formats."""

from datetime import UTC, datetime

import pytest

from pipeline import api
from pipeline.config import Settings

HEADER = "interface-id start end action log-status"
NOON = 1772452800  # 2026-03-02T12:00Z


def line(interface, hour, action="ACCEPT", status="OK"):
    start = NOON + hour * 3600
    return f"{interface} {start} {start + 60} {action} {status}"


def at(hour):
    return datetime(2026, 3, 2, 12 + hour, tzinfo=UTC)


@pytest.fixture
def ingest(tmp_path):
    def read(**logs):
        for name, lines in logs.items():
            (tmp_path / f"{name}.log").write_text("\n".join([*lines, ""]))
        return api.ingest_files([*tmp_path.glob("*.log")], Settings(tmp_path / "lake"))

    return read


def test_records_are_counted_by_status_and_action(ingest) -> None:
    summary = ingest(
        a=[HEADER, line("e", 0), line("e", 0), line("e", 0, "REJECT")],
        b=[HEADER, line("e", 0), line("e", 0, "-", "NODATA")],
        gateway=["tgw-id srcaddr start end log-status", f"tgw-1 10.0.0.1 {NOON} {NOON} OK"],
    )
    assert sorted(summary.statuses(), key=str) == [
        ("NODATA", None, 1),
        ("OK", "ACCEPT", 3),
        ("OK", "REJECT", 1),
        ("OK", None, 1),
    ]


def test_hours_without_a_record_between_others_are_gaps_of_their_interface(ingest) -> None:
    summary = ingest(
        a=[HEADER, line("e1", 0), line("e1", 1), line("e1", 4), line("e2", 0), line("e3", 5)],
        b=[HEADER, line("e1", 5), line("e1", 7, "-", "NODATA")],
    )
    assert summary.gaps == [("e1", at(2), at(4)), ("e1", at(6), at(7))]


def test_skipdata_is_told_by_interface_and_hour(ingest) -> None:
    summary = ingest(
        a=[
            HEADER,
            line("e1", 0, "-", "SKIPDATA"),
            line("e1", 0, "-", "SKIPDATA"),
            line("e1", 1),
            line("e2", 1, "-", "SKIPDATA"),
        ]
    )
    assert summary.skipped() == [("e1", at(0), 2), ("e2", at(1), 1)]


def test_formats_met_are_counted_by_object(ingest) -> None:
    short = "interface-id action"
    summary = ingest(a=[HEADER, line("e", 0)], b=[HEADER, line("e", 1)], c=[short, "e ACCEPT"])
    assert summary.formats == {HEADER: 2, short: 1}


def test_records_without_a_time_or_an_interface_make_no_gap(ingest) -> None:
    summary = ingest(
        a=["srcaddr start", f"10.0.0.1 {NOON}", f"10.0.0.1 {NOON + 9000}"],
        b=["interface-id action", "e ACCEPT"],
    )
    assert summary.gaps == []
    assert summary.counts["flows"] == 3
