"""Group references in doubt, worked out by hand: rows 7, 10 and 17, and what transit gateways join.

The peer is in sg-p of VPC P, which E's VPC A may reach by a peering or by a transit gateway.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from .connections import attachment, gateway, joined
from .model import Answer, Blocker, Json, Snapshot
from .organisation import OURS, PEERED, REGION, THEIRS, organisation, record, rule, verdict
from .test_evaluator import ACL_IN, ACL_OUT, DENY_443, decided

REFERENCE = rule("tcp", (443, 443), group="sg-p", account=THEIRS)
NO_PEERING = ["describe-vpc-peering-connections"]
IN_DOUBT = Blocker("group", "security-group", "sg-e", None, "sg_reference_ineffective")
OURS_A, THEIRS_P = attachment("vpc-a"), attachment("vpc-p")


def joined_by(
    by: Json | None, *attachments: Json, without: Sequence[str] = NO_PEERING, **more: Any
) -> Snapshot:
    """VPCs A and P over a transit gateway, by default without a peering."""
    ends = joined(*(attachments or (OURS_A, THEIRS_P)), by=by)
    return organisation([REFERENCE], [REFERENCE], without=without, more=ends, **more)


@pytest.mark.parametrize("peering", ["failed", "expired", "deleted", "pending-acceptance"])
def test_row_10_a_peering_that_is_not_active(peering: str) -> None:
    found = verdict(record(PEERED), organisation([REFERENCE], peering=peering))
    assert decided(found) == (10, "sg_reference_ineffective", "certain", "sg-e", None)
    assert (found.element_type, found.blockers) == ("security-group", (IN_DOUBT,))
    assert verdict(record(PEERED), organisation([REFERENCE])).row == 11


def test_row_10_outbound() -> None:
    made = record(PEERED, "egress")
    found = verdict(made, organisation(egress=[REFERENCE], peering="failed"))
    assert decided(found) == (10, "sg_reference_ineffective", "certain", "sg-e", None)
    assert verdict(made, organisation(egress=[REFERENCE])).row == 21


def test_row_10_another_region() -> None:
    abroad = organisation([REFERENCE], peered_region="us-east-1")
    assert verdict(record(PEERED), abroad).certainty == "certain"
    abroad = organisation([REFERENCE], peered_region="us-east-1", without=NO_PEERING)
    assert decided(verdict(record(PEERED), abroad))[:3] == (
        10,
        "sg_reference_ineffective",
        "certain",
    )


def test_row_10_where_nothing_known_joins_the_vpcs() -> None:
    found = verdict(record(PEERED), organisation([REFERENCE], without=NO_PEERING))
    assert decided(found) == (10, "sg_reference_ineffective", "probable", "sg-e", None)


def test_row_10_is_probable_without_flags() -> None:
    for more in ({"tcp_flags": None}, {"protocol": 17, "tcp_flags": 0}):
        rules = [rule("-1", group="sg-p", account=THEIRS)]
        shut = organisation(rules, peering="failed")
        found = verdict(record(PEERED, **more), shut)
        assert (found.row, found.certainty) == (10, "probable")


def test_row_10_names_only_groups_with_such_a_reference() -> None:
    shut = organisation([REFERENCE], groups=["sg-empty", "sg-e"], peering="failed")
    assert verdict(record(PEERED), shut).element_id == "sg-e"
    other_port = rule("tcp", (80, 80), group="sg-p", account=THEIRS)
    assert verdict(record(PEERED), organisation([other_port], peering="failed")).row == 6


def test_row_10_names_several_groups_in_order() -> None:
    groups = [
        {"GroupId": name, "IpPermissions": [REFERENCE], "IpPermissionsEgress": []}
        for name in ("sg-z", "sg-b")
    ]
    shut = organisation(
        groups=["sg-z", "sg-e", "sg-b"],
        peering="failed",
        more={"describe-security-groups": [*groups, own_group()]},
    )
    assert verdict(record(PEERED), shut).element_id == "sg-b,sg-z"


def own_group() -> Json:
    return {"GroupId": "sg-e", "IpPermissions": [], "IpPermissionsEgress": []}


def test_row_10_one_doubt_that_is_only_probable_makes_all_probable() -> None:
    """The address is in VPC P, whose peering has failed, and in VPC Q, which nothing joins."""
    lonely = {
        "NetworkInterfaceId": "eni-q",
        "VpcId": "vpc-q",
        "PrivateIpAddresses": [{"PrivateIpAddress": PEERED}],
        "Groups": [{"GroupId": "sg-q"}],
    }
    rules = [REFERENCE, rule("-1", group="sg-q")]
    shut = organisation(rules, peering="failed")
    assert verdict(record(PEERED), shut).certainty == "certain"
    for answer in shut.answers:
        if answer.command == "describe-network-interfaces":
            answer.body["NetworkInterfaces"].append(lonely)
    assert verdict(record(PEERED), shut).certainty == "probable"


def test_rows_7_and_17_a_doubtful_reference_behind_an_acl() -> None:
    for without, certainty in (((), "certain"), (NO_PEERING, "probable")):
        shut = organisation(
            [REFERENCE], [REFERENCE], acl=DENY_443, peering="failed", without=without
        )
        found = verdict(record(PEERED), shut)
        assert decided(found) == (7, "sg_and_nacl", certainty, "acl-e", "90")
        assert found.blockers == (ACL_IN, IN_DOUBT)
        found = verdict(record(PEERED, "egress"), shut)
        assert decided(found) == (17, "sg_and_nacl", certainty, "sg-e", None)
        assert found.blockers == (IN_DOUBT, ACL_OUT)


def test_a_transit_gateway_joins_inbound_references() -> None:
    assert verdict(record(PEERED), joined_by(gateway())).row == 11
    found = verdict(record(PEERED, "egress"), joined_by(gateway()))
    assert decided(found)[:3] == (10, "sg_reference_ineffective", "certain")


@pytest.mark.parametrize(
    ("snapshot", "row", "certainty"),
    [
        (joined_by(gateway("disable")), 10, "certain"),
        (joined_by(gateway(), attachment("vpc-a", "disable"), THEIRS_P), 10, "certain"),
        (joined_by(gateway(), OURS_A, attachment("vpc-p", "disable")), 10, "certain"),
        (joined_by(gateway(None), OURS_A, attachment("vpc-p", "disable")), 10, "certain"),
        (joined_by(gateway(None)), 24, "unknown"),
        (joined_by(None), 24, "unknown"),
        (joined_by(gateway(), attachment("vpc-a", None), THEIRS_P), 24, "unknown"),
        (joined_by(gateway(), OURS_A, attachment("vpc-p", None)), 24, "unknown"),
        (joined_by(gateway(), OURS_A), 10, "probable"),
        (joined_by(gateway(), OURS_A, attachment("vpc-p", State="deleting")), 10, "probable"),
        (joined_by(gateway(), attachment("vpc-a", State="pending"), THEIRS_P), 10, "probable"),
        (
            joined_by(gateway(), OURS_A, attachment("vpc-p", TransitGatewayId="tgw-2")),
            10,
            "probable",
        ),
        (joined_by(gateway(), attachment("vpc-a", State="modifying"), THEIRS_P), 11, "unknown"),
        (joined_by(gateway(), peering="failed", without=()), 11, "unknown"),
        (joined_by(None, peering="failed", without=()), 24, "unknown"),
        (joined_by(gateway("disable"), peering="failed", without=()), 10, "certain"),
        (joined_by(gateway("disable"), without=()), 11, "unknown"),
        (joined_by(gateway(), peered_region="us-east-1"), 10, "certain"),
    ],
)
def test_what_a_transit_gateway_joins(snapshot: Snapshot, row: int, certainty: str) -> None:
    found = verdict(record(PEERED), snapshot)
    assert (found.row, found.certainty) == (row, certainty)


def test_an_option_that_is_absent_matters_only_inbound() -> None:
    found = verdict(record(PEERED, "egress"), joined_by(None))
    assert (found.row, found.certainty) == (10, "certain")


def test_one_of_two_gateways_is_enough() -> None:
    second = {"TransitGatewayId": "tgw-2"}
    ends = joined(OURS_A, THEIRS_P, OURS_A | second, THEIRS_P | second, by=gateway("disable"))
    ends["describe-transit-gateways"].append(gateway(name="tgw-2"))
    both = organisation([REFERENCE], without=NO_PEERING, more=ends)
    assert verdict(record(PEERED), both).row == 11


def test_two_sides_that_disagree_about_a_peering_make_it_doubtful() -> None:
    ours = organisation([REFERENCE])
    other = organisation([REFERENCE], peering="pending-acceptance")
    (theirs,) = (one for one in other.answers if one.command == NO_PEERING[0])
    both = Snapshot(ours.instant, (*ours.answers, replace(theirs, account=THEIRS)))
    found = verdict(record(PEERED), both)
    assert decided(found) == (10, "sg_reference_ineffective", "probable", "sg-e", None)
    same = Snapshot(other.instant, (*other.answers, replace(theirs, account=THEIRS)))
    assert verdict(record(PEERED), same).certainty == "certain"


def test_an_address_of_the_own_vpc_is_not_one_of_another_that_has_it_too() -> None:
    """The peer's address in VPC P carries the group; in VPC A, where the route is local, none."""
    held = {"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "associated"}}
    own = {"describe-vpcs": [{"VpcId": "vpc-a", "CidrBlockAssociationSet": [held]}]}
    assert verdict(record(PEERED), organisation([REFERENCE])).row == 11
    assert verdict(record(PEERED), organisation([REFERENCE], more=own)).row == 6


def test_what_may_allow_it_counts_before_a_reference_that_does_not() -> None:
    unknown = rule("tcp", (443, 443), prefix_list="pl-unknown")
    for made in (record(PEERED), record(PEERED, "egress")):
        rules = [REFERENCE, unknown]
        assert verdict(made, organisation(rules, rules, acl=DENY_443, peering="failed")).row == 24
        shut = organisation([REFERENCE], [REFERENCE], groups=["sg-e", "sg-x"], peering="failed")
        assert verdict(made, shut).row == 24


@pytest.mark.parametrize(
    ("target", "row", "certainty"),
    [
        ({"GatewayId": "vpce-1"}, 10, "probable"),
        ({"NetworkInterfaceId": "eni-x"}, 10, "probable"),
        ({"VpcPeeringConnectionId": "pcx-1"}, 11, "unknown"),
    ],
)
def test_a_reference_may_not_hold_across_a_middlebox(
    target: Json, row: int, certainty: str
) -> None:
    route = {"DestinationCidrBlock": "10.1.0.0/16", "State": "active"} | target
    table = {"VpcId": "vpc-a", "Associations": [{"Main": True}], "Routes": [route]}
    told = Answer(OURS, REGION, "describe-route-tables", {"RouteTables": [table]})
    made = organisation([REFERENCE])
    found = verdict(record(PEERED), Snapshot(made.instant, (*made.answers, told)))
    assert (found.row, found.certainty) == (row, certainty)
