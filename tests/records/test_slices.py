"""A large object of any kind reads the same in slices as whole, wherever it is cut."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from samples import layouts_used

from pipeline.records import columns, slices
from pipeline.records.content import Content
from pipeline.records.decode import decode
from pipeline.records.formats import FlowLog
from pipeline.records.layout import declared

NOW = datetime(2026, 3, 10, tzinfo=UTC)
START = 1772452800
STAMP = "2026-03-02T12:00:00.000Z"
LAYOUTS = ["${interface-id} ${start}", "${interface-id} ${action}", "${tgw-id} ${bytes} ${action}"]
FORMATS = st.lists(st.sampled_from(LAYOUTS), max_size=2, unique=True)
SIZES = st.integers(1, 400)
LINES = [
    f"eni-1 {START}",
    "eni-2 ACCEPT",
    "tgw-1 5 REJECT",
    "eni-3 99999999999999",
    "interface-id start",
    "interface-id action",
    "\ufeffeni-4 ACCEPT",
    "one",
    "",
    " \t",
    "eni-5  \u00fc",
]
LEARNT = [
    FlowLog("fl-1", "047615872826", "eu-west-1", declared(LAYOUTS[0]), log_group="one"),
    FlowLog("fl-2", "047615872826", "eu-west-1", declared(LAYOUTS[1]), log_group="two"),
    FlowLog(
        "fl-3",
        "047615872826",
        "eu-west-1",
        declared(LAYOUTS[2]),
        log_group="one",
        created=datetime.fromtimestamp(START, UTC) + timedelta(hours=1),
    ),
]
TIMES = st.sampled_from([START, START + 7200, START - 90 * 86400, 0, 2**50])


def values(result) -> list[dict]:
    rows = [
        {"table": table} | {name: value for name, value in row.items() if value is not None}
        for table, frame in result.frames
        for row in frame.to_dicts()
    ]
    return sorted(rows, key=lambda row: row["line_number"])


def assert_same_in_slices(data: bytes, size: int, formats: list[str], kind: str, **given) -> None:
    """Decode an object whole and in slices of about so many bytes; both are to be the same."""
    content = Content("o", data, NOW, **given)
    layouts = [declared(one) for one in formats]
    whole = decode([content], NOW, layouts, LEARNT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE_BYTES", size)
        patch.setattr(slices, "_LEAST_BYTES", size // 8)
        patch.setattr(columns, "_SLICE_ROWS", size)
        sliced = decode([content], NOW, layouts, LEARNT)
    assert whole.kinds == sliced.kinds == {"o": kind}
    assert values(sliced) == values(whole)
    order = ("line_number", "text")
    assert sliced.rejected.sort(order).to_dicts() == whole.rejected.sort(order).to_dicts()
    for name in ("counts", "failed", "unknown_fields"):
        assert getattr(sliced, name) == getattr(whole, name)
    assert layouts_used(sliced) == layouts_used(whole)
    for counts in sliced.counts.values():
        parts = (counts.flows, counts.rejected, counts.headers, counts.blanks, counts.skipped)
        assert counts.lines == sum(parts)
        assert (counts.flows, counts.rejected) == (len(values(sliced)), sliced.rejected.height)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([STAMP, STAMP.replace("03-02", "99-02"), ""]), st.sampled_from(LINES)
        ),
        max_size=14,
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    SIZES,
    FORMATS,
    st.sampled_from(["one", "two", "three"]),
)
def test_an_export_reads_the_same_in_slices_as_whole(
    lines, end, ended, size, formats, group
) -> None:
    told = [f"{STAMP} {LINES[0]}", *(f"{stamp} {line}" if stamp else line for stamp, line in lines)]
    data = (end.join(told) + end * ended).encode()
    groups = frozenset({(None, None, group)})
    assert_same_in_slices(data, size, formats, "export", log_groups=groups)


MESSAGES = st.sampled_from([*LINES, 'a }{ "b', "},{", "}, {", "\\", "x\ny", "\u2028}\n{"])
EVENTS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["", "1", "2"]),
        "timestamp": TIMES.map(lambda t: t * 1000),
        "message": MESSAGES,
    }
)
DOCUMENTS = st.one_of(
    st.builds(
        lambda kind, group, listed: {"messageType": kind, "logGroup": group, "logEvents": listed},
        st.sampled_from(["DATA_MESSAGE", "DATA_MESSAGE", "CONTROL_MESSAGE"]),
        st.sampled_from(["one", "two", None]),
        st.lists(EVENTS, max_size=4),
    ),
    st.fixed_dictionaries({"message": MESSAGES}),
    st.dictionaries(
        st.sampled_from(["message", "logEvents", "messageType"]), st.none() | st.integers()
    ),
)
TORN = st.sampled_from(["", "", "", "}", '{"message": "eni-9 ', "[1] 12", "{}{"])


@given(st.lists(DOCUMENTS, min_size=1, max_size=8), st.data(), SIZES, FORMATS, TORN)
def test_documents_read_the_same_in_slices_as_whole(documents, data, size, formats, torn) -> None:
    between = st.sampled_from(["", "\n", " \r\n ", " "])
    ascii_only = data.draw(st.booleans())
    told = "".join(
        json.dumps(one, ensure_ascii=ascii_only) + data.draw(between) for one in documents
    )
    assert_same_in_slices((told + torn).encode(), size, formats, "envelope")


ANSWERED = st.fixed_dictionaries(
    {"timestamp": TIMES.map(lambda t: t * 1000), "message": MESSAGES},
    optional={"eventId": st.sampled_from(["1", "2"]), "logStreamName": MESSAGES},
)


@given(
    st.lists(ANSWERED | st.just({"eventId": "7"}), max_size=8),
    st.sampled_from([{}, {"searchedLogStreams": []}, {"logGroup": "two"}, {"message": "eni-1 x"}]),
    st.sampled_from([None, 4]),
    SIZES,
    FORMATS,
    st.sampled_from(["", "\n", "{}", ","]),
)
def test_an_answer_reads_the_same_in_slices_as_whole(
    events, rest, indent, size, formats, behind
) -> None:
    data = json.dumps({"events": events, **rest}, indent=indent) + behind
    assert_same_in_slices(data.encode(), size, formats, "envelope")


def test_an_object_of_other_json_fails_in_slices_as_whole() -> None:
    data = json.dumps({"message": "eni-1 ACCEPT"}) * 9 + "{}" * 10_001
    assert_same_in_slices(data.encode(), 10_000, LAYOUTS[:1], "envelope")


CELLS = st.sampled_from([*LINES, "a,b", 'say "x"', '"', "x\ny", "x\r\ny", "", "-", str(START)])
HEADERS = [["timestamp", "message"], ["@message", "@timestamp"], ["interface_id", "start", "new"]]


@st.composite
def downloads(draw) -> str:
    sink = io.StringIO()
    options = {
        "quoting": draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n"])),
    }
    first = draw(st.sampled_from(HEADERS))
    widths = st.sampled_from([len(first)] * 4 + [1, 5])
    rows = draw(st.lists(widths.flatmap(lambda n: st.lists(CELLS, min_size=n, max_size=n))))
    csv.writer(sink, **options).writerows([first, *rows])
    told = sink.getvalue()
    if draw(st.booleans()):
        odd = st.sampled_from(['"', "\r", "\n", 'x"', "\ufffd"])
        place = draw(st.integers(len(",".join(first)) + 8, max(len(told), 40)))
        told = told[:place] + draw(odd) + told[place:]
    return told


# A cell alone in quotes: what is left of its piece is one run of bytes, not from its beginning.
@example('"timestamp","message"\n"eni-1 1772452800",""\n', 1, [], False)
@given(downloads(), SIZES, FORMATS, st.booleans())
def test_a_download_reads_the_same_in_slices_as_whole(told, size, formats, marked) -> None:
    data = told.encode("utf-8-sig" if marked else "utf-8").replace("\ufffd".encode(), b"\xff")
    assert_same_in_slices(data, size, formats, "csv", log_groups=frozenset({(None, None, "two")}))


def an_answer(**also) -> bytes:
    listed = [{"eventId": f"{n}", "timestamp": 0, "message": LINES[0]} for n in range(20)]
    return json.dumps({"events": listed, **also}, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "data",
    [
        an_answer(other=[{"eventId": "x", "timestamp": 0, "message": LINES[0]}] * 3),
        an_answer(messageType="CONTROL_MESSAGE"),
        an_answer(nextToken="t", searchedLogStreams=[{"logStreamName": "s"}] * 3),
        b" " * 500 + b'{"events":[',
        b'{"message":"eni-1 1772452800"}' * 60 + rb'{"message":"eni-\ud83d 1772452800"}',
        an_answer().replace(b"eni-1", rb"eni-\ud83d", 1),
    ],
    ids=["another list", "control", "tail", "cut", "half a character", "half in an answer"],
)
@pytest.mark.parametrize("size", [300, 700, 1500])
def test_an_odd_document_reads_the_same_in_slices_as_whole(data, size) -> None:
    assert_same_in_slices(data, size, LAYOUTS[:1], "envelope")


def test_half_a_character_is_a_question_mark() -> None:
    data = rb'{"message":"eni-\ud83d 1772452800"}'
    (row,) = values(decode([Content("o", data, NOW)], NOW, [declared(LAYOUTS[0])]))
    assert row["interface_id"] == "eni-?"


@pytest.mark.parametrize("depth", [500, *range(940, 1000), 100_000])
def test_json_of_any_depth_fails_by_itself(depth) -> None:
    data = b'{"x":' + b"[" * depth + b"]" * depth + b"}"
    assert set(decode([Content("o", data, NOW)], NOW).failed) == {"o"}
