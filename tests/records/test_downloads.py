"""CSV as the console, CloudWatch Logs Insights and Athena hand it out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import layout
from pipeline.records.content import Content
from pipeline.records.decode import decode

NOW = datetime(2026, 3, 10, tzinfo=UTC)
START = 1772452800
MOMENT = datetime.fromtimestamp(START, UTC)
SHORT = [layout.declared("${interface-id} ${action}")]


def decoded(*lines: str, formats=SHORT, end: str = "\n"):
    """Decode one object and check that its lines are accounted for."""
    result = decode([Content("o", end.join([*lines, ""]).encode())], NOW, formats)
    assert result.kinds == {"o": "csv"}
    for counts in result.counts.values():
        parts = (counts.flows, counts.rejected, counts.headers, counts.blanks, counts.skipped)
        assert counts.lines == sum(parts) == len(lines)
    return result


def told(result, *names: str) -> list[tuple]:
    rows = [row for _, frame in result.frames for row in frame.to_dicts()]
    rows.sort(key=lambda row: row["line_number"])
    return [tuple(row.get(name) for name in names) for row in rows]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_console_writes_time_and_message(end) -> None:
    result = decoded("timestamp,message", f"{START * 1000},eni-1 ACCEPT", end=end)
    assert told(result, "line_number", "interface_id", "start_time", "time_source") == [
        (2, "eni-1", MOMENT, "event")
    ]


def test_insights_writes_its_own_names_and_times() -> None:
    result = decoded("@message,@timestamp", '"eni-1 ACCEPT","2026-03-02 12:00:00.000"')
    assert told(result, "interface_id", "start_time") == [("eni-1", MOMENT)]


def test_a_time_that_a_spreadsheet_rounded_stands_in_for_nothing() -> None:
    result = decoded("timestamp,message", "1.77245E+12,eni-1 ACCEPT")
    assert told(result, "interface_id", "start_time", "time_source") == [("eni-1", None, None)]


def test_messages_have_no_format_of_their_own() -> None:
    assert "--log-format" in decoded("timestamp,message", "1,eni-1 ACCEPT", formats=()).failed["o"]


def test_insights_fields_are_columns() -> None:
    result = decoded(
        "@timestamp,accountId,srcAddr,dstPort,action,startTime",
        f"2026-03-02 12:00:00.000,047615872826,10.0.0.1,443,REJECT,{START}",
    )
    assert told(result, "account_id", "srcaddr", "dstport", "action", "start_time") == [
        ("047615872826", "10.0.0.1", 443, "REJECT", MOMENT)
    ]
    ((overflow,),) = told(result, "overflow")
    assert dict(overflow) == {"timestamp": "2026-03-02 12:00:00.000"}


def test_athenas_columns_are_fields() -> None:
    result = decoded('"interface_id","srcport","action"', '"eni-1","","-"', '"eni-2","x","ACCEPT"')
    assert told(result, "interface_id", "srcport", "action") == [("eni-1", None, None)]
    assert result.rejected.select("line_number", "reason").rows() == [
        (3, "srcport is not a whole number")
    ]


@pytest.mark.parametrize("first", ["interface_id,action", "timestamp,message"])
def test_a_row_that_is_too_long_or_short_is_rejected_and_blank_ones_are_counted(first) -> None:
    result = decoded(first, "1,eni-1 ACCEPT", "a", "", "1,2,3")
    assert len(told(result)) == 1
    assert result.rejected.sort("line_number").select("line_number", "reason", "text").rows() == [
        (3, "has 1 columns where the first line has 2", "a"),
        (5, "has 3 columns where the first line has 2", "1,2,3"),
    ]


@pytest.mark.parametrize("first", ["interface_id,action", "timestamp,message"])
def test_a_download_of_nothing_is_read(first) -> None:
    assert decoded(first).counts["o"].flows == 0


def test_a_download_of_which_no_row_can_be_read_fails() -> None:
    said = decoded("interface_id,action", "a").failed["o"]
    assert said == ("its only line cannot be read: has 1 columns where the first line has 2")


def test_quotes_that_do_not_match_fail_the_object() -> None:
    assert "its CSV is damaged" in decoded("interface_id,action", '"eni-1').failed["o"]


@pytest.mark.parametrize(
    "first", ["interface-id action", "action", "a,b,c", "user,message_text", '"timestamp', ""]
)
def test_what_is_no_download(first) -> None:
    result = decode([Content("o", f"{first}\nx y\n".encode())], NOW, SHORT)
    assert result.kinds == {"o": "text"}


CELLS = st.text(alphabet='ab,"\n \r;-1', max_size=6)


@given(st.sampled_from(["interface_id,action", "timestamp,message"]), st.lists(CELLS, max_size=6))
def test_any_csv_is_accounted_for(first, cells) -> None:
    result = decode([Content("o", "\n".join([first, *cells]).encode())], NOW, SHORT)
    assert set(result.counts) ^ set(result.failed) == {"o"}
    for counts in result.counts.values():
        parts = (counts.flows, counts.rejected, counts.headers, counts.blanks, counts.skipped)
        assert counts.lines == sum(parts)
        assert counts.flows == sum(frame.height for _, frame in result.frames)
        assert counts.rejected == result.rejected.height
