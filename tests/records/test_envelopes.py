"""Records inside JSON and export lines come out as if they had come by themselves."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import documents as in_json
from pipeline.records import layout
from pipeline.records.content import Content
from pipeline.records.decode import decode

NOW = datetime(2026, 3, 10, tzinfo=UTC)
START = 1772452800
MOMENT = datetime.fromtimestamp(START, UTC)
SHORT = [layout.declared("${interface-id} ${action}")]


def record(number: int, action: str = "ACCEPT") -> str:
    return f"eni-{number} {action}"


def event(number: int, **changed) -> dict:
    return {"id": f"{number:056d}", "timestamp": START * 1000, "message": record(number)} | changed


def envelope(*events: dict, kind: str = "DATA_MESSAGE") -> dict:
    return {
        "messageType": kind,
        "owner": "047615872826",
        "logGroup": "flow-logs",
        "logStream": "eni-1-all",
        "subscriptionFilters": ["all"],
        "logEvents": list(events),
    }


CONTROL = envelope(
    {"id": "", "timestamp": START, "message": "CWL CONTROL MESSAGE: Checking health."},
    kind="CONTROL_MESSAGE",
)


def decoded(data: bytes | str, formats=SHORT):
    """Decode one object and check that its lines are accounted for."""
    stored = data.encode() if isinstance(data, str) else data
    result = decode([Content("o", stored)], NOW, formats)
    assert set(result.counts) ^ set(result.failed) == {"o"}
    for counts in result.counts.values():
        parts = (counts.flows, counts.rejected, counts.headers, counts.blanks, counts.skipped)
        assert counts.lines == sum(parts)
        assert counts.flows == sum(frame.height for _, frame in result.frames)
    return result


def told(result, *names: str) -> list[tuple]:
    rows = [row for _, frame in result.frames for row in frame.to_dicts()]
    rows.sort(key=lambda row: row["line_number"])
    return [tuple(row.get(name) for name in names) for row in rows]


@pytest.mark.parametrize("between", ["", "\n", " \r\n "])
def test_envelopes_follow_each_other_with_or_without_a_newline(between) -> None:
    documents = [envelope(event(1), event(2)), CONTROL, envelope(event(3))]
    result = decoded(between.join(map(json.dumps, documents)))
    assert told(result, "line_number", "interface_id", "event_id") == [
        (1, "eni-1", f"{1:056d}"),
        (2, "eni-2", f"{2:056d}"),
        (4, "eni-3", f"{3:056d}"),
    ]
    assert (result.counts["o"].lines, result.counts["o"].skipped) == (4, 1)
    assert result.kinds["o"] == "envelope"


def test_an_events_time_stands_in_where_a_record_has_none() -> None:
    result = decoded(json.dumps(envelope(event(1))))
    assert told(result, "start_time", "time_source") == [(MOMENT, "event")]
    own = [layout.declared("${interface-id} ${start}")]
    result = decoded(json.dumps(envelope(event(1, message=f"eni-1 {START + 60}"))), own)
    ((time, source),) = told(result, "start_time", "time_source")
    assert (time.timestamp(), source) == (START + 60, "record")


@pytest.mark.parametrize("timestamp", [0, START, 10**15, -1, 2**63 - 1, None])
def test_an_impossible_time_of_an_event_stands_in_for_nothing(timestamp) -> None:
    result = decoded(json.dumps(envelope(event(1, timestamp=timestamp))))
    assert told(result, "interface_id", "start_time", "time_source") == [("eni-1", None, None)]


@pytest.mark.parametrize("between", ["", "\n"])
def test_firehose_wraps_each_record_alone(between) -> None:
    documents = [{"message": record(1)}, {"message": record(2) + "\n"}]
    result = decoded(between.join(map(json.dumps, documents)))
    assert told(result, "line_number", "interface_id") == [(1, "eni-1"), (2, "eni-2")]


@pytest.mark.parametrize("indent", [None, 4])
def test_what_filter_log_events_answers_is_read_as_the_cli_prints_it(indent) -> None:
    answer = {
        "events": [
            {
                "logStreamName": "eni-1-all",
                "timestamp": START * 1000,
                "message": record(1),
                "ingestionTime": START * 1000,
                "eventId": "7" * 56,
            }
        ],
        "searchedLogStreams": [],
    }
    assert in_json.answer(json.dumps(answer).encode()) is not None
    result = decoded(json.dumps(answer, indent=indent))
    assert told(result, "interface_id", "event_id", "start_time") == [("eni-1", "7" * 56, MOMENT)]


def test_control_messages_alone_are_skipped_and_no_failure() -> None:
    counts = decoded(json.dumps(CONTROL) * 2).counts["o"]
    assert (counts.lines, counts.skipped, counts.flows) == (2, 2, 0)


def test_messages_without_a_known_format_are_refused_with_the_hint() -> None:
    assert "--log-format" in decoded(json.dumps(envelope(event(1))), []).failed["o"]


@pytest.mark.parametrize(
    ("odd", "kept"),
    [
        ('{"level": "info"}', '{"level": "info"}'),
        ("[1, 2]", "[1, 2]"),
        ('{"message": null}', '{"message": null}'),
        ('{"messageType": "DATA_MESSAGE"}', '{"messageType": "DATA_MESSAGE"}'),
        ('{"messageType": "NEW", "logEvents": [{"message": "a b c"}]}', "a b c"),
        ('{"message": "eni-9 ', '{"message": "eni-9 '),
        ("}", "}"),
        ('{"message": "a\\nb\\nc"}', "a\\nb\\nc"),
    ],
)
def test_what_is_no_envelope_is_a_rejected_line(odd, kept) -> None:
    result = decoded(json.dumps(envelope(event(1))) + odd)
    assert told(result, "interface_id") == [("eni-1",)]
    assert result.rejected.select("line_number", "text").rows() == [(2, kept)]


def test_a_rejected_event_keeps_its_id() -> None:
    answer = {"events": [event(1), event(2, message="one two three"), {"eventId": "7"}]}
    result = decoded(json.dumps(answer))
    assert result.rejected.select("line_number", "event_id").rows() == [
        (2, f"{2:056d}"),
        (3, None),
    ]


def test_an_envelope_without_events_is_no_line() -> None:
    result = decoded(json.dumps(envelope()) + json.dumps(envelope(event(1))))
    assert told(result, "line_number") == [(1,)]


def test_braces_inside_a_message_split_nothing() -> None:
    result = decoded(json.dumps({"message": "eni-}{1 x"}) + json.dumps({"message": "eni-2 y"}))
    assert told(result, "interface_id") == [("eni-}{1",), ("eni-2",)]


DEEP = '{"a":' * 100_000


def test_a_document_of_any_depth_is_refused() -> None:
    assert "o" in decoded(DEEP).failed


MESSAGES = st.text(max_size=12) | st.builds(record, st.integers(0, 9))
EVENTS = st.fixed_dictionaries(
    {"id": st.text(max_size=3), "timestamp": st.integers(0, 2**62), "message": MESSAGES}
)
DOCUMENTS = st.one_of(
    st.builds(lambda listed: envelope(*listed), st.lists(EVENTS, max_size=3)),
    st.just(CONTROL),
    st.fixed_dictionaries({"message": MESSAGES}),
    st.dictionaries(
        st.sampled_from(["message", "logEvents", "messageType"]), st.none() | st.integers()
    ),
)


@given(st.lists(DOCUMENTS, min_size=1, max_size=5))
def test_both_ways_to_read_documents_agree(documents) -> None:
    data = "".join(map(json.dumps, documents)).encode()
    quickly = in_json.quickly(data)
    if quickly is not None:
        slowly = [told for control, *told in in_json.slowly(data) if not control]
        given = [
            [[event | {"id": event["id"] or None, "is_one": True} for event in events], *group]
            for control, events, *group in quickly.rows()
            if not control
        ]
        assert given == slowly


LISTED = st.dictionaries(st.sampled_from(["eventId", "message", "other"]), MESSAGES | st.none())


@given(st.dictionaries(st.sampled_from(["events", "message"]), MESSAGES | st.lists(LISTED)))
def test_both_ways_to_read_an_answer_agree(answer) -> None:
    data = json.dumps(answer, indent=1).encode()
    quickly = in_json.answer(data)
    if quickly is not None:
        ((_, slowly, *_),) = in_json.slowly(data)
        ((_, events, *_),) = quickly.rows()
        given = [event | {"id": event["id"] or None, "is_one": True} for event in events]
        assert given == slowly


@given(st.lists(DOCUMENTS, min_size=1, max_size=3), st.integers(0, 400), st.binary(max_size=2))
def test_a_damaged_envelope_never_breaks_a_run(documents, place, put) -> None:
    data = "".join(map(json.dumps, documents)).encode()
    at = place % len(data)
    result = decoded(data[:at] + put + data[at + 1 :])
    assert {*result.counts, *result.failed} == {"o"}


STAMP = "2026-03-02T12:00:00.000Z"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_exports_lines_begin_with_their_events_time(end) -> None:
    lines = [f"{STAMP} {record(1)}", f"{STAMP} {record(2)}"]
    result = decoded(end.join(lines))
    assert told(result, "line_number", "interface_id", "start_time", "time_source") == [
        (1, "eni-1", MOMENT, "event"),
        (2, "eni-2", MOMENT, "event"),
    ]
    assert result.kinds["o"] == "export"


def test_a_line_of_an_export_without_its_time_is_read_all_the_same() -> None:
    result = decoded(f"{STAMP} {record(1)}\n{record(2)}\n\n2026-99-02T12:00:00.000Z {record(3)}\n")
    assert told(result, "line_number", "start_time") == [(1, MOMENT), (2, None), (4, None)]
    assert result.counts["o"].blanks == 1


def test_a_header_among_the_messages_of_an_export_is_no_record() -> None:
    lines = ["interface-id action", record(1), "action interface-id", "REJECT eni-2"]
    result = decoded("".join(f"{STAMP} {line}\n" for line in lines))
    assert told(result, "line_number", "interface_id", "time_source") == [
        (2, "eni-1", "event"),
        (4, "eni-2", "event"),
    ]
    assert result.counts["o"].headers == 2


@pytest.mark.parametrize("formats", [[], SHORT, [*SHORT, layout.declared("${start} ${end}")]])
def test_an_envelope_without_any_event_is_no_failure(formats) -> None:
    assert decoded(json.dumps({"events": []}), formats).counts["o"].lines == 0


def test_events_and_plain_lines_keep_to_themselves() -> None:
    contents = {
        "plain": f"{record(1)}\n",
        "export": f"{STAMP} {record(2)}\n",
        "envelope": json.dumps(envelope(event(3))),
        "headed": "action interface-id\nREJECT eni-4\n",
    }
    stored = [Content(name, text.encode()) for name, text in contents.items()]
    result = decode(stored, NOW, SHORT)
    rows = [row for _, frame in result.frames for row in frame.to_dicts()]
    assert {row["object_id"]: (row["interface_id"], row["time_source"]) for row in rows} == {
        "plain": ("eni-1", None),
        "export": ("eni-2", "event"),
        "envelope": ("eni-3", "event"),
        "headed": ("eni-4", None),
    }
