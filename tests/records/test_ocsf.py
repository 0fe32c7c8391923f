"""Security Lake's OCSF, in both of its shapes, becomes the flow log that it was made of."""

import io
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from security_lake import INT, SHAPES, TEXT, event, stored

from pipeline.records.content import Content
from pipeline.records.decode import decode

NOW = datetime(2026, 3, 10, tzinfo=UTC)
START, END = 1772452800, 1772452860

INGRESS = {
    "version": "5",
    "account-id": "047615872826",
    "interface-id": "eni-1",
    "srcaddr": "203.0.113.7",
    "dstaddr": "10.0.0.5",
    "srcport": "50000",
    "dstport": "443",
    "protocol": "6",
    "packets": "1",
    "bytes": "40",
    "start": str(START),
    "end": str(END),
    "action": "REJECT",
    "log-status": "OK",
    "vpc-id": "vpc-1",
    "subnet-id": "subnet-1",
    "instance-id": "i-1",
    "tcp-flags": "2",
    "type": "IPv4",
    "pkt-srcaddr": "203.0.113.7",
    "pkt-dstaddr": "10.0.0.5",
    "region": "us-east-1",
    "az-id": "use1-az1",
    "sublocation-type": "-",
    "sublocation-id": "-",
    "pkt-src-aws-service": "-",
    "pkt-dst-aws-service": "-",
    "flow-direction": "ingress",
    "traffic-path": "-",
}
EGRESS = INGRESS | {
    "srcaddr": "10.0.0.5",
    "pkt-srcaddr": "10.9.9.9",
    "dstaddr": "10.0.0.1",
    "pkt-dstaddr": "52.0.0.1",
    "action": "ACCEPT",
    "instance-id": "-",
    "pkt-dst-aws-service": "S3",
    "flow-direction": "egress",
    "traffic-path": "8",
    "sublocation-type": "outpost",
    "sublocation-id": "op-1",
}
FLOW = ("srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "action")
PACKET = ("pkt-srcaddr", "pkt-dstaddr", "tcp-flags", "type", "flow-direction", "traffic-path")
NODATA = INGRESS | dict.fromkeys([*FLOW, *PACKET], "-") | {"log-status": "NODATA"}
# In a record of nothing the interface has no side to stand on.
LOST = {"interface-id", "vpc-id", "subnet-id", "instance-id"}


def decoded(data: bytes):
    """Decode one file and check that its rows are accounted for."""
    result = decode([Content("o", data)], NOW)
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


def from_text(records: list[dict]) -> list[dict]:
    lines = [" ".join(record.values()) for record in records]
    text = "\n".join([" ".join(INGRESS), *lines, ""])
    read = rows(decode([Content("o", text.encode())], NOW))
    return [row | {"line_number": row["line_number"] - 1} for row in read]


IPV6 = INGRESS | {
    "srcaddr": "2001:db8::1",
    "pkt-srcaddr": "2001:db8::1",
    "type": "IPv6",
    "account-id": "unknown",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_an_event_becomes_the_record_that_it_was_made_of(shape) -> None:
    records = [INGRESS, EGRESS, IPV6]
    result = decoded(stored([event(record, shape) for record in records], shape))
    assert result.kinds == {"o": "ocsf"}
    assert rows(result) == from_text(records)
    assert result.unknown_fields == set()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_record_of_nothing_keeps_all_but_its_interface(shape) -> None:
    nothing = NODATA | dict.fromkeys(LOST, "-")
    result = decoded(stored([event(NODATA, shape), event(EGRESS, shape)], shape))
    assert rows(result) == from_text([nothing, EGRESS])


@pytest.mark.parametrize("path", range(1, 9))
def test_each_boundary_of_a_vpc_is_one_traffic_path(path) -> None:
    record = EGRESS | {"traffic-path": str(path)}
    (row,) = rows(decoded(stored([event(record, "1.1.0")])))
    assert row["traffic_path"] == path
    assert "overflow" not in row


@pytest.mark.parametrize(
    ("code", "caption", "kept"),
    [
        (99, "-", None),
        (99, "Other", None),
        (0, None, None),
        (None, None, None),
        (3, "External", "External"),
        (99, "9", "9"),
        (12, None, "12"),
    ],
)
def test_a_boundary_that_is_no_traffic_path_is_kept_beside(code, caption, kept) -> None:
    made = event(EGRESS, "1.1.0")
    made["connection_info"] |= {"boundary_id": code, "boundary": caption}
    (row,) = rows(decoded(stored([made])))
    assert "traffic_path" not in row
    expected = {} if kept is None else {"connection_info.boundary_id": kept}
    assert dict(row.get("overflow", {})) == expected


def test_an_action_that_is_neither_is_kept_beside() -> None:
    made = event(EGRESS, "1.1.0") | {"action_id": 3, "action": "Observed"}
    (row,) = rows(decoded(stored([made])))
    assert "action" not in row
    assert dict(row["overflow"]) == {"action_id": "Observed"}


def test_ids_on_the_wrong_side_are_no_interfaces() -> None:
    made = event(EGRESS, "1.1.0")
    made["connection_info"] |= {"direction_id": 1}
    (row,) = rows(decoded(stored([made])))
    assert row["flow_direction"] == "ingress"
    assert "interface_id" not in row
    assert dict(row["overflow"])["src_endpoint.interface_uid"] == "eni-1"


def test_of_several_addresses_between_none_is_taken() -> None:
    made = event(EGRESS, "1.1.0")
    made["src_endpoint"]["intermediate_ips"] = ["10.0.0.5", "10.0.0.6"]
    (row,) = rows(decoded(stored([made])))
    assert "srcaddr" not in row
    assert row["pkt_srcaddr"] == "10.9.9.9"
    assert dict(row["overflow"]) == {"src_endpoint.intermediate_ips": "10.0.0.5,10.0.0.6"}


def test_what_is_unmapped_is_read_under_its_own_name() -> None:
    given = [
        ("reject_reason", "BPA"),
        ("ecs_task_id", "-"),
        ("encryption_status", "1"),
        ("new_one", "7"),
        ("flow_direction", "egress"),
    ]
    (row,) = rows(decoded(stored([event(EGRESS, "1.1.0") | {"unmapped": given}])))
    assert (row["reject_reason"], row["encryption_status"]) == ("BPA", 1)
    assert "ecs_task_id" not in row
    assert dict(row["overflow"]) == {"new-one": "7", "unmapped.flow-direction": "egress"}


@pytest.mark.parametrize("keys", [["a b"], [""], ["a_b", "a-b"], [f"k{n}" for n in range(101)]])
def test_unmapped_keys_that_are_no_fields_fail_the_file(keys) -> None:
    made = event(EGRESS, "1.1.0") | {"unmapped": [(key, "x") for key in keys]}
    assert decoded(stored([made])).failed["o"].startswith("its column unmapped has")


def test_a_value_that_cannot_be_read_rejects_its_row_alone() -> None:
    bad = event(INGRESS, "1.1.0")
    bad["src_endpoint"]["port"] = 70000
    result = decoded(stored([event(INGRESS, "1.1.0"), bad]))
    assert len(rows(result)) == 1
    (line,) = result.rejected.to_dicts()
    assert line["reason"] == "srcport is not between 0 and 65535"
    assert json.loads(line["text"])["srcport"] == 70000


def other(**changed) -> dict:
    made = event(INGRESS, "1.1.0")
    made["metadata"]["product"] |= changed.pop("product", {})
    return made | changed


OTHERS = {
    "class_uid 4003": other(class_uid=4003),
    "metadata.product.name Route 53": other(product={"name": "Route 53"}),
    "metadata.product.feature.name Resolver": other(product={"feature": {"name": "Resolver"}}),
    "class_uid None": other(class_uid=None),
}


@pytest.mark.parametrize("said", OTHERS)
def test_ocsf_of_something_else_is_refused_by_name(said) -> None:
    failed = decoded(stored([OTHERS[said]])).failed["o"]
    assert failed.startswith("is OCSF, but no VPC flow log: it holds class_uid")
    assert said in failed


def test_an_event_of_something_else_among_flow_logs_is_a_rejected_line() -> None:
    result = decoded(stored([event(INGRESS, "1.1.0"), OTHERS["class_uid 4003"]]))
    assert [row["line_number"] for row in rows(result)] == [1]
    assert result.rejected.select("line_number", "reason").rows() == [
        (2, "is OCSF, but no VPC flow log")
    ]


def test_a_file_without_events_is_read() -> None:
    assert decoded(stored([])).counts["o"].lines == 0


@pytest.mark.parametrize(
    "types",
    [
        {"unmapped": TEXT},
        {"unmapped": pa.struct([("sublocation_id", TEXT)])},
        {"src_endpoint": TEXT},
        {"src_endpoint": pa.struct([("ip", pa.list_(TEXT))])},
        {"src_endpoint": pa.struct([("intermediate_ips", TEXT)])},
        {"metadata": pa.list_(TEXT)},
        {"class_uid": TEXT},
        {"traffic": pa.null()},
        {"start_time_dt": TEXT},
        {"action_id": pa.list_(INT)},
    ],
    ids=str,
)
def test_columns_of_other_types_never_break_a_run(types) -> None:
    result = decoded(stored([{}, {}], "1.1.0", **types))
    assert {*result.counts, *result.failed} == {"o"}


def test_columns_of_one_name_fail_the_file() -> None:
    sink = io.BytesIO()
    table = pa.Table.from_pylist([event(INGRESS, "1.1.0")], pa.schema(SHAPES["1.1.0"].items()))
    pq.write_table(table.append_column("class_uid", table["class_uid"]), sink)
    assert "several columns of one name" in decoded(sink.getvalue()).failed["o"]


def test_events_without_a_single_field_fail_the_file() -> None:
    product = {"name": "Amazon VPC", "feature": {"name": "Flowlogs"}}
    bare = {"class_uid": 4001, "metadata": {"product": product}, "src_endpoint": {"x": 1}}
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([bare] * 2), sink)
    assert "it has none of its fields" in decoded(sink.getvalue()).failed["o"]


def test_times_are_read_as_milliseconds_where_there_is_no_timestamp() -> None:
    made = event(INGRESS, "1.1.0") | {"start_time_dt": None, "time_dt": None}
    (row,) = rows(decoded(stored([made])))
    assert row["start_time"] == datetime.fromtimestamp(START, UTC)
