"""One answer worked out by hand, at least, for each row of the decision table."""

import pytest

from .evaluator import evaluate
from .model import Blocker, Expected, Json
from .organisation import (
    ALL_IN,
    ALLOW_ALL,
    FAR,
    NEIGHBOUR,
    NEIGHBOUR_6,
    NOON,
    PUBLIC,
    entry,
    organisation,
    record,
    rule,
    verdict,
)

DENY_443 = [entry(90, "deny", "6", ports=(443, 443)), *ALLOW_ALL]
ACL_IN = Blocker("acl", "network-acl", "acl-e", "90", "nacl_ingress_deny")
ACL_OUT = Blocker("acl", "network-acl", "acl-e", "90", "nacl_egress_deny")
GROUP_IN = Blocker("group", "security-group", "sg-e", None, "sg_ingress_miss")
GROUP_OUT = Blocker("group", "security-group", "sg-e", None, "sg_egress_miss")

BLOCKED = Blocker(
    "block-public-access", "block-public-access", "vpc-a", None, "block_public_access"
)


def decided(found: Expected) -> tuple[int, str, str, str | None, str | None]:
    return found.row, found.cause, found.certainty, found.element_id, found.rule


def test_row_0_no_flow_has_no_verdict() -> None:
    assert evaluate(record(log_status="NODATA", action=None), [organisation()]) is None
    assert evaluate(record(log_status="SKIPDATA", action=None), [organisation()]) is None
    assert evaluate(record(action="ACCEPT"), [organisation()]) is None


def test_row_1_block_public_access_names_the_vpc() -> None:
    found = verdict(record(reject_reason="BPA"), organisation())
    assert decided(found) == (1, "block_public_access", "certain", "vpc-a", None)
    assert (found.element_type, found.blockers) == ("block-public-access", (BLOCKED,))


def test_row_1_without_the_interface_names_nothing() -> None:
    found = verdict(record(reject_reason="BPA", interface_id="eni-gone"), organisation())
    assert decided(found) == (1, "block_public_access", "certain", None, None)
    assert found.element_type == "block-public-access"


def test_row_2_encryption_control_has_no_element() -> None:
    found = verdict(record(reject_reason="EC"), organisation())
    assert decided(found) == (2, "encryption_control", "certain", None, None)
    assert found.element_type is None


def test_row_3_interface_unknown() -> None:
    found = verdict(record(interface_id="eni-gone"), organisation())
    assert decided(found) == (3, "interface_unknown", "unknown", None, None)
    assert verdict(record()).cause == "interface_unknown"


def test_row_4_within_the_subnet_only_groups_can_refuse() -> None:
    found = verdict(record(NEIGHBOUR), organisation(acl=DENY_443))
    assert decided(found) == (4, "sg_ingress_miss", "certain", "sg-e", None)
    assert found.blockers == (GROUP_IN,)
    assert verdict(record(NEIGHBOUR_6), organisation(acl=[])).row == 4


def test_row_5_acl_inbound() -> None:
    found = verdict(record(), organisation(ingress=[ALL_IN], acl=DENY_443))
    assert decided(found) == (5, "nacl_ingress_deny", "certain", "acl-e", "90")
    assert found.blockers == (ACL_IN,)


def test_row_5_implicit_deny_is_named_even_when_omitted() -> None:
    found = verdict(record(), organisation(ingress=[ALL_IN], acl=[]))
    assert found.rule == "32767"
    found = verdict(record("2a00:1450:9::1"), organisation(ingress=[ALL_IN], acl=[]))
    assert found.rule == "32768"


def test_row_6_group_miss_behind_an_open_acl() -> None:
    found = verdict(record(), organisation())
    assert decided(found) == (6, "sg_ingress_miss", "certain", "sg-e", None)
    assert found.element_type == "security-group"
    assert (found.phase, found.phase_source, found.direction) == ("initial", "flags", "ingress")


def test_row_6_names_all_groups_in_order() -> None:
    found = verdict(record(), organisation(groups=["sg-empty", "sg-e"]))
    assert found.element_id == "sg-e,sg-empty"


def test_row_7_inbound_meets_the_acl_first() -> None:
    found = verdict(record(), organisation(acl=DENY_443))
    assert decided(found) == (7, "sg_and_nacl", "certain", "acl-e", "90")
    assert found.blockers == (ACL_IN, GROUP_IN)


def test_row_8_an_interface_without_groups() -> None:
    found = verdict(record(), organisation(groups=[], acl=DENY_443))
    assert decided(found) == (8, "nacl_ingress_deny", "certain", "acl-e", "90")


def test_row_9_public_peer_and_block_mode() -> None:
    for mode in ("block-bidirectional", "block-ingress"):
        found = verdict(record(PUBLIC, log_version=7), organisation([ALL_IN], block_mode=mode))
        assert decided(found) == (9, "block_public_access", "probable", "vpc-a", None)
        assert (found.element_type, found.blockers) == ("block-public-access", (BLOCKED,))
    made = record(PUBLIC, log_version=5)
    assert verdict(made, organisation(groups=[], block_mode="block-ingress")).row == 9
    assert verdict(made, organisation([ALL_IN], block_mode="off")).row == 11
    assert verdict(made, organisation([ALL_IN])).row == 11
    made = record(FAR, log_version=5)
    assert verdict(made, organisation([ALL_IN], block_mode="block-ingress")).row == 11


def test_row_9_the_subnet_s_mode_comes_before_the_vpc_s() -> None:
    made = record(PUBLIC, log_version=5)
    on, off = "block-ingress", "off"
    assert verdict(made, organisation([ALL_IN], block_mode=off, subnet_mode=on)).row == 9
    assert verdict(made, organisation([ALL_IN], subnet_mode=on)).row == 9
    assert verdict(made, organisation([ALL_IN], block_mode=on, subnet_mode=off)).row == 11
    lacking = organisation([ALL_IN], block_mode=on, subnet_mode=off, without=["subnet-e"])
    assert verdict(made, lacking).row == 9


@pytest.mark.parametrize(
    ("direction", "row", "certainty"), [("ingress", 6, "probable"), ("egress", 15, "certain")]
)
def test_block_public_access_stands_before_what_comes_in(
    direction: str, row: int, certainty: str
) -> None:
    on = organisation(block_mode="block-bidirectional")
    found = verdict(record(PUBLIC, direction, log_version=5), on)
    assert (found.row, found.certainty) == (row, certainty)
    assert verdict(record(PUBLIC, direction, log_version=8), on).certainty == "certain"


def test_rows_9_and_20_give_way_where_the_log_has_reject_reason() -> None:
    on = organisation([ALL_IN], [ALL_IN], block_mode="block-bidirectional")
    versions: list[Json] = [{}, {"log_version": 8}, {"log_version": 11}]
    for more in versions:
        assert verdict(record(PUBLIC, **more), on).row == 11
        assert verdict(record(PUBLIC, "egress", **more), on).row == 21


def test_row_10_peering_not_active() -> None:
    rules = [rule("tcp", (443, 443), group="sg-p", account="222222222222")]
    made = record("10.1.0.20")
    assert verdict(made, organisation(rules, peering="expired")).row == 10
    assert verdict(made, organisation(rules, acl=DENY_443, peering="expired")).row == 7
    assert verdict(made, organisation(rules, peered_region="us-east-1")).row == 10
    assert verdict(made, organisation(rules)).row == 11


def test_row_11_not_explained() -> None:
    found = verdict(record(), organisation([ALL_IN]))
    assert decided(found) == (11, "not_explained", "unknown", None, None)
    assert found.blockers == ()
    assert verdict(record(NEIGHBOUR), organisation([ALL_IN], acl=[])).row == 11
    assert verdict(record(), organisation(groups=[])).row == 11


def test_rows_12_to_14_replies_inbound() -> None:
    """What came later goes to the server's port: an ACL refuses it as what began, in row 5."""
    for flags, refused in ((18, 12), (0, 5), (16, 5), (4, 5)):
        made = record(tcp_flags=flags)
        assert verdict(made, organisation(acl=DENY_443)).row == refused
        assert verdict(made, organisation()).row == 13
        assert verdict(made, organisation([ALL_IN])).row == 14
        assert verdict(made, organisation(groups=[])).row == 14
        assert verdict(made, organisation(groups=None)).row == 13
        assert verdict(made, organisation(groups=None, acl=DENY_443)).row == refused
        assert verdict(made, organisation(without=["acl-e"])).row == 24
    assert verdict(record(NEIGHBOUR, tcp_flags=18), organisation(acl=[])).row == 13


def test_row_15_group_miss_outbound() -> None:
    found = verdict(record(direction="egress"), organisation())
    assert decided(found) == (15, "sg_egress_miss", "certain", "sg-e", None)
    assert verdict(record(NEIGHBOUR, "egress"), organisation(acl=[])).row == 15


def test_row_16_acl_outbound() -> None:
    found = verdict(record(direction="egress"), organisation(egress=[ALL_IN], acl=DENY_443))
    assert decided(found) == (16, "nacl_egress_deny", "certain", "acl-e", "90")
    assert found.blockers == (ACL_OUT,)
    found = verdict(record(direction="egress"), organisation(groups=[], acl=DENY_443))
    assert found.row == 16


def test_row_17_outbound_meets_the_groups_first() -> None:
    found = verdict(record(direction="egress"), organisation(acl=DENY_443))
    assert decided(found) == (17, "sg_and_nacl", "certain", "sg-e", None)
    assert found.blockers == (GROUP_OUT, ACL_OUT)


def test_rows_18_and_19_replies_outbound() -> None:
    made = record(direction="egress", tcp_flags=18)
    assert verdict(made, organisation(acl=DENY_443)).row == 18
    assert verdict(made, organisation()).row == 19
    assert verdict(made, organisation(groups=None)).row == 19


def test_row_20_only_when_both_ways_are_blocked() -> None:
    made = record(PUBLIC, "egress", log_version=5)
    both = organisation(egress=[ALL_IN], block_mode="block-bidirectional")
    found = verdict(made, both)
    assert decided(found) == (20, "block_public_access", "probable", "vpc-a", None)
    assert found.blockers == (BLOCKED,)
    assert verdict(made, organisation(egress=[ALL_IN], block_mode="block-ingress")).row == 21


def test_row_21_not_explained() -> None:
    found = verdict(record(direction="egress"), organisation(egress=[ALL_IN]))
    assert decided(found) == (21, "not_explained", "unknown", None, None)


def test_row_23_icmp_depends_on_the_type() -> None:
    ping = record(protocol=1, srcport=0, dstport=0, tcp_flags=0)
    some = rule("icmp", (8, -1), cidr="0.0.0.0/0")
    found = verdict(ping, organisation([some]))
    assert decided(found) == (23, "depends_on_icmp_type", "conditional", None, None)
    assert (found.element_type, found.blockers) == (None, ())
    assert verdict(ping, organisation([some], acl=[])).row == 23
    assert verdict(ping, organisation([some, ALL_IN])).row == 11
    mixed = [entry(90, "deny", "1", kind=8), *ALLOW_ALL]
    assert verdict(ping, organisation([ALL_IN], acl=mixed)).row == 23
    assert verdict(ping, organisation(acl=mixed)).row == 23


def test_row_24_unknown_stages() -> None:
    for snapshot in (
        organisation(groups=None),
        organisation(without=["sg-e"]),
        organisation(without=["describe-security-groups"]),
        organisation([ALL_IN], without=["acl-e"]),
        organisation([rule("tcp", (443, 443), prefix_list="pl-unseen")]),
        organisation([rule("tcp", (443, 443), prefix_list="pl-unseen")], acl=DENY_443),
        organisation([ALL_IN], acl=DENY_443, without=["subnet-e"]),
    ):
        found = verdict(record(), snapshot)
        assert decided(found) == (24, "stage_unknown", "unknown", None, None)
        assert found.blockers == ()


def test_row_24_an_acl_that_is_not_evaluated_may_be_unknown() -> None:
    assert verdict(record(NEIGHBOUR), organisation(without=["acl-e"])).row == 4


def test_observations_are_given() -> None:
    found = verdict(record(), organisation())
    assert (found.observed_before, found.observed_after, found.stable) == (NOON, None, None)


def test_rows_9_and_20_are_not_of_the_own_blocks_of_a_vpc() -> None:
    held = {"CidrBlock": "52.94.0.0/16", "CidrBlockState": {"State": "associated"}}
    mode = {"BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-bidirectional"}}
    vpc = {"VpcId": "vpc-a", "CidrBlockAssociationSet": [held]} | mode
    own = organisation([ALL_IN], [ALL_IN], more={"describe-vpcs": [vpc]})
    other = organisation([ALL_IN], [ALL_IN], block_mode="block-bidirectional")
    for direction, rows in (("ingress", (11, 9)), ("egress", (21, 20))):
        made = record(PUBLIC, direction, log_version=5)
        assert (verdict(made, own).row, verdict(made, other).row) == rows
