"""Text made to trip the reader: however it is read, it reads the same, and nothing goes missing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import layouts_used

from pipeline.records import exact, slices, strict
from pipeline.records.content import Content
from pipeline.records.decode import decode
from pipeline.records.layout import declared, header

NOW = datetime(2026, 3, 10, tzinfo=UTC)
START = "1772452800"
ODD_BLANKS = ["\x0b", "\x0c", "\x85", "\xa0", "\u2028", "\u3000"]


def values(frames) -> list[dict]:
    """Return all rows by line, without what is missing."""
    found = [
        {"table": table} | {name: value for name, value in row.items() if value is not None}
        for table, frame in frames
        for row in frame.to_dicts()
    ]
    return sorted(found, key=lambda row: (row["object_id"], row["line_number"]))


def outcome(data: str, time: datetime | None = None) -> tuple:
    """Return what one object becomes: its rows, its rejected lines, why it failed."""
    result = decode([Content("o", data.encode(), time)], NOW)
    return values(result.frames), result.rejected.to_dicts(), sorted(result.failed)


def both_paths(names: str, lines: list[str]) -> tuple[tuple, tuple]:
    """Return what the same text becomes strictly and exactly."""
    data = "\n".join([names, *lines, ""])
    # A blank line at the end sends the same lines down the exact path.
    return outcome(data), outcome(data + "\n")


NUMBERS = "0 -0 5 +5 -5 05 1e3 1.0 .5 5. 0x10 1_0 65536 2147483648 99999999999 9223372036854775808"
WORDS = ["-", "None", "null", "NaN", "''", '"', '"a', "#", "\\N", "\u00fc", "\u0665", "a,b", "--"]
TOKENS = st.sampled_from([*NUMBERS.split(), *WORDS, START, f"{START}000", "9" * 400, "ACCEPT"])
BETWEEN = st.sampled_from([" ", " ", " ", "  ", "\t"])
NAMES = st.sampled_from(["action", "srcport action", "action bytes", "version start interface-id"])


@st.composite
def lines_of(draw, tokens):
    names = draw(NAMES)
    width = len(names.split())
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        count = max(width + draw(st.sampled_from([0, 0, 0, 0, -1, 1])), 0)
        words = draw(st.lists(tokens, min_size=count, max_size=count))
        ends = draw(st.sampled_from(["", "", "", " "])), draw(st.sampled_from(["", "", "", " "]))
        lines.append(ends[0] + draw(BETWEEN).join(words) + ends[1])
    return names, lines


@given(lines_of(TOKENS))
def test_every_token_and_every_width_reads_alike_on_both_paths(made) -> None:
    fast, slow = both_paths(*made)
    assert fast == slow


@given(lines_of(TOKENS))
def test_what_the_strict_reader_is_sure_of_the_exact_reader_reads_the_same(made) -> None:
    names, lines = made
    text = Content("o", "\n".join([names, *lines, ""]).encode())
    layout = header(names)
    sure, doubtful = strict.read([text], layout, True, NOW)
    if doubtful:
        assert all(frame.is_empty() for frame in sure)
        return
    slow, left = exact.read(text, [], NOW)
    assert left["reason"].to_list() == ["header"]
    assert values([(layout.table, frame) for frame in sure]) == values(
        [(told.table, frame) for told, frame in slow]
    )


@pytest.mark.parametrize("blank", ODD_BLANKS, ids=ascii)
def test_a_blank_that_is_not_ascii_reads_alike_on_both_paths(blank) -> None:
    lines = [f"eni{blank}1 ACCEPT", f"eni-2 REJECT{blank}"]
    fast, slow = both_paths("interface-id action", lines)
    assert fast == slow


POOL = [
    b"",
    b"\xef\xbb\xbfinterface-id start\neni-1 1772452800\n",
    b"interface-id start\neni-2 1772452800",
    b"interface-id start\r\neni-3 1772452800\r\n",
    b"interface-id start\neni-4 soon\neni-4 1772452800\n",
    b"interface-id start\neni-5\n",
    b"interface-id start\n",
    b"interface-id start\neni-\xff 1772452800\n",
    b"interface-id start\neni-7 1 2\n\neni-7 -\n",
    b"tgw-id start\ntgw-1 1772452800\n",
    b"\x1f\x8b\0\0",
]


@given(st.lists(st.sampled_from(POOL), min_size=2, max_size=7))
def test_an_object_reads_the_same_in_company_and_alone(pool) -> None:
    texts = [Content(f"o{number}", data) for number, data in enumerate(pool)]
    together = decode(texts, NOW)
    apart = [decode([text], NOW) for text in texts]
    assert values(together.frames) == [row for one in apart for row in values(one.frames)]
    rejected = [row for one in apart for row in one.rejected.to_dicts()]
    assert together.rejected.sort("object_id", "line_number").to_dicts() == rejected
    for name in ("counts", "failed", "layouts"):
        assert getattr(together, name) == {
            key: value for one in apart for key, value in getattr(one, name).items()
        }


PIECES = ["interface-id start", "eni-1 1772452800", "action", "\ufeff", "\r", "\0", "\u2028", " "]
MIXES = st.lists(st.sampled_from(PIECES) | st.text(max_size=6) | st.just("\n"), max_size=12)


@given(MIXES, st.booleans())
def test_every_line_of_any_text_is_accounted_for(pieces, headed) -> None:
    data = ("interface-id start\neni-1 1772452800\n" * headed + "".join(pieces)).encode("utf-8")
    result = decode([Content("o", data)], NOW)
    assert set(result.counts) ^ set(result.failed) == {"o"}
    if result.failed:
        assert result.frames == [] and result.rejected.height == 0
        return
    counts = result.counts["o"]
    parts = (counts.flows, counts.rejected, counts.headers, counts.blanks, counts.skipped)
    assert counts.lines == sum(parts) == Content("o", data).lines
    assert sum(frame.height for _, frame in result.frames) == counts.flows
    assert result.rejected.height == counts.rejected


LINES = [
    "interface-id start",
    " interface-id  start\r",
    "\ufeffinterface-id action",
    "tgw-id bytes new-one",
    "eni-1 1772452800",
    "eni-2 ACCEPT",
    "tgw-1 5 x",
    "eni-3 99999999999999",
    "one",
    "",
    " \t",
    "\ufeffeni-4 1772452800",
    "x^ 1772452800",
]


@given(
    st.lists(st.sampled_from(LINES), max_size=14),
    st.sampled_from(["", "\n"]),
    st.integers(1, 90),
    st.sampled_from([(), ("${interface-id} ${start}",), ("${start}", "${tgw-id} ${bytes}")]),
)
def test_a_text_reads_the_same_in_slices_as_whole(lines, end, size, formats) -> None:
    text = Content("o", ("\n".join(lines) + end).encode(), NOW)
    layouts = [declared(one) for one in formats]
    whole = decode([text], NOW, layouts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE_BYTES", size)
        sliced = decode([text], NOW, layouts)
    pieces = [text.data[at : at + size] for at in range(0, len(text.data), size)]
    text = replace(text, data=b"".join(pieces[:1]), more=iter([*pieces[1:], b""]))
    piecemeal = decode([text], NOW, layouts) if text.data else whole
    for read in (sliced, piecemeal):
        assert values(read.frames) == values(whole.frames)
        assert read.rejected.to_dicts() == whole.rejected.to_dicts()
        for name in ("counts", "failed", "unknown_fields"):
            assert getattr(read, name) == getattr(whole, name)
        assert layouts_used(read) == layouts_used(whole)


def test_a_text_that_turns_out_damaged_leaves_nothing_behind() -> None:
    def pieces() -> Iterator[bytes]:
        yield f"\neni-2 {START}\n".encode()
        raise ValueError("the gzip is damaged")

    good = Content("good", f"interface-id start\neni-9 {START}\n".encode())
    bad = Content("bad", f"interface-id start\neni-1 {START}\neni-".encode(), more=pieces())
    read = decode([bad, good], NOW)
    assert [row["object_id"] for row in values(read.frames)] == ["good"]
    assert (read.failed, read.withdrawn) == ({"bad": "the gzip is damaged"}, {"bad"})
    assert set(read.counts) == {"good"}
    assert read.rejected.is_empty()


@pytest.mark.parametrize("wrapped", ["-18446742301256752", "-9223372036854775808", "-1", "0"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_no_negative_time_is_possible(wrapped, end) -> None:
    rows, rejected, _ = outcome(f"interface-id start\neni-1 {START}\neni-2 {wrapped}\n{end}")
    assert [row["interface_id"] for row in rows] == ["eni-1"]
    assert [line["reason"] for line in rejected] == ["start is impossible: before 2010"]


@pytest.mark.parametrize("end", ["", "\n"])
def test_no_time_is_beyond_what_can_be_told(end) -> None:
    lines = "\n".join(f"eni-2 {time}" for time in ("99999999999", "9223372036854775807"))
    rows, rejected, _ = outcome(f"interface-id start\neni-1 {START}\n{lines}\n{end}")
    assert len(rows) == 1
    assert {line["reason"] for line in rejected} == {"start is impossible: more than a day ahead"}


@pytest.mark.parametrize("year", [1999, 2099])
def test_an_impossible_time_in_an_objects_name_stands_in_for_nothing(year) -> None:
    rows, _, _ = outcome("interface-id\neni-1\n", datetime(year, 1, 1, tzinfo=UTC))
    assert all("start_time" not in row for row in rows)


def test_a_day_ahead_of_the_clock_is_still_possible() -> None:
    latest = int((NOW + timedelta(days=1)).timestamp())
    rows, rejected, _ = outcome(f"start\n{latest}\n{latest + 1}\n")
    assert (len(rows), len(rejected)) == (1, 1)


@pytest.mark.parametrize("formats", [(), ("${interface-id} ${action}",)])
def test_a_text_of_nothing_but_marks_of_its_beginning_is_empty(formats) -> None:
    data = "\ufeff\n\ufeff\n".encode()
    result = decode([Content("o", data)], NOW, [declared(one) for one in formats])
    assert result.failed == {"o": "is empty"}


def test_one_nul_spoils_one_line_at_most() -> None:
    rows, _, failed = outcome("interface-id action\neni-1 ACCEPT\neni-\0 REJECT\neni-3 ACCEPT\n")
    assert failed == []
    assert {"eni-1", "eni-3"} <= {row["interface_id"] for row in rows}


def test_a_lone_carriage_return_ends_no_line() -> None:
    rows, rejected, _ = outcome("interface-id action\neni-1\rACCEPT\neni-2 REJECT\n")
    assert [row["line_number"] for row in rows] == [2, 3]
    assert rejected == []


def test_a_rejected_line_is_kept_as_it_stands() -> None:
    odd = '  eni-2\t"x"  1 \u00fc \r'
    _, rejected, _ = outcome(f"interface-id start\neni-1 {START}\n{odd}\n")
    assert [(line["line_number"], line["text"]) for line in rejected] == [(3, odd)]


def test_a_very_long_line_is_one_line() -> None:
    long = "x" * 1_000_000
    rows, rejected, _ = outcome(f"interface-id action\n{long} ACCEPT\n{long} A B\neni-3 ACCEPT\n")
    assert [row["line_number"] for row in rows] == [2, 4]
    assert rows[0]["interface_id"] == long
    assert [line["text"] for line in rejected] == [f"{long} A B"]


def numbered(first: str, odd: str) -> tuple:
    """Read a text long enough to be counted in columns, with one odd line in its middle."""
    lines = [f"eni-{number} {number % 60000} -" for number in range(6000)]
    lines[3000] = odd
    return outcome("\n".join([f"{first}interface-id srcport dstport", *lines, ""]))


@pytest.mark.parametrize("first", ["", "\ufeff"])
@pytest.mark.parametrize(
    "odd", ["eni-x  7", "eni-x 7  ", "eni-x  7 -", " eni-x 7 -", "eni-x\t7 -", "eni-x 7 -\r"]
)
def test_blanks_beside_missing_numbers_are_seen_in_a_long_text(first, odd) -> None:
    rows, rejected, _ = numbered(first, odd)
    fits = len(odd.split()) == 3
    assert (len(rows), len(rejected)) == (5999 + fits, 1 - fits)
    assert ({"interface_id": "eni-x", "srcport": 7}.items() <= rows[3000].items()) is fits


def test_blank_lines_are_counted_in_a_long_text() -> None:
    rows, rejected, _ = numbered("", "")
    assert (len(rows), rejected) == (5999, [])
    assert rows[-1]["line_number"] == 6001
