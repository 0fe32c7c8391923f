"""One large object of each kind that a flow log comes in: records a second, and the peak of memory.

A million records of the 14 fields of version 2, each kind in a process of its own. Run by `make
bench`; RECORDS sets the records of an object, ROUNDS how often each is read, OBJECTS how many are
read at once, and KINDS which kinds, like "export ocsf".
"""

import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import logs
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import trial
from isal import igzip

RECORDS = int(os.environ.get("RECORDS", "1000000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
OBJECTS = int(os.environ.get("OBJECTS", "1"))
# The events of a subscription's message, about as many as fit into one.
EVENTS = 1000


def main() -> None:
    print(trial.machine())
    print(f"{OBJECTS} of {RECORDS:,} records, best of {ROUNDS}")
    for name in os.environ.get("KINDS", " ".join(KINDS)).split():
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder) / "logs", KINDS[name])
            took = trial.alternate(["declared"], Path(folder) / "logs", Path(folder), ROUNDS)
        best = took["declared"]
        assert best.records == OBJECTS * RECORDS
        print(
            f"  {name:<9} {best.rate:>11,.0f} records/s {best.seconds:8.2f} s "
            f"{best.cpu:8.2f} s of processors {best.peak:7,.0f} MB"
        )


def write(folder: Path, kind: Callable[[int], bytes]) -> None:
    folder.mkdir()
    for seed in range(OBJECTS):
        data = kind(seed)
        packed = data if data.startswith(b"PAR1") else igzip.compress(data, 1)
        (folder / f"{seed:05}").write_bytes(packed)


def text(seed: int) -> bytes:
    return logs.text(logs.V2, RECORDS, seed)


def export(seed: int) -> bytes:
    """What an export task writes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html"""
    events = _events(seed)
    stamp = pl.from_epoch("start", "s").dt.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return _joined(events.select(pl.format("{} {}", stamp, "line")), "\n")


def envelope(seed: int) -> bytes:
    """A subscription's messages back to back, as Firehose lays them down."""
    number = pl.col("number").cast(pl.String()).str.zfill(56)
    time, line = pl.col("start"), pl.col("line")
    event = _told('{"id":"', number, '","timestamp":', time, '000,"message":"', line, '"}')
    events = _events(seed).select(event=event, document=pl.col("number") // EVENTS)
    documents = events.group_by("document", maintain_order=True).agg(pl.col("event").str.join(","))
    head = (
        '{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"flow-logs",'
        '"logStream":"eni-0-all","subscriptionFilters":["all"],"logEvents":['
    )
    return _joined(documents.select(pl.concat_str(pl.lit(head), "event", pl.lit("]}"))), "")


def firehose(seed: int) -> bytes:
    """What a flow log that delivers to Firehose sends."""
    return _joined(_events(seed).select(_told('{"message":"', pl.col("line"), '"}')), "")


def answer(seed: int) -> bytes:
    """What `aws logs filter-log-events` prints."""
    event = _told(
        '        {\n            "logStreamName": "eni-0-all",\n            "timestamp": ',
        pl.col("start"),
        '000,\n            "message": "',
        pl.col("line"),
        '",\n            "ingestionTime": ',
        pl.col("start"),
        '999,\n            "eventId": "',
        pl.col("number").cast(pl.String()).str.zfill(56),
        '"\n        }',
    )
    events = _joined(_events(seed).select(event), ",\n")
    return b'{\n    "events": [\n' + events + b'\n    ],\n    "searchedLogStreams": []\n}\n'


def messages(seed: int) -> bytes:
    """What the console lets people download: a time and a message."""
    return _csv(_events(seed).select(timestamp=pl.col("start") * 1000, message="line"))


def cells(seed: int) -> bytes:
    """What Athena answers: a column a field, all quoted."""
    rows = logs.rows(logs.V2, RECORDS, seed)
    named = rows.rename({name: name.replace("-", "_") for name in rows.columns})
    return _csv(named, quote_style="always")


def parquet(seed: int) -> bytes:
    """What a flow log that delivers Parquet writes."""
    rows = _typed(seed)
    table = rows.rename({name: name.replace("-", "_") for name in rows.columns}).to_arrow()
    return _parquet(table)


def ocsf(seed: int) -> bytes:
    """What Security Lake makes of flow logs, as far as it says something of version 2."""
    millis = {name: pl.col(name) * 1000 for name in ("start", "end")}
    product = pl.struct(
        version=pl.lit("5"), name=pl.lit("Amazon VPC"), feature=pl.struct(name=pl.lit("Flowlogs"))
    )
    events = _typed(seed).select(
        metadata=pl.struct(product=product, version=pl.lit("1.1.0")),
        cloud=pl.struct(account=pl.struct(uid="account-id"), region=pl.lit("eu-west-1")),
        src_endpoint=pl.struct(ip="srcaddr", port="srcport", interface_uid="interface-id"),
        dst_endpoint=pl.struct(
            ip="dstaddr", port="dstport", interface_uid=pl.lit(None, pl.String())
        ),
        connection_info=pl.struct(
            protocol_num="protocol", direction_id=pl.lit(2), direction=pl.lit("Outbound")
        ),
        traffic=pl.struct(packets="packets", bytes="bytes"),
        time=millis["start"],
        start_time_dt=pl.from_epoch(millis["start"], "ms"),
        end_time_dt=pl.from_epoch(millis["end"], "ms"),
        action=pl.when(pl.col("action") == "ACCEPT")
        .then(pl.lit("Allowed"))
        .otherwise(pl.lit("Denied")),
        action_id=pl.when(pl.col("action") == "ACCEPT").then(1).otherwise(2),
        status_code="log-status",
        class_uid=pl.lit(4001),
    )
    return _parquet(events.to_arrow())


KINDS = {
    one.__name__: one
    for one in (text, export, envelope, firehose, answer, messages, cells, parquet, ocsf)
}


def _events(seed: int) -> pl.DataFrame:
    """Return each record as a line, with its number and its start."""
    rows = logs.rows(logs.V2, RECORDS, seed)
    return rows.select("start", line=pl.concat_str(rows.columns, separator=" ")).with_row_index(
        "number"
    )


def _typed(seed: int) -> pl.DataFrame:
    rows = logs.rows(logs.V2, RECORDS, seed)
    longs = ["packets", "bytes", "start", "end"]
    ints = ["version", "srcport", "dstport", "protocol"]
    return rows.with_columns(pl.col(longs).cast(pl.Int64()), pl.col(ints).cast(pl.Int32()))


def _told(*parts: str | pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(part) if isinstance(part, str) else part for part in parts)


def _joined(rows: pl.DataFrame, between: str) -> bytes:
    told: str = rows.to_series().str.join(between).item()
    return told.encode() + (b"\n" if between == "\n" else b"")


def _csv(rows: pl.DataFrame, **options) -> bytes:
    return rows.write_csv(**options).encode()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="gzip")
    return sink.getvalue()


if __name__ == "__main__":
    main()
