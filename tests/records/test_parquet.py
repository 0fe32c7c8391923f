"""Parquet: as AWS writes it, as other tools write it anew, and as nobody should."""

import io
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import fields
from pipeline.records.content import Content
from pipeline.records.decode import decode, weigh
from pipeline.records.settle import is_number

NOW = datetime(2026, 3, 10, tzinfo=UTC)
START = 1772452800
# The types of formats that AWS documents for versions 2 to 5: text, INT_32 and INT_64.
AWS_TYPES = {name: pa.int64() for name in ("packets", "bytes", "start", "end")}


def aws_type(name: str) -> pa.DataType:
    number = is_number(fields.known("flows", name.replace("_", "-")))
    return AWS_TYPES.get(name, pa.int32() if number else pa.string())


def stored(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="gzip")
    return sink.getvalue()


def file(types: dict[str, pa.DataType] | None = None, **columns: list) -> bytes:
    arrays = {
        name: pa.array(values, (types or {}).get(name, aws_type(name)))
        for name, values in columns.items()
    }
    return stored(pa.table(arrays))


def decoded(data: bytes, time: datetime | None = None):
    """Decode one file and check that its rows are accounted for."""
    result = decode([Content("o", data, time)], NOW)
    assert result.kinds == {"o": "parquet"}
    assert set(result.counts) ^ set(result.failed) == {"o"}
    for counts in result.counts.values():
        assert counts.lines == counts.flows + counts.rejected
        assert counts.flows == sum(frame.height for _, frame in result.frames)
        assert counts.rejected == result.rejected.height
    return result


def rows(result) -> list[dict]:
    found = [
        {name: value for name, value in row.items() if value is not None}
        for _, frame in result.frames
        for row in frame.to_dicts()
    ]
    return sorted(found, key=lambda row: row["line_number"])


def test_a_file_as_aws_writes_it() -> None:
    data = file(
        version=[2, 2],
        account_id=["047615872826", "unknown"],
        interface_id=["eni-1", "-"],
        srcaddr=["10.0.0.1", "-"],
        srcport=[443, None],
        bytes=[4000, None],
        start=[START, START],
        end=[START + 60, START + 60],
        action=["REJECT", "-"],
        log_status=["OK", "NODATA"],
    )
    result = decoded(data)
    first, second = rows(result)
    moment = datetime.fromtimestamp(START, UTC)
    assert first == {
        "version": 2,
        "account_id": "047615872826",
        "interface_id": "eni-1",
        "srcaddr": "10.0.0.1",
        "srcport": 443,
        "bytes": 4000,
        "start_time": moment,
        "end_time": datetime.fromtimestamp(START + 60, UTC),
        "action": "REJECT",
        "log_status": "OK",
        "object_id": "o",
        "line_number": 1,
        "time_source": "record",
    }
    assert {"interface_id", "srcaddr", "srcport", "bytes", "action"}.isdisjoint(second)
    assert result.layouts["o"].startswith("version account-id interface-id")


def test_a_transit_gateways_file_goes_to_its_own_table() -> None:
    types = {"tgw_id": pa.string(), "packets_lost_blackhole": pa.int64(), "protocol": pa.int64()}
    data = file(types, tgw_id=["tgw-1"], protocol=[6], packets_lost_blackhole=[3], start=[START])
    ((table, frame),) = decoded(data).frames
    assert table == "transit_gateway_flows"
    assert frame["packets_lost_blackhole"].to_list() == [3]


@pytest.mark.parametrize(
    ("column", "dtype", "given", "read"),
    [
        ("protocol", pa.int64(), [6, None], [6, None]),
        ("protocol", pa.float64(), [6.0, float("nan")], [6, None]),
        ("protocol", pa.string(), ["6", "None"], [6, None]),
        ("protocol", pa.uint8(), [6, None], [6, None]),
        ("protocol", pa.decimal128(10, 0), [6, None], [6, None]),
        ("protocol", pa.null(), [None, None], [None, None]),
        ("bytes", pa.uint64(), [2**63 - 1, None], [2**63 - 1, None]),
        ("bytes", pa.int64(), [2**63 - 1, None], [2**63 - 1, None]),
        ("account_id", pa.int64(), [47615872826, None], ["047615872826", None]),
        ("account_id", pa.float64(), [47615872826.0, None], ["047615872826", None]),
        ("action", pa.dictionary(pa.int32(), pa.string()), ["ACCEPT", "-"], ["ACCEPT", None]),
        ("action", pa.binary(), [b"ACCEPT", b"-"], ["ACCEPT", None]),
        ("action", pa.string_view(), ["ACCEPT", ""], ["ACCEPT", None]),
        ("action", pa.null(), [None, None], [None, None]),
        ("instance_tag", pa.string(), ["None", "-"], ["None", None]),
    ],
)
def test_types_may_drift(column, dtype, given, read) -> None:
    data = file({column: dtype}, interface_id=["eni-1", "eni-2"], **{column: given})
    result = decoded(data)
    assert [row.get(column) for row in rows(result)] == read
    assert result.rejected.height == 0


@pytest.mark.parametrize(
    "dtype", [pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("ns", "UTC")]
)
def test_a_time_may_be_a_timestamp(dtype) -> None:
    moment = datetime.fromtimestamp(START, UTC)
    given = moment if dtype.tz else moment.replace(tzinfo=None)
    (row,) = rows(decoded(file({"start": dtype}, start=[given], bytes=[1])))
    assert row["start_time"] == moment


@pytest.mark.parametrize(
    ("column", "dtype", "bad", "said"),
    [
        ("srcport", pa.float64(), 2.5, "srcport is not a whole number"),
        ("srcport", pa.string(), "https", "srcport is not a whole number"),
        ("srcport", pa.int64(), 70000, "srcport is not between 0 and 65535"),
        ("srcport", pa.int32(), -1, "srcport is not between 0 and 65535"),
        ("bytes", pa.uint64(), 2**63, "bytes is not a whole number"),
        ("bytes", pa.float64(), 1e300, "bytes is not a whole number"),
        ("account_id", pa.float64(), 0.5, "account-id is not text"),
        ("start", pa.int64(), 12, "start is impossible: before 2010"),
        ("start", pa.int64(), 99999999999, "start is impossible: more than a day ahead"),
    ],
)
def test_a_value_that_cannot_be_read_rejects_its_row_alone(column, dtype, bad, said) -> None:
    good = {"start": START}.get(column, 1)
    given = [str(good) if dtype == pa.string() else good, bad]
    result = decoded(file({column: dtype}, interface_id=["eni-1", "eni-2"], **{column: given}))
    assert [row["interface_id"] for row in rows(result)] == ["eni-1"]
    (line,) = result.rejected.to_dicts()
    assert (line["line_number"], line["reason"]) == (2, said)
    assert json.loads(line["text"]) == {
        "interface-id": "eni-2",
        column.replace("_", "-"): json_of(bad),
    }


def json_of(value):
    return str(value) if isinstance(value, int) and value >= 2**63 else value


def test_a_file_of_which_no_row_can_be_read_fails() -> None:
    result = decoded(file(interface_id=["eni-1", "eni-2"], start=[1, 1]))
    assert result.failed["o"] == (
        "none of its 2 lines can be read: most often, start is impossible: before 2010"
    )


def test_unknown_columns_go_to_overflow() -> None:
    types = {"new_one": pa.int16(), "another": pa.bool_()}
    data = file(
        types,
        interface_id=["a", "b"],
        action=["x", "y"],
        bytes=[1, 2],
        new_one=[7, None],
        another=[True, None],
    )
    result = decoded(data)
    assert [dict(row["overflow"]) for row in rows(result)] == [
        {"new-one": "7", "another": "true"},
        {},
    ]
    assert result.unknown_fields == {"new-one", "another"}


@pytest.mark.parametrize(
    ("name", "dtype", "value"),
    [
        ("new", pa.list_(pa.int32()), [1]),
        ("new", pa.struct([("a", pa.int32())]), {"a": 1}),
        ("action", pa.list_(pa.string()), ["ACCEPT"]),
        ("action", pa.binary(), b"\xff"),
        ("start", pa.date32(), datetime(2026, 3, 1)),
    ],
)
def test_a_column_that_no_flow_log_has_fails_the_file_by_name(name, dtype, value) -> None:
    result = decoded(file({name: dtype}, interface_id=["eni-1"], bytes=[1], **{name: [value]}))
    if name == "start":
        assert result.failed["o"].endswith("start is not a whole number")
    else:
        assert f"its column {name} is" in result.failed["o"]


@pytest.mark.parametrize("name", ["^.*$", "*", "", "a b", "interface-id", "x\n"])
def test_a_column_of_a_hostile_name_fails_the_file(name) -> None:
    table = pa.table(
        [pa.array(["eni-1"]), pa.array([1]), pa.array(["x"])], ["interface_id", "bytes", name]
    )
    assert "no flow log" in decoded(stored(table)).failed["o"]


def test_parquet_that_is_no_flow_log_fails_and_names_its_columns() -> None:
    said = decoded(stored(pa.table({"user": ["x"], "age": [1]}))).failed["o"]
    assert said == "is Parquet, but no flow log: its columns are user, age"


def test_a_file_without_rows_is_read() -> None:
    assert decoded(file(interface_id=[], start=[])).counts["o"].lines == 0


def test_the_time_in_an_objects_name_stands_in() -> None:
    named = datetime(2026, 3, 9, tzinfo=UTC)
    (row,) = rows(decoded(file(interface_id=["eni-1"], bytes=[1]), named))
    assert (row["start_time"], row["time_source"]) == (named, "object")


def test_files_read_together_are_accounted_for_one_by_one() -> None:
    files = {
        "good": file(interface_id=["eni-1", "eni-2"], start=[START, START]),
        "half": file(interface_id=["eni-3", "eni-4"], start=[START, 1]),
        "none": file(interface_id=["eni-5"], start=[1]),
        "cut": file(interface_id=["eni-6"], start=[START])[:-4],
        "text": b"interface-id start\neni-7 1772452800\n",
        "other": file({"start": pa.float64()}, interface_id=["eni-8"], start=[float(START)]),
    }
    result = decode([Content(name, data) for name, data in files.items()], NOW)
    flows = {name: counts.flows for name, counts in result.counts.items()}
    assert flows == {"good": 2, "half": 1, "text": 1, "other": 1}
    assert set(result.failed) == {"none", "cut"}
    assert result.kinds["text"] == "text"


SAMPLE = file(interface_id=["eni-1"] * 40, bytes=list(range(40)), start=[START] * 40)


@pytest.mark.parametrize("cut", range(4, len(SAMPLE), 7))
def test_a_file_cut_anywhere_fails_in_a_line(cut) -> None:
    said = decoded(SAMPLE[:cut]).failed["o"]
    assert said.startswith("the Parquet is damaged") and "\n" not in said


@given(st.integers(4, len(SAMPLE) - 1), st.integers(1, 255))
def test_a_changed_byte_never_breaks_a_run(place, mask) -> None:
    damaged = bytearray(SAMPLE)
    damaged[place] ^= mask
    result = decoded(bytes(damaged))
    assert {*result.counts, *result.failed} == {"o"}


def test_a_small_file_of_very_many_rows_is_refused_by_its_footer() -> None:
    array = pa.DictionaryArray.from_arrays(pa.array([0] * 10**6, pa.int32()), ["eni-1"])
    bomb = stored(pa.table({"interface_id": array, "action": array}))
    assert len(bomb) < 10**4
    with pytest.raises(ValueError, match="unpacks to more than 1,000,000 bytes"):
        weigh(bomb, 10**6)


VALUES = {
    "srcport": st.integers(0, 65535),
    "bytes": st.integers(0, 2**63 - 1),
    "account_id": st.from_regex(r"[0-9]{12}", fullmatch=True),
    "action": st.sampled_from(["ACCEPT", "REJECT"]),
    "start": st.integers(START - 10**6, START),
}


@given(st.lists(st.fixed_dictionaries({k: v | st.none() for k, v in VALUES.items()}), min_size=1))
def test_a_record_reads_the_same_from_parquet_and_from_text(records) -> None:
    columns = {name: [record[name] for record in records] for name in VALUES}
    lines = [
        " ".join("-" if v is None else str(v) for v in map(record.get, VALUES))
        for record in records
    ]
    text = "\n".join([" ".join(VALUES).replace("_", "-"), *lines, ""])
    from_text = decode([Content("o", text.encode())], NOW)
    read = [row | {"line_number": row["line_number"] - 1} for row in rows(from_text)]
    assert rows(decoded(file(**columns))) == read
