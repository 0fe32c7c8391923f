"""Times of records in objects of every kind: in milliseconds, too, and those that cannot be."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.records import layout
from pipeline.records.content import Content
from pipeline.records.decode import decode

NOW = datetime(2026, 3, 10, tzinfo=UTC)
START = 1772452800
FORMATS = [layout.declared("${interface-id} ${start} ${end}")]
NAMES = ("interface_id", "start", "end")
HEADER = "interface-id start end"
ISO = "2026-03-02T12:00:00.000Z"
# What is wrong with a record's start and end; nine digits of seconds end in September 2001.
WRONG = {
    "a start of nine digits": (999999999, START, "start is impossible: before 2010"),
    "an end of nine digits": (START, 999999999, "end is impossible: before 2010"),
    "both of nine digits": (177245280, 177245286, "start is impossible: before 2010"),
    "a start of twelve digits": (177245280000, START, "start is impossible: before 2010"),
    "an end ahead": (START, 1773273601, "end is impossible: more than a day ahead"),
    "an end before its start": (START, START - 1, "ends before it starts"),
}


def lines(records):
    return [" ".join(map(str, record)) for record in records]


def text(records, end=""):
    return ("\n".join([HEADER, *lines(records)]) + "\n" + end).encode()


def bare(records):
    return "\n".join(lines(records)).encode()


def export(records):
    return "".join(f"{ISO} {line}\n" for line in lines(records)).encode()


def envelope(records):
    events = [{"id": line, "timestamp": START * 1000, "message": line} for line in lines(records)]
    return json.dumps({"messageType": "DATA_MESSAGE", "logEvents": events}).encode()


def firehose(records):
    return "".join(json.dumps({"message": line}) for line in lines(records)).encode()


def cells(records):
    sink = io.StringIO()
    csv.writer(sink).writerows([NAMES, *records])
    return sink.getvalue().encode()


def messages(records):
    sink = io.StringIO()
    rows = [(START * 1000, line) for line in lines(records)]
    csv.writer(sink).writerows([("timestamp", "message"), *rows])
    return sink.getvalue().encode()


def parquet(records, dtype=None):
    dtype = dtype or pa.int64()
    ids, *times = zip(*records, strict=True)
    columns = [pa.array(ids), *(pa.array(column).cast(dtype) for column in times)]
    sink = io.BytesIO()
    pq.write_table(pa.table(dict(zip(NAMES, columns, strict=True))), sink)
    return sink.getvalue()


KINDS = {
    "text": text,
    # A blank line at the end sends the same lines down the exact path.
    "text, exactly": lambda records: text(records, "\n"),
    "text without a header": bare,
    "export": export,
    "envelope": envelope,
    "firehose": firehose,
    "csv": cells,
    "csv of messages": messages,
    "parquet": parquet,
    "parquet of text": lambda records: parquet(records, pa.string()),
    "parquet of floats": lambda records: parquet(records, pa.float64()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_milliseconds_are_recognised_beside_seconds(kind) -> None:
    records = [("eni-1", START * 1000 + 123, START * 1000 + 456), ("eni-2", START, START + 1)]
    result = decode([Content("o", KINDS[kind](records))], NOW, FORMATS)
    names = ("interface_id", "start_time", "end_time")
    found = [row for _, frame in result.frames for row in frame.select(names).rows()]
    whole = datetime.fromtimestamp(START, UTC)
    thousandth, second = timedelta(milliseconds=1), timedelta(seconds=1)
    assert sorted(found) == [
        ("eni-1", whole + 123 * thousandth, whole + 456 * thousandth),
        ("eni-2", whole, whole + second),
    ]
    assert result.rejected.height == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_record_of_an_impossible_time_is_rejected_alone(kind, wrong) -> None:
    start, end, said = WRONG[wrong]
    records = [("eni-1", START, START + 60), ("eni-2", start, end), ("eni-3", START, START)]
    result = decode([Content("o", KINDS[kind](records))], NOW, FORMATS)
    assert result.failed == {}
    found = [name for _, frame in result.frames for name in frame["interface_id"]]
    assert sorted(found) == ["eni-1", "eni-3"]
    ((reason, kept),) = result.rejected.select("reason", "text").rows()
    assert reason == said
    assert "eni-2" in kept
