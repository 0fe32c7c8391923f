"""What was written is read back, whatever the format and whatever it is wrapped in.

The truth is what was drawn; nothing of the pipeline's has a say in what is expected.
"""

import csv
import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st
from security_lake import SHAPES, event, stored

from pipeline.records.compression import plain
from pipeline.records.content import Content
from pipeline.records.decode import decode
from pipeline.records.layout import declared

NOW = datetime(2026, 3, 10, tzinfo=UTC)
# Each field by the type that AWS writes to Parquet, from AWS's lists of fields.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
NUMBERS = "version srcport dstport protocol tcp-flags traffic-path encryption-status"
TAG_NAMES = "instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2"
VPC_NAMES = """
version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end
action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id
sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path
ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id
ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn
ecs-task-id reject-reason resource-id encryption-status instance-tag instance-tag-2 interface-tag
interface-tag-2 asg-tag asg-tag-2 interface-type next-hop-interface-id next-hop-subnet-id
next-hop-az-id next-hop-vpc-id next-hop-interface-type
"""
# https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-log-records.html
TRANSIT_NAMES = """
version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id
tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id
tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport
dstport protocol packets bytes start end log-status type packets-lost-no-route
packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region
flow-direction pkt-src-aws-service pkt-dst-aws-service
"""
INTS, TAGS = NUMBERS.split(), TAG_NAMES.split()
VPC, TRANSIT = VPC_NAMES.split(), TRANSIT_NAMES.split()
LONGS = ["packets", "bytes", *(name for name in TRANSIT if name.startswith("packets-lost"))]
MOST = {"srcport": 65535, "dstport": 65535, "protocol": 255, "tcp-flags": 255}
FIRST, LAST = 1262304000, 1773100800

PRINTED = st.characters(min_codepoint=33, max_codepoint=126)
IPV4 = st.ip_addresses(v=4).map(str)
IPV6 = st.ip_addresses(v=6).map(str)
ACCOUNTS = st.from_regex(r"[0-9]{11,12}", fullmatch=True) | st.just("unknown")
# A value that is written as a missing one is no value; Parquet has more ways to write that.
WORDS = st.text(PRINTED, min_size=1, max_size=12).filter(
    lambda text: text not in ("-", "None", "null", "nan", "NaN") and not text.startswith("\ufeff")
)
LABELS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda text: text != "-"
)


def drawn(name: str) -> st.SearchStrategy:
    if name in ("start", "end"):
        return st.integers(FIRST, LAST)
    if name in INTS:
        return st.none() | st.integers(0, MOST.get(name, 2**31 - 1))
    if name in LONGS:
        return st.none() | st.integers(0, 2**63 - 1)
    if name.endswith("account-id"):
        return st.none() | ACCOUNTS
    if name.endswith("addr"):
        return st.none() | IPV4 | IPV6
    return st.none() | (LABELS if name in TAGS else WORDS)


@st.composite
def logs(draw) -> tuple[str, list[str], list[dict]]:
    """Draw a format, fields of one kind in any order and some that nobody knows, and records."""
    table, known = draw(st.sampled_from([("flows", VPC), ("transit_gateway_flows", TRANSIT)]))
    names = draw(st.permutations(known))[: draw(st.integers(3, len(known)))]
    if table == "transit_gateway_flows":
        names = [*dict.fromkeys([*names, "tgw-id"])]
    new = draw(st.lists(st.sampled_from(["new-one", "x9", "colour"]), unique=True, max_size=2))
    names = draw(st.permutations([*names, *new]))
    count = draw(st.integers(1, 4))
    records = [{name: draw(drawn(name)) for name in names} for _ in range(count)]
    for record in records:
        if "start" in record and "end" in record:
            record["start"], record["end"] = sorted((record["start"], record["end"]))
    return table, names, records


def written(name: str, value) -> str:
    """Write a value as AWS does: tags percent-encoded, what is missing as a dash."""
    if value is None:
        return "-"
    return quote(value, safe="") if name in TAGS else str(value)


def line(record: dict) -> str:
    return " ".join(written(name, value) for name, value in record.items())


def expected(record: dict, event: int | None = None) -> dict:
    """Return what the lake is to hold, as the table's page says it."""
    known = {name: value for name, value in record.items() if name in {*VPC, *TRANSIT}}
    row = {name.replace("-", "_"): value for name, value in known.items() if value is not None}
    for name in ("start", "end"):
        if name in row:
            row[f"{name}_time"] = datetime.fromtimestamp(row.pop(name), UTC)
    if "start_time" in row:
        row["time_source"] = "record"
    elif event is not None:
        row |= {"start_time": datetime.fromtimestamp(event, UTC), "time_source": "event"}
    if len(known) < len(record):
        new = {name: value for name, value in record.items() if name not in known}
        row["overflow"] = {name: value for name, value in new.items() if value is not None}
    return row


def read(stored: bytes, table: str, names: list[str], headed: bool = False) -> list[dict]:
    """Unpack and decode one object, and return its rows in the order of their lines."""
    formats = [] if headed else [declared(" ".join(f"${{{name}}}" for name in names))]
    result = decode([Content("o", plain(stored, 10**8))], NOW, formats)
    assert (result.failed, result.rejected.rows()) == ({}, [])
    assert {told for told, frame in result.frames if frame.height} <= {table}
    rows = [row for _, frame in result.frames for row in frame.to_dicts()]
    rows.sort(key=lambda row: row["line_number"])
    for row in rows:
        del row["line_number"], row["object_id"]
        if row.get("overflow") is not None:
            row["overflow"] = dict(row["overflow"])
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


@st.composite
def packed(draw, data: bytes) -> bytes:
    """Leave bytes as they are or pack them: in members cut anywhere, once or twice."""
    times = draw(st.integers(0, 2))
    for _ in range(times):
        cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=3)))
        parts = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        data = b"".join(gzip.compress(part, draw(st.integers(0, 9)), mtime=0) for part in parts)
    return data


@given(logs(), st.data())
def test_text_with_a_header_reads_back(log, data) -> None:
    table, names, records = log
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    blanks = st.lists(st.sampled_from(["", " ", "\t"]), max_size=2)
    lines = [" ".join(names)]
    for record in records:
        lines += [*data.draw(blanks), line(record)]
        lines += data.draw(st.sampled_from([[], [" ".join(names)]]))
    text = end.join(lines) + data.draw(st.sampled_from(["", end]))
    stored = data.draw(packed(text.encode()))
    assert read(stored, table, names, headed=True) == [expected(one) for one in records]


EVENT = int((NOW - timedelta(days=3)).timestamp())


def envelope(records: list[dict], number: int = 0) -> dict:
    events = [
        {"id": f"{number}{n}", "timestamp": EVENT * 1000, "message": line(one)}
        for n, one in enumerate(records)
    ]
    return {"messageType": "DATA_MESSAGE", "logStream": "eni-1-all", "logEvents": events}


CONTROL = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "message": "health"}]}


@given(logs(), st.data())
def test_a_subscriptions_envelopes_read_back(log, data) -> None:
    table, names, records = log
    between = data.draw(st.sampled_from(["", "\n", " \r\n"]))
    ascii_only = data.draw(st.booleans())
    cut = data.draw(st.integers(0, len(records)))
    documents = [envelope(records[:cut], 1), CONTROL, envelope(records[cut:], 2)]
    text = between.join(json.dumps(one, ensure_ascii=ascii_only) for one in documents)
    rows = read(data.draw(packed(text.encode())), table, names)
    assert [row.pop("event_id") for row in rows] == [
        event["id"] for one in (documents[0], documents[2]) for event in one["logEvents"]
    ]
    assert rows == [expected(one, EVENT) for one in records]


@given(logs(), st.data())
def test_firehoses_messages_read_back(log, data) -> None:
    table, names, records = log
    between, end = data.draw(st.tuples(st.sampled_from(["", "\n"]), st.sampled_from(["", "\n"])))
    text = between.join(json.dumps({"message": line(one) + end}) for one in records)
    rows = read(data.draw(packed(text.encode())), table, names)
    assert rows == [expected(one) for one in records]


@given(logs(), st.data())
def test_an_exports_lines_read_back(log, data) -> None:
    table, names, records = log
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    stamp = datetime.fromtimestamp(EVENT, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    text = end.join(f"{stamp} {line(one)}" for one in records) + data.draw(
        st.sampled_from(["", end])
    )
    rows = read(data.draw(packed(text.encode())), table, names)
    assert rows == [expected(one, EVENT) for one in records]


def column(name: str, values: list) -> pa.Array:
    if name in INTS:
        return pa.array(values, pa.int32())
    if name in [*LONGS, "start", "end"]:
        return pa.array(values, pa.int64())
    return pa.array([written(name, value) for value in values], pa.string())


@given(logs(), st.data())
def test_parquet_as_aws_writes_it_reads_back(log, data) -> None:
    table, names, records = log
    columns = {
        name.replace("-", "_"): column(name, [one[name] for one in records]) for name in names
    }
    sink = io.BytesIO()
    pq.write_table(
        pa.table(columns),
        sink,
        compression=data.draw(st.sampled_from(["gzip", "snappy", "zstd", "none"])),
        row_group_size=data.draw(st.integers(1, 4)),
        use_dictionary=data.draw(st.booleans()),
        data_page_version=data.draw(st.sampled_from(["1.0", "2.0"])),
    )
    rows = read(data.draw(packed(sink.getvalue())), table, names, headed=True)
    assert rows == [expected(one) for one in records]


def downloaded(data: st.DataObject, first: list[str], cells: list[list]) -> bytes:
    """Write CSV with as many quotes as there can be, or no more than it needs."""
    sink = io.StringIO()
    quoting = data.draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    csv.writer(sink, quoting=quoting, lineterminator=end).writerows([first, *cells])
    return sink.getvalue().encode(data.draw(st.sampled_from(["utf-8", "utf-8-sig"])))


@given(logs(), st.data())
def test_messages_that_were_downloaded_read_back(log, data) -> None:
    table, names, records = log
    first, time = data.draw(
        st.sampled_from(
            [
                (["timestamp", "message"], str(EVENT * 1000)),
                (["@timestamp", "@message"], f"{datetime.fromtimestamp(EVENT, UTC):%F %T}.000"),
            ]
        )
    )
    told = downloaded(data, first, [[time, line(one)] for one in records])
    rows = read(data.draw(packed(told)), table, names)
    assert rows == [expected(one, EVENT) for one in records]


@given(logs(), st.data())
def test_columns_that_were_downloaded_read_back(log, data) -> None:
    table, names, records = log
    missing = data.draw(st.sampled_from(["-", ""]))
    cells = [
        [missing if value is None else written(name, value) for name, value in one.items()]
        for one in records
    ]
    told = downloaded(data, [name.replace("-", "_") for name in names], cells)
    rows = read(data.draw(packed(told)), table, names, headed=True)
    assert rows == [expected(one) for one in records]


# What Security Lake keeps of a record is said by its fields, or by the side they stand on.
SAID = {
    "srcaddr": IPV4 | IPV6,
    "dstaddr": IPV4 | IPV6,
    "action": st.sampled_from(["ACCEPT", "REJECT"]),
    "flow-direction": st.sampled_from(["ingress", "egress"]),
    "traffic-path": st.none() | st.integers(1, 8),
}
MAPPED = VPC[: VPC.index("traffic-path") + 1]


@st.composite
def events(draw) -> list[dict]:
    """Draw records of version 5 that have a packet; its addresses may be the interface's."""
    strategies = {name: SAID.get(name, drawn(name)) for name in MAPPED}
    records = draw(st.lists(st.fixed_dictionaries(strategies), min_size=1, max_size=4))
    for record in records:
        record["start"], record["end"] = sorted((record["start"], record["end"]))
        for name in ("srcaddr", "dstaddr"):
            record[f"pkt-{name}"] = draw(st.just(record[name]) | IPV4 | IPV6)
    return records


@given(events(), st.sampled_from(sorted(SHAPES)), st.data())
def test_what_security_lake_makes_of_records_reads_back(records, shape, data) -> None:
    texts = [{name: written(name, value) for name, value in one.items()} for one in records]
    file = stored([event(one, shape) for one in texts], shape)
    rows = read(data.draw(packed(file)), "flows", MAPPED, headed=True)
    assert rows == [expected(one) for one in records]
