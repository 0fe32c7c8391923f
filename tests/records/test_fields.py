"""The list of fields against AWS's pages."""

from pipeline.records.fields import (
    TRANSIT_GATEWAY_FIELDS,
    TRANSIT_GATEWAY_LAYOUT,
    VPC_FIELDS,
    column,
    known,
)

# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html, the default format
DEFAULT = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status"
)


def test_there_are_54_vpc_fields_of_versions_2_to_11() -> None:
    assert len({field.name for field in VPC_FIELDS}) == 54
    assert sorted({field.since for field in VPC_FIELDS}) == [2, 3, 4, 5, 7, 8, 9, 10, 11]
    counts = [sum(field.since <= version for field in VPC_FIELDS) for version in (2, 3, 4, 5, 7, 8)]
    assert counts == [14, 21, 25, 29, 39, 40]


def test_version_2_is_the_default_format_in_its_order() -> None:
    assert [field.name for field in VPC_FIELDS if field.since == 2] == DEFAULT.split()


def test_there_are_18_transit_gateway_fields_in_a_layout_of_36() -> None:
    assert len({field.name for field in TRANSIT_GATEWAY_FIELDS}) == 18
    layout = [field.name for field in TRANSIT_GATEWAY_LAYOUT]
    assert len(layout) == len(set(layout)) == 36
    assert layout[:3] == ["version", "resource-type", "account-id"]
    assert {field.name for field in TRANSIT_GATEWAY_FIELDS} < set(layout)


def test_every_field_says_what_it_means() -> None:
    assert all(field.meaning for field in (*VPC_FIELDS, *TRANSIT_GATEWAY_FIELDS))


def test_columns_are_named_for_sql() -> None:
    assert [column(name) for name in ("start", "end", "pkt-srcaddr", "bytes")] == [
        "start_time",
        "end_time",
        "pkt_srcaddr",
        "bytes",
    ]


def test_a_table_knows_its_own_fields() -> None:
    assert known("flows", "tgw-id") is None
    assert known("transit_gateway_flows", "tgw-id").name == "tgw-id"
    assert known("flows", "nonsense") is None
