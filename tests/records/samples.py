"""A sound object of every kind, and what the lake is to hold of it."""

import csv
import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq

FORMAT = "${interface-id} ${srcport} ${start} ${action}"
START = 1772452800
RECORDS = [(f"eni-{number}", number, START + number, "ACCEPT") for number in range(6)]
LINES = [" ".join(map(str, record)) for record in RECORDS]
NAMES = ["interface_id", "srcport", "start", "action"]


def parquet(table: pa.Table, **options) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def rows() -> pa.Table:
    return pa.table(dict(zip(NAMES, map(list, zip(*RECORDS, strict=True)), strict=True)))


def events() -> pa.Table:
    product = {"version": "5", "name": "Amazon VPC", "feature": {"name": "Flowlogs"}}
    listed = [
        {
            "class_uid": 4001,
            "metadata": {"product": product},
            "src_endpoint": {"ip": "10.0.0.1", "port": port, "interface_uid": eni},
            "dst_endpoint": {"ip": "10.0.0.2", "intermediate_ips": ["10.0.0.3"]},
            "connection_info": {"direction_id": 2, "direction": "Outbound", "boundary_id": 4},
            "time": start * 1000,
            "action_id": 1,
            "unmapped": [("sublocation_id", "-")],
        }
        for eni, port, start, _ in RECORDS
    ]
    inferred = pa.Table.from_pylist([{**one, "unmapped": None} for one in listed]).schema
    place = inferred.get_field_index("unmapped")
    schema = inferred.set(place, pa.field("unmapped", pa.map_(pa.string(), pa.string())))
    return pa.Table.from_pylist(listed, schema)


def download(first: list[str], cells: list) -> bytes:
    sink = io.StringIO()
    csv.writer(sink).writerows([first, *cells])
    return sink.getvalue().encode()


def envelope() -> bytes:
    told = [
        {"id": f"{n:056d}", "timestamp": START * 1000, "message": m} for n, m in enumerate(LINES)
    ]
    control = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "checking"}]}
    data = {"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": told}
    return json.dumps(control).encode() + json.dumps(data).encode()


def answer() -> bytes:
    told = [{"eventId": "1", "timestamp": START * 1000, "message": line} for line in LINES]
    return json.dumps({"events": told, "searchedLogStreams": []}, indent=4).encode()


TEXT = "\n".join([" ".join(NAMES).replace("_", "-"), *LINES, ""]).encode()
KINDS = {
    "text": TEXT,
    "bare": "\n".join(LINES).encode(),
    "packed": gzip.compress(TEXT, mtime=0),
    "parquet": parquet(rows(), compression="none", store_schema=False),
    "parquet-zstd": parquet(rows(), compression="zstd"),
    "parquet-v2": parquet(rows(), compression="none", data_page_version="2.0", store_schema=False),
    "ocsf": parquet(events(), compression="none", store_schema=False),
    "export": "".join(f"2026-03-02T12:00:00.000Z {line}\n" for line in LINES).encode(),
    "envelope": envelope(),
    "firehose": "".join(json.dumps({"message": line}) for line in LINES).encode(),
    "answer": answer(),
    "messages": download(["timestamp", "message"], [[START * 1000, line] for line in LINES]),
    "cells": download(NAMES, RECORDS),
}


def layouts_used(result) -> dict[str, set[str]]:
    """Return the layouts that rows had; in which order they are named is left open."""
    counts = result.counts
    return {one: set(result.layouts[one].split("\n")) for one in counts if counts[one].flows}
