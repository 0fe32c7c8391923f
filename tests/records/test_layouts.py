"""Header lines: which they are, where they may stand, and what they make of the lines below."""

import random
from datetime import UTC, datetime

import pytest

from pipeline.records import fields
from pipeline.records.content import Content
from pipeline.records.decode import decode
from pipeline.records.layout import header

NOW = datetime(2026, 3, 10, tzinfo=UTC)
NAMED = datetime(2026, 3, 9, tzinfo=UTC)


def read(*lines: str):
    return decode([Content("o", "\n".join([*lines, ""]).encode(), NAMED)], NOW)


def rows(result) -> list[dict]:
    found = [row for _, frame in result.frames for row in frame.to_dicts()]
    return sorted(found, key=lambda row: row["line_number"])


def told(result, *names: str) -> list[tuple]:
    return [tuple(row.get(name) for name in names) for row in rows(result)]


# With "" at the end the last line is blank, which sends the text down the exact path.
@pytest.mark.parametrize("end", [[], [""]])
def test_a_header_of_texts_alone_is_seen_in_mid_stream(end) -> None:
    result = read(
        "interface-id action", "eni-1 ACCEPT", "action interface-id", "REJECT eni-2", *end
    )
    assert told(result, "interface_id", "action") == [("eni-1", "ACCEPT"), ("eni-2", "REJECT")]
    assert result.counts["o"].headers == 2


@pytest.mark.parametrize("end", [[], [""]])
def test_a_header_of_other_fields_is_seen_in_mid_stream(end) -> None:
    result = read("srcaddr dstaddr", "10.0.0.1 10.0.0.2", "vpc-id subnet-id", "vpc-1 -", *end)
    assert told(result, "srcaddr", "vpc_id") == [("10.0.0.1", None), (None, "vpc-1")]


def test_a_header_may_be_the_last_line() -> None:
    result = read("interface-id action", "eni-1 ACCEPT", "action interface-id")
    assert (result.counts["o"].flows, result.counts["o"].headers) == (1, 2)


def test_a_header_may_come_again_at_once_and_with_other_blanks() -> None:
    names = "interface-id action"
    result = read(names, names, " interface-id   action ", "eni-1 ACCEPT", names)
    assert (result.counts["o"].flows, result.counts["o"].headers) == (1, 4)


def test_a_byte_order_mark_in_mid_stream_hides_no_header() -> None:
    result = read(
        "interface-id action", "eni-1 ACCEPT", "\ufeffaction interface-id", "REJECT eni-2"
    )
    assert told(result, "interface_id", "action") == [("eni-1", "ACCEPT"), ("eni-2", "REJECT")]


def test_vpc_and_transit_gateway_records_may_share_a_stream() -> None:
    result = read("interface-id start", "eni-1 1772452800", "tgw-id start", "tgw-1 1772452800")
    found = {table: frame.height for table, frame in result.frames}
    assert found == {"flows": 1, "transit_gateway_flows": 1}


UNKNOWN = [
    "text",
    "reason",
    "tokens",
    "words",
    "header",
    "layout",
    "values",
    "line",
    "object",
    "key",
]
UNKNOWN += ["time", "overflow", "count", "literal", "len", "index", "name", "value", "null", "none"]


@pytest.mark.parametrize("end", [[], [""]])
@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_field_may_have_any_name(name, end) -> None:
    result = read(f"interface-id action {name}", "eni-1 ACCEPT x", *end)
    ((overflow,),) = told(result, "overflow")
    assert dict(overflow) == {name: "x"}


@pytest.mark.parametrize("field", fields.VPC_FIELDS, ids=lambda field: field.name)
def test_a_field_alone_is_a_layout(field) -> None:
    value = {"start": "1772452800", "end": "1772452800"}.get(field.name, "7")
    result = read(field.name, value, "-")
    first, second = told(result, fields.column(field.name))
    assert first[0] is not None
    assert second[0] == (NAMED if field.name == "start" else None)
    assert result.counts["o"].flows == 2


def test_all_fields_in_any_order_read_the_same() -> None:
    values = {field.name: str(number) for number, field in enumerate(fields.VPC_FIELDS)}
    values |= {"start": "1772452800", "end": "1772452860"}
    orders = [list(values) for _ in range(5)]
    for seed, order in enumerate(orders):
        random.Random(seed).shuffle(order)
    read_in = [rows(read(" ".join(o), " ".join(values[n] for n in o))) for o in orders]
    assert all(len(found) == 1 for found in read_in)
    assert all(found == read_in[0] for found in read_in)
    assert read_in[0][0]["next_hop_interface_type"] == "53"


def test_the_default_transit_gateway_format_reads_whole() -> None:
    line = (
        "6 TransitGateway 047615872826 tgw-1 tgw-attach-1 047615872826 - vpc-1 vpc-2 subnet-1 "
        "subnet-2 eni-1 eni-2 use1-az1 use1-az2 tgw-attach-2 10.0.0.1 10.1.0.1 443 50000 6 10 4000 "
        "1772452800 1772452860 OK IPv4 1 2 3 4 18 us-east-1 ingress - S3"
    )
    result = read(" ".join(field.name for field in fields.TRANSIT_GATEWAY_LAYOUT), line)
    ((table, _),) = result.frames
    assert table == "transit_gateway_flows"
    assert told(
        result, "version", "tgw_dst_vpc_account_id", "dstport", "packets_lost_ttl_expired"
    ) == [(6, None, 50000, 4)]
    assert told(result, "tcp_flags", "pkt_dst_aws_service", "overflow") == [(18, "S3", None)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "2 eni-1",
        "interface-id interface-id",
        "Interface-Id Action",
        "interface_id srcaddr_ dst_addr",
        "new-one new-two action",
        "action,interface-id",
        "${action} ${interface-id}",
        '"action" "interface-id"',
    ],
)
def test_what_is_no_header(line) -> None:
    assert header(line) is None


def test_a_header_may_hold_some_unknown_names() -> None:
    assert header("action interface-id new-one").unknown() == ["new-one"]


def test_fields_of_the_other_kind_of_log_go_to_overflow() -> None:
    result = read("tgw-id action", "tgw-1 ACCEPT")
    ((overflow,),) = told(result, "overflow")
    assert dict(overflow) == {"action": "ACCEPT"}


@pytest.mark.parametrize("account", ["unknown", "000000000001", "047615872826"])
def test_an_account_is_text_to_its_leading_zeros(account) -> None:
    assert told(read("account-id action", f"{account} ACCEPT"), "account_id") == [(account,)]


@pytest.mark.parametrize("status", ["NODATA", "SKIPDATA"])
def test_a_record_of_nothing_keeps_what_describes_its_interface(status) -> None:
    result = read(
        "vpc-id start srcaddr bytes tcp-flags log-status", f"vpc-1 1772452800 - - - {status}"
    )
    assert told(result, "vpc_id", "srcaddr", "bytes", "tcp_flags", "log_status") == [
        ("vpc-1", None, None, None, status)
    ]
