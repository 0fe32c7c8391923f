"""Text to rows: whatever the layout, every line is told for what it is."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.records import fields
from pipeline.records.content import Content
from pipeline.records.decode import decode
from pipeline.records.settle import is_number

NOW = datetime(2026, 3, 10, tzinfo=UTC)
HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status"
)
LINE = "2 047615872826 eni-1 10.0.0.1 10.0.0.2 443 50000 6 10 4000 1772452800 1772452860 ACCEPT OK"


def text(*lines: str, end: str = "\n") -> bytes:
    return end.join([*lines, ""]).encode()


def decoded(data: bytes, time: datetime | None = None):
    """Decode one object and check that its lines are accounted for."""
    result = decode([Content("o", data, time)], NOW)
    for counts in result.counts.values():
        parts = (counts.flows, counts.rejected, counts.headers, counts.blanks, counts.skipped)
        assert counts.lines == sum(parts) == Content("o", data).lines
    assert len(result.counts) + len(result.failed) == 1
    return result


def rows(result) -> list[dict]:
    """Return the rows of all frames, in the order of the lines, missing values left out."""
    found = [
        {"table": table} | {name: value for name, value in row.items() if value is not None}
        for table, frame in result.frames
        for row in frame.to_dicts()
    ]
    return sorted(found, key=lambda row: row["line_number"])


def replaced(**named: str) -> str:
    values = dict(zip(HEADER.split(), LINE.split(), strict=True))
    return " ".join((values | {k.replace("_", "-"): v for k, v in named.items()}).values())


def reasons(result) -> list[str]:
    return result.rejected.sort("line_number")["reason"].to_list()


def test_the_default_format() -> None:
    (row,) = rows(decoded(text(HEADER, LINE)))
    assert row == {
        "table": "flows",
        "version": 2,
        "account_id": "047615872826",
        "interface_id": "eni-1",
        "srcaddr": "10.0.0.1",
        "dstaddr": "10.0.0.2",
        "srcport": 443,
        "dstport": 50000,
        "protocol": 6,
        "packets": 10,
        "bytes": 4000,
        "start_time": datetime(2026, 3, 2, 12, tzinfo=UTC),
        "end_time": datetime(2026, 3, 2, 12, 1, tzinfo=UTC),
        "action": "ACCEPT",
        "log_status": "OK",
        "object_id": "o",
        "line_number": 2,
        "time_source": "record",
    }


VALUES = {
    "srcport": st.integers(0, 65535),
    "dstport": st.integers(0, 65535),
    "protocol": st.integers(0, 255),
    "tcp-flags": st.integers(0, 255),
    "start": st.integers(1_600_000_000, 1_650_000_000),
    "end": st.integers(1_650_000_001, 1_700_000_000),
}
BLANKS = "- \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\0"
PRINTED = st.characters(codec="ascii", exclude_characters=BLANKS, exclude_categories=["Cc"])
WORDS = st.text(PRINTED, min_size=1, max_size=12)


def value_of(field):
    known = VALUES.get(field.name, st.integers(0, 2**31 - 1) if is_number(field) else WORDS)
    return st.none() | known if field.name not in ("start", "end") else known


@st.composite
def logs(draw):
    listed = st.sampled_from([fields.VPC_FIELDS, fields.TRANSIT_GATEWAY_LAYOUT])
    chosen = draw(st.lists(st.sampled_from(draw(listed)), unique_by=lambda f: f.name, min_size=2))
    held = draw(st.lists(st.fixed_dictionaries({f.name: value_of(f) for f in chosen}), max_size=6))
    return chosen, held


@given(logs())
def test_what_was_written_is_read_in_any_layout(log) -> None:
    chosen, held = log
    names = [field.name for field in chosen]
    lines = [" ".join("-" if row[n] is None else str(row[n]) for n in names) for row in held]
    result = decoded(text(" ".join(names), *lines))
    assert result.failed == {}
    back = rows(result)
    assert len(back) == len(held)
    for row, written in zip(back, held, strict=True):
        for field in chosen:
            got = row.get(fields.column(field.name))
            if isinstance(got, datetime):
                got = int(got.timestamp())
            assert got == written[field.name]


NUMBERS = "0 5 +5 -5 05 1e3 1.0 0x10 65535 65536 2147483648 99999999999 99999999999999999999"
TOKENS = st.sampled_from(
    [*NUMBERS.split(), "-", "None", "null", "NaN", "''", '"', "#", "\u00fc", "1772452800"]
) | st.sampled_from(["1772452800000", "ACCEPT", "version", "start", "\x0b", "\x1c"])
SHORT = "srcport start bytes action"


@given(st.lists(st.lists(TOKENS, min_size=3, max_size=5), min_size=1, max_size=5))
def test_the_fast_path_and_the_exact_path_read_alike(lines) -> None:
    plain = [" ".join(line) for line in lines]
    # A blank line at the end sends the same lines down the exact path.
    fast = decoded(text(SHORT, *plain))
    exact = decoded(text(SHORT, *plain, ""))
    assert rows(fast) == rows(exact)
    assert fast.rejected.to_dicts() == exact.rejected.to_dicts()
    assert set(fast.failed) == set(exact.failed)


KNOWN = [HEADER.encode(), LINE.encode(), b"", b" ", b"\xef\xbb\xbf", b"start end", b"1 2"]
PARTS = st.lists(st.binary(max_size=20) | st.sampled_from(KNOWN), max_size=8)


@given(PARTS, st.sampled_from([b"\n", b"\r\n", b"\n\n"]))
@example([HEADER.encode(), b"\x1f\x8b"], b"\n")
def test_every_line_of_any_bytes_is_accounted_for(parts, between) -> None:
    result = decoded(between.join(parts))
    assert {*result.counts, *result.failed} == {"o"}


@pytest.mark.parametrize("magic", [b"\x1f\x8b", b"x^", b"x\x01", b"x\x9c", b"(\xb5/\xfd"])
def test_a_line_that_begins_like_packed_bytes_is_a_line(magic) -> None:
    result = decoded(b"interface-id action\n" + magic + b"eni-1 ACCEPT\neni-2 REJECT\n")
    assert [row["action"] for row in rows(result)] == ["ACCEPT", "REJECT"]


def test_runs_of_blanks_tabs_and_carriage_returns_are_separators() -> None:
    result = decoded(
        text(HEADER.replace(" ", "  "), LINE.replace(" ", " \t "), f" {LINE} ", end="\r\n")
    )
    assert len(rows(result)) == 2
    assert reasons(result) == []


def test_a_byte_order_mark_is_no_part_of_the_header() -> None:
    assert len(rows(decoded(b"\xef\xbb\xbf" + text(HEADER, LINE)))) == 1


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("db%20primary", "db primary"),
        ("caf%C3%A9%2Fa%25", "caf\u00e9/a%"),
        ("plain+1", "plain+1"),
        ("100%", "100%"),
        ("%zz", "%zz"),
        ("%FF", "%FF"),
        ("%00%0A", "\0\n"),
        ("-", None),
    ],
)
# A blank line at the end sends the same lines down the exact path.
@pytest.mark.parametrize("end", [[], [""]])
def test_the_values_of_tags_are_decoded(given, value, end) -> None:
    result = decoded(text("interface-id instance-tag asg-tag-2", f"eni-1 {given} x%20y", *end))
    (row,) = rows(result)
    assert (row.get("instance_tag"), row["asg_tag_2"]) == (value, "x y")


def test_what_is_no_tag_is_not_decoded() -> None:
    (row,) = rows(decoded(text("interface-id ecs-service-name", "eni-1 a%20b")))
    assert row["ecs_service_name"] == "a%20b"


def test_a_last_line_without_newline_counts() -> None:
    assert len(rows(decoded(text(HEADER, LINE, LINE).removesuffix(b"\n")))) == 2


def test_headers_may_come_again_and_change() -> None:
    result = decoded(text(HEADER, LINE, HEADER, LINE, "interface-id start", "eni-9 1772452800"))
    assert [row["line_number"] for row in rows(result)] == [2, 4, 6]
    assert rows(result)[2]["interface_id"] == "eni-9"
    assert result.counts["o"].headers == 3
    assert result.layouts["o"] == f"{HEADER}\ninterface-id start"


def test_lines_above_the_first_header_are_rejected() -> None:
    result = decoded(text(LINE, HEADER, LINE))
    assert reasons(result) == ["no header line above it"]
    assert len(rows(result)) == 1


def test_nodata_and_skipdata_have_nothing_in_the_flow_columns() -> None:
    quiet = "2 047615872826 eni-1 - - - - - - - 1772452800 1772452860 - NODATA"
    (row,) = rows(decoded(text(HEADER, quiet)))
    assert set(row) == {
        "table",
        "version",
        "account_id",
        "interface_id",
        "start_time",
        "end_time",
        "log_status",
        "object_id",
        "line_number",
        "time_source",
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"{LINE} x", "has 15 fields where its format has 14"),
        (LINE.rpartition(" ")[0], "has 13 fields where its format has 14"),
        (replaced(srcport="65536"), "srcport is not between 0 and 65535"),
        (replaced(srcport="-1"), "srcport is not between 0 and 65535"),
        (replaced(protocol="256"), "protocol is not between 0 and 255"),
        (replaced(bytes="-4"), "bytes is not between 0 and 9223372036854775807"),
        (replaced(bytes="9223372036854775808"), "bytes is not a whole number"),
        (replaced(dstport="https"), "dstport is not a whole number"),
        (replaced(start="1262303999"), "start is impossible: before 2010"),
        (replaced(end="1773273601"), "end is impossible: more than a day ahead"),
        (replaced(start="999999999"), "start is impossible: before 2010"),
        (replaced(end="1772452799"), "ends before it starts"),
    ],
)
def test_a_line_that_does_not_fit_is_kept_with_its_reason(line, reason) -> None:
    result = decoded(text(HEADER, LINE, line))
    assert result.rejected.to_dicts() == [
        {"object_id": "o", "line_number": 3, "reason": reason, "text": line, "event_id": None}
    ]
    assert len(rows(result)) == 1


def test_the_bounds_of_times_are_possible() -> None:
    earliest, latest = "1262304000", "1773187200"
    lines = [replaced(start=earliest, end=earliest), replaced(start=latest, end=latest)]
    assert len(rows(decoded(text(HEADER, *lines)))) == 2


def test_milliseconds_are_recognised() -> None:
    (row,) = rows(decoded(text(HEADER, replaced(start="1772452800123", end="1772452860456"))))
    assert row["start_time"] == datetime(2026, 3, 2, 12, 0, 0, 123000, tzinfo=UTC)
    assert row["end_time"] == datetime(2026, 3, 2, 12, 1, 0, 456000, tzinfo=UTC)


def test_unknown_values_of_open_sets_are_kept_as_they_stand() -> None:
    odd = replaced(action="DROP", log_status="NEW", account_id="unknown", srcaddr="not-an-ip")
    (row,) = rows(decoded(text(HEADER, odd)))
    assert (row["action"], row["log_status"], row["account_id"]) == ("DROP", "NEW", "unknown")


def test_ipv6_is_kept_as_it_stands() -> None:
    (row,) = rows(decoded(text(HEADER, replaced(srcaddr="2001:db8::1"))))
    assert row["srcaddr"] == "2001:db8::1"


def test_every_protocol_is_kept() -> None:
    lines = [replaced(protocol=str(number)) for number in range(256)]
    assert [row["protocol"] for row in rows(decoded(text(HEADER, *lines)))] == [*range(256)]


@pytest.mark.parametrize(
    ("name", "value"), [("type", "EFA"), ("type", "IPv6"), ("account-id", "47615872826")]
)
# A blank line at the end sends the same lines down the exact path.
@pytest.mark.parametrize("end", [[], [""]])
def test_a_text_is_kept_to_the_letter(name, value, end) -> None:
    (row,) = rows(decoded(text(f"{name} start", f"{value} 1772452800", *end)))
    assert row[name.replace("-", "_")] == value


def test_a_records_own_time_stands_over_that_of_its_object() -> None:
    # AWS puts late records into a later file: one of 19:55 has held what ended at 18:55.
    named = datetime(2026, 3, 3, 0, 5, tzinfo=UTC)
    (row,) = rows(decoded(text(HEADER, LINE), named))
    assert (row["start_time"], row["time_source"]) == (
        datetime(2026, 3, 2, 12, tzinfo=UTC),
        "record",
    )


def test_windows_may_overlap_and_records_repeat() -> None:
    lines = [LINE, replaced(start="1772452830", end="1772452890"), LINE]
    assert [row["line_number"] for row in rows(decoded(text(HEADER, *lines)))] == [2, 3, 4]


def test_unknown_fields_go_to_overflow() -> None:
    result = decoded(text(f"{HEADER} next-big-thing color", f"{LINE} 7 -", f"{LINE} - red"))
    assert result.unknown_fields == {"next-big-thing", "color"}
    assert [dict(row["overflow"]) for row in rows(result)] == [
        {"next-big-thing": "7"},
        {"color": "red"},
    ]


def test_without_start_the_time_of_the_object_stands_in() -> None:
    named = datetime(2026, 3, 2, 15, tzinfo=UTC)
    (row,) = rows(decoded(text("interface-id end", "eni-1 1772452860"), named))
    assert (row["start_time"], row["time_source"]) == (named, "object")
    (row,) = rows(decoded(text("interface-id end", "eni-1 1772452860")))
    assert "start_time" not in row
    assert "time_source" not in row


def test_transit_gateway_records_have_a_table_of_their_own() -> None:
    layout = " ".join(field.name for field in fields.TRANSIT_GATEWAY_LAYOUT)
    values = {"version": "6", "tgw-id": "tgw-1", "packets-lost-blackhole": "3"}
    line = " ".join(values.get(name, "-") for name in layout.split())
    (row,) = rows(decoded(text(layout, line)))
    assert (row["table"], row["tgw_id"], row["packets_lost_blackhole"]) == (
        "transit_gateway_flows",
        "tgw-1",
        3,
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"PAR1\0\0", "the Parquet is damaged"),
        (b"\x7fELF\0\0\0", "is binary"),
        (b"hello world\n", "no header line names its fields"),
        (LINE.encode(), "no header line names its fields"),
        (text(HEADER, "1 2", "3 4", "1 2 3"), "none of its 3 lines can be read: most often, has 2"),
    ],
)
def test_an_object_of_which_nothing_can_be_read_fails(data, said) -> None:
    result = decoded(data)
    assert said in result.failed["o"]
    assert result.frames == []
    assert result.rejected.height == 0


def test_a_header_alone_is_an_object_without_flows() -> None:
    assert decoded(text(HEADER)).counts["o"].flows == 0


def test_one_bad_object_leaves_the_others_of_its_batch_alone() -> None:
    good = [Content(f"good-{number}", text(HEADER, LINE), None) for number in range(9)]
    bad = [
        Content("range", text(HEADER, LINE, replaced(srcport="70000"))),
        Content("short", text(HEADER, LINE, "2 3")),
        Content("word", text(HEADER, replaced(srcport="x"), LINE)),
        Content("latin", text(HEADER, LINE) + replaced(action="\xe9").encode("latin-1")),
    ]
    result = decode([*good[:5], *bad, *good[5:]], NOW)
    counts = {name: (count.flows, count.rejected) for name, count in result.counts.items()}
    assert counts == {f"good-{number}": (1, 0) for number in range(9)} | {
        "range": (1, 1),
        "short": (1, 1),
        "word": (1, 1),
        "latin": (2, 0),
    }
    read = pl.concat([frame for _, frame in result.frames], how="diagonal")
    assert read.group_by("object_id").len().height == 13
    assert read.height == 14
