"""Each kind of object by way of the command's own verb: in the lake, and named in the ledger."""

import csv
import gzip
import io
import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.ingest.plan import Asked
from pipeline.records.decode import READERS

FORMAT = "${interface-id} ${start} ${action}"
LINE = "eni-1 1772452800 REJECT"
PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


def parquet() -> bytes:
    sink = io.BytesIO()
    columns = {"interface_id": ["eni-1"], "start": [1772452800], "action": ["REJECT"]}
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def ocsf() -> bytes:
    end = {"ip": "10.0.0.1", "interface_uid": "eni-1"}
    product = {"name": "Amazon VPC", "feature": {"name": "Flowlogs"}}
    event = {
        "class_uid": 4001,
        "metadata": {"product": product},
        "src_endpoint": end,
        "dst_endpoint": {"ip": "10.0.0.2"},
        "connection_info": {"direction_id": 2},
        "time": 1772452800000,
        "action_id": 2,
    }
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([event]), sink)
    return sink.getvalue()


def download() -> bytes:
    sink = io.StringIO()
    csv.writer(sink).writerows([["timestamp", "message"], [1772452800000, LINE]])
    return sink.getvalue().encode()


OBJECTS = {
    "text": f"{LINE}\n".encode(),
    "parquet": parquet(),
    "ocsf": ocsf(),
    "export": f"2026-03-02T12:00:00.000Z {LINE}\n".encode(),
    "envelope": json.dumps({"message": LINE}).encode(),
    "csv": download(),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", OBJECTS)
def test_every_kind_comes_in_and_is_named(tmp_path, kind, packed) -> None:
    stored = gzip.compress(OBJECTS[kind]) if packed else OBJECTS[kind]
    # A name that says the wrong thing is not believed.
    (tmp_path / "flow.log.parquet.gz").write_bytes(stored)
    settings = Settings(tmp_path / "lake")
    api.ingest_files([tmp_path / "flow.log.parquet.gz"], settings, log_formats=[FORMAT])
    (row,) = api.sql(
        "select interface_id, action, epoch(start_time) as t from flows", settings
    ).to_pylist()
    assert row == {"interface_id": "eni-1", "action": "REJECT", "t": 1772452800}
    (known,) = api.sql("select kind, log_format, flows from ledger", settings).to_pylist()
    assert (known["kind"], known["flows"]) == (kind, 1)
    assert {"interface-id", "start", "action"} <= set(known["log_format"].split())


def test_all_kinds_of_the_docs_are_those_of_the_code() -> None:
    told = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert told == list(READERS) == list(OBJECTS)


def test_an_event_keeps_its_id(tmp_path) -> None:
    event = {"id": "7" * 56, "timestamp": 1772452800000, "message": LINE}
    envelope = {"messageType": "DATA_MESSAGE", "logEvents": [event]}
    (tmp_path / "a").write_text(json.dumps(envelope))
    settings = Settings(tmp_path / "lake")
    api.ingest_files([tmp_path / "a"], settings, log_formats=[FORMAT])
    assert api.sql("select event_id from flows", settings).to_pylist() == [{"event_id": "7" * 56}]


def test_types_that_differ_between_files_are_one_in_the_lake(tmp_path) -> None:
    (tmp_path / "logs").mkdir()
    for number, dtype in enumerate([pa.int64(), pa.uint32(), pa.string(), pa.float64()]):
        start, port = (pa.array([value]).cast(dtype) for value in (1772452800, number))
        table = pa.table({"interface_id": ["eni-1"], "start": start, "srcport": port})
        pq.write_table(table, tmp_path / "logs" / f"{number}.parquet")
    settings = Settings(tmp_path / "lake")
    api.ingest_files([tmp_path / "logs"], settings)
    query = "select srcport, epoch(start_time)::bigint as start from flows order by srcport"
    rows = [tuple(row.values()) for row in api.sql(query, settings).to_pylist()]
    assert rows == [(number, 1772452800) for number in range(4)]


def test_a_parquet_bomb_is_refused_by_its_footer(tmp_path) -> None:
    index = pa.array([0] * 10**6, pa.int32())
    column = pa.DictionaryArray.from_arrays(index, ["eni-1"])
    pq.write_table(pa.table({"interface_id": column, "action": column}), tmp_path / "bomb")
    source, settings = Source("files", str(tmp_path / "bomb")), Settings(tmp_path / "lake")
    summary = api.ingest([source], settings, Asked(most=10**6))
    ((_, reason),) = summary.failed
    assert reason.startswith("unpacks to more than 1,000,000 bytes")
