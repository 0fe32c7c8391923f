"""Values that no AWS answer has, in logs and snapshots: no crash, and no confident verdict."""

import pytest
from reference.organisation import entry, organisation, record, rule

ODD = [
    "x",
    "999.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.99999999999999999999",
    ":::",
    "1::2::3",
    "12345::",
    "fe80::1%eth0",
    "10.0.2.20/33",
    "'; drop table flows; --",
    "\u00fc",
]


def test_an_address_that_is_none_leaves_the_stage_unknown(judge) -> None:
    records = [record(srcaddr=odd, pkt_srcaddr=odd) for odd in ODD if " " not in odd]
    rows = judge(records, organisation())
    assert len(rows) == len(records)
    assert {row["cause"] for row in rows} == {"stage_unknown"}
    assert all("a peer address" in row["note"] for row in rows)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("guard", ["ingress", "acl"])
def test_an_answer_with_a_block_that_is_none_is_not_used(judge, odd, guard) -> None:
    guards = {"ingress": [rule("tcp", (443, 443), cidr=odd)], "acl": [entry(1, "allow", cidr=odd)]}
    network = organisation(**{guard: guards[guard]})
    (row,) = judge([record()], network)
    assert (row["cause"], row["certainty"]) == ("stage_unknown", "unknown")


def test_a_direction_that_is_none_is_told_from_the_addresses(judge) -> None:
    (row,) = judge([record(flow_direction="sideways")], organisation())
    assert (row["direction"], row["cause"]) == ("ingress", "sg_ingress_miss")


def test_a_record_without_a_time_says_so(judge) -> None:
    (row,) = judge([record(start_time=None, end_time=None)], organisation())
    assert (row["cause"], row["certainty"]) == ("interface_unknown", "unknown")
    assert "no start time" in row["note"]
