"""Damaged bytes: the object they are fails or its lines are accounted for, and no other notices."""

import gzip
import io
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import FORMAT, KINDS, START, parquet, rows

from pipeline.records import layout
from pipeline.records.compression import plain
from pipeline.records.content import Content
from pipeline.records.decode import decode, weigh

NOW = datetime(2026, 3, 10, tzinfo=UTC)
DECLARED = [layout.declared(FORMAT)]
MOST = 10**8


def unpacked(stored: bytes) -> bytes | None:
    """Do what a run does before it decodes an object; None where that fails it."""
    try:
        data = plain(stored, MOST)
        weigh(data, MOST)
    except ValueError as error:
        assert "\n" not in str(error)
        return None
    return data


def told(result, name: str) -> tuple:
    """Return all that became of one object."""
    frames = [
        (table, row)
        for table, frame in result.frames
        for row in frame.filter(object_id=name).to_dicts()
    ]
    rejected = result.rejected.filter(object_id=name).sort("line_number").rows()
    failed, counts = result.failed.get(name), result.counts.get(name)
    return sorted(frames, key=repr), rejected, failed, counts, result.layouts.get(name)


def read(contents: dict[str, bytes]):
    return decode([Content(name, data) for name, data in contents.items()], NOW, DECLARED)


ALL = {name: plain(stored, MOST) for name, stored in KINDS.items()}
# One of each way in keeps the damaged one company.
SOUND = {name: ALL[name] for name in ("text", "bare", "parquet", "ocsf", "envelope", "cells")}
EXPECTED = {name: told(read({name: data}), name) for name, data in SOUND.items()}


def check(stored: bytes) -> None:
    """Read bytes in the company of sound objects, and check what became of each."""
    data = unpacked(stored)
    if data is None:
        return
    result = read({**SOUND, "damaged": data})
    assert {name: told(result, name) for name in SOUND} == EXPECTED
    frames, rejected, failed, counts, _ = told(result, "damaged")
    assert (failed is None) != (counts is None)
    if failed is not None:
        assert frames == rejected == [] and "\n" not in failed
        return
    parts = (counts.flows, counts.rejected, counts.headers, counts.blanks, counts.skipped)
    assert counts.lines == sum(parts)
    assert (len(frames), len(rejected)) == (counts.flows, counts.rejected)
    places = [row["line_number"] for _, row in frames] + [line[1] for line in rejected]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_sound_is_read_whole(name) -> None:
    _, rejected, failed, counts, _ = told(read({name: ALL[name]}), name)
    assert (rejected, failed, counts.flows) == ([], None, 6)


PLACES = st.integers(0, 2**16)
CHANGES = st.one_of(
    st.tuples(st.just("flip"), PLACES, st.integers(1, 255)),
    st.tuples(st.just("cut"), PLACES, st.integers(1, 40)),
    st.tuples(st.just("end"), PLACES, st.none()),
    st.tuples(st.just("repeat"), PLACES, st.integers(1, 200)),
    st.tuples(st.just("put"), PLACES, st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("put"), PLACES, st.sampled_from([b"\n", b'"', b"{", b"\0", b"\xff\xff\xff"])),
    st.tuples(st.just("join"), PLACES, st.sampled_from(list(KINDS.values()))),
)


def changed(data: bytes, change: tuple) -> bytes:
    kind, place, what = change
    at = place % (len(data) + 1)
    head, tail = data[:at], data[at:]
    if kind == "flip":
        return head + bytes([tail[0] ^ what]) + tail[1:] if tail else data
    if kind == "cut":
        return head + tail[what:]
    if kind == "end":
        return head
    if kind == "repeat":
        return head + tail[:what] * 2 + tail[what:]
    return head + what + (tail if kind == "put" else what[at:])


@given(st.sampled_from(list(KINDS)), st.lists(CHANGES, min_size=1, max_size=4), st.booleans())
def test_damage_stays_where_it_is(name, changes, packed) -> None:
    data = KINDS[name]
    for change in changes:
        data = changed(data, change)
    check(gzip.compress(data, 1) if packed else data)


@given(st.sampled_from(["parquet", "parquet-v2", "parquet-zstd", "ocsf"]), PLACES, PLACES)
def test_damage_to_parquet_stays_where_it_is(name, place, mask) -> None:
    check(changed(KINDS[name], ("flip", place, mask % 255 + 1)))
    # Most of a small file is its footer, where a byte changes counts, types and places.
    check(changed(KINDS[name], ("flip", -1 - place % 600, mask % 255 + 1)))


ODD = {
    "nested": {"interface_id": [{"a": [{"b": 1}]}], "action": ["x"]},
    "listed": {"interface_id": [["a"]], "action": [[]]},
    "dictionary": {
        "interface_id": pa.DictionaryArray.from_arrays(pa.array([0, None]), ["a"]),
        "action": ["x", None],
    },
    "dictionary-of-numbers": {
        "srcport": pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array([5, 70000])),
        "action": ["x", "y"],
    },
    "decimal": {"srcport": pa.array([1], pa.decimal256(70, 3)), "action": ["x"]},
    "half": {"srcport": pa.array([1.5], pa.float16()), "action": ["x"]},
    "duration": {"start": pa.array([START], pa.duration("s")), "action": ["x"]},
    "time": {"start": pa.array([1], pa.time64("ns")), "action": ["x"]},
    "old": {"start": pa.array([-(2**63) + 1], pa.timestamp("us")), "action": ["x"]},
    "late": {"start": pa.array([2**62], pa.timestamp("s")), "action": ["x"]},
    "zoned": {"start": pa.array([START], pa.timestamp("s", "Mars/Olympus")), "action": ["x"]},
    "nan": {"start": [float("nan")], "bytes": [float("inf")], "action": ["x"]},
    "fixed": {"interface_id": pa.array([b"abc"], pa.binary(3)), "action": ["x"]},
    "empty-struct": {"interface_id": pa.array([{}], pa.struct([])), "action": ["x"]},
    "boolean": {"interface_id": [True], "action": [False]},
    "no-rows": {"interface_id": pa.array([], pa.string()), "action": pa.array([], pa.string())},
    "half-ocsf": {"class_uid": [4001], "metadata": [None], "src_endpoint": [None]},
    "bare-ocsf": {"class_uid": [[1]], "metadata": ["x"], "src_endpoint": [{"ip": 1}]},
}


@pytest.mark.parametrize("name", ODD)
def test_parquet_of_odd_types_stays_where_it_is(name) -> None:
    try:
        data = parquet(pa.table(ODD[name]))
    except pa.ArrowException:
        pytest.skip("no file can hold it")
    check(data)


def test_parquet_of_very_many_columns_fails_in_a_line() -> None:
    table = pa.table({"interface_id": ["a"], **{f"x{n}": [n] for n in range(3000)}})
    data = parquet(table)
    check(data)
    said = read({"o": data}).failed["o"]
    assert len(said) < 300


def test_parquet_of_empty_row_groups_is_read() -> None:
    table = rows()
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, table.schema) as writer:
        for part in (table.slice(0, 0), table, table.slice(0, 0), table):
            writer.write_table(part)
    check(sink.getvalue())
    assert read({"o": sink.getvalue()}).counts["o"].flows == 12


@pytest.mark.parametrize(
    "put",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"message": ' + "[" * 900 + "]" * 900 + "}",
        '{"message": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"message": ' + "9" * 10_000 + "}",
        '{"message": -' + "9" * 4000 + "}",
        '{"message": 1e999999}',
        '{"message": NaN}',
        '{"message": "a", "timestamp": 1e400}',
        '{"message": "a", "timestamp": ' + "9" * 30 + "}",
        '{"message": "a", "id": {"a": [1]}}',
        '{"message": "\\ud800"}',
        '{"message": "a\\u0000b"}',
        '{"message": "x", "message": "y"}',
        '{"logEvents": [[[[]]]]}',
        '{"events": [{"message": {"message": null}}]}',
        "{" + ",".join(f'"{n}": {n}' for n in range(5000)) + "}",
    ],
    ids=lambda put: put[:24],
)
def test_odd_json_stays_where_it_is(put) -> None:
    for before in ("", json.dumps({"message": "eni-9 1 - REJECT"})):
        check((before + put).encode())
        check((before + put + before).encode())


def test_text_in_parquet_that_is_no_utf8_fails_the_file() -> None:
    sound = parquet(rows(), compression="none", use_dictionary=False)
    data = sound.replace(b"eni-3", b"en\xff-3")
    check(data)
    assert "its column interface-id has text that is no UTF-8" in read({"o": data}).failed["o"]
    nested = KINDS["ocsf"].replace(b"10.0.0.3", b"10.0.\xff.3")
    check(nested)
    assert "intermediate_ips has text that is no UTF-8" in read({"o": nested}).failed["o"]
