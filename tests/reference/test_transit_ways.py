"""Ways over a transit gateway, each worked out by hand."""

import pytest

from .crossed import A2, HUB, ONE, TWO, A, B, Crossing
from .crossing import add_table, blocked, crossing, entry, route, way_of
from .gateways_by_hand import (
    ATTACHMENT,
    ATTACHMENTS,
    ROUTES,
    at,
    gateway_route,
    gateway_routes,
    listed,
    stages,
)
from .hops import UNKNOWN


def deny(made: Crossing, acl: str, egress: bool, cidr: str) -> None:
    made.of(acl)["Entries"].append(entry(egress, "CidrBlock", cidr, 50, "deny"))


def test_all_that_lies_between() -> None:
    found = way_of(crossing())
    assert stages(found) == [
        ("route", "rtb-a"),
        ("attachment", "tgw-attach-a"),
        ("zone", "tgw-attach-a"),
        ("gateway-acl-ingress", "acl-subnet-at"),
        ("association", "tgw-attach-a"),
        ("gateway-route", "tgw-rtb-a"),
        ("attachment", "tgw-attach-b"),
        ("zone", "tgw-attach-b"),
        ("gateway-acl-egress", "acl-subnet-bt"),
        ("delivery-route", "rtb-b"),
        ("address", "eni-b"),
    ]
    assert (found.blocks, found.is_known) == ([], True)
    assert (found.end.path, found.end.vpc_id, found.end.account) == (
        "transit-gateway",
        "vpc-b",
        TWO,
    )
    assert way_of(crossing(), A, B, "eni-b").blocks == []


@pytest.mark.parametrize("near", [True, False])
@pytest.mark.parametrize(
    "state", ["pending", "pendingAcceptance", "deleting", "deleted", "failed", "rejected"]
)
def test_an_attachment_must_be_available(near: bool, state: str) -> None:
    name = "tgw-attach-a" if near else "tgw-attach-b"
    made = crossing()
    made.of(name)["State"] = state
    assert blocked(way_of(made)) == ("tgw_attachment_state", ATTACHMENT, name)
    assert (len(way_of(made).blocks), way_of(made).end.vpc_id) == (1, "vpc-b")
    made.of(name)["State"] = "modifying"
    assert way_of(made).blocks == []
    del made.of(name)["State"]
    assert (way_of(made).blocks, way_of(made).is_known) == ([], False)


def test_an_attachment_that_carries_comes_before_one_that_is_gone() -> None:
    made = crossing()
    gone = made.of("tgw-attach-a") | {"TransitGatewayAttachmentId": "tgw-attach-0"}
    made.add(
        ONE, "describe-transit-gateway-vpc-attachments", "tgw-attach-0", gone | {"State": "deleted"}
    )
    assert way_of(made).blocks == []


def test_an_attachment_in_no_snapshot_is_unknown() -> None:
    made = crossing()
    del made.things["tgw-attach-a"]
    assert [hop.outcome for hop in way_of(made).hops] == ["pass", UNKNOWN]
    listed(made, ONE)
    assert at(way_of(made), "attachment")[0] == ("pass", None)
    assert at(way_of(made), "zone")[0] == (UNKNOWN, None)


def test_the_sender_s_zone_must_have_a_subnet_of_the_attachment() -> None:
    found = way_of(crossing(), source=A2, sender="eni-a2")
    assert blocked(found) == ("tgw_zone", ATTACHMENT, "tgw-attach-a")
    assert found.blocks[0].sure
    assert found.end.interface is not None


def test_zones_are_told_by_id_or_by_names_of_one_account() -> None:
    made = crossing()
    for name in ("subnet-a", "subnet-at"):
        del made.of(name)["AvailabilityZoneId"]
        made.of(name)["AvailabilityZone"] = f"zone of {name}"
    assert at(way_of(made), "zone")[0] == ("block", "tgw_zone")
    made.of("subnet-at")["AvailabilityZone"] = "zone of subnet-a"
    assert at(way_of(made), "zone")[0] == ("pass", None)
    made.things["subnet-at"] = (TWO, "describe-subnets", made.of("subnet-at"))
    assert at(way_of(made), "zone")[0] == (UNKNOWN, None)


def test_a_zone_without_the_target_s_attachment_is_no_word_of_aws() -> None:
    made = crossing()
    made.of("subnet-bt")["AvailabilityZoneId"] = "az-2"
    found = way_of(made)
    assert blocked(found) == ("tgw_zone", ATTACHMENT, "tgw-attach-b")
    assert not found.blocks[0].sure
    assert found.end.interface is not None


def test_acls_of_the_gateway_s_subnets() -> None:
    made = crossing()
    deny(made, "acl-subnet-at", True, "0.0.0.0/0")
    deny(made, "acl-subnet-bt", False, "0.0.0.0/0")
    deny(made, "acl-subnet-at", False, "10.1.0.0/16")
    assert way_of(made).blocks == []
    deny(made, "acl-subnet-bt", True, "10.1.0.0/16")
    found = way_of(made)
    assert blocked(found) == ("tgw_nacl_deny", "network-acl", "acl-subnet-bt")
    assert found.blocks[0].rule == "50"
    deny(made, "acl-subnet-at", False, "10.0.0.0/16")
    assert blocked(way_of(made)) == ("tgw_nacl_deny", "network-acl", "acl-subnet-at")
    del made.things["acl-subnet-at"]
    assert at(way_of(made), "gateway-acl-ingress") == [(UNKNOWN, None)]


def test_into_the_gateway_s_own_subnet_no_rule_is_asked() -> None:
    made = crossing()
    made.of("tgw-attach-b")["SubnetIds"] = ["subnet-b"]
    deny(made, "acl-subnet-b", True, "0.0.0.0/0")
    found = way_of(made)
    assert (found.blocks, at(found, "gateway-acl-egress")) == ([], [])
    # But out of it, to the gateway, inbound rules are asked for the source.
    deny(made, "acl-subnet-b", False, "10.1.0.0/16")
    back = way_of(made, A, B, "eni-b")
    assert blocked(back) == ("tgw_nacl_deny", "network-acl", "acl-subnet-b")


def test_icmp_types_leave_an_acl_unknown() -> None:
    made = crossing()
    some = entry(False, "CidrBlock", "0.0.0.0/0", 50, "deny") | {"Protocol": "1"}
    made.of("acl-subnet-at")["Entries"].append(some | {"IcmpTypeCode": {"Type": 8, "Code": -1}})
    assert at(way_of(made, protocol=1), "gateway-acl-ingress") == [(UNKNOWN, None)]


def test_the_table_of_the_gateway_s_subnet_delivers() -> None:
    made = crossing()
    add_table(made, TWO, "rtb-bt", "vpc-b", [route("10.1.0.0/16", "local")], "subnet-bt")
    assert way_of(made).blocks == []
    over = gateway_route("10.9.0.0/16", "tgw-attach-b", resource="vpc-b")
    gateway_routes(made, "tgw-rtb-a").append(over)
    made.of("rtb-a")["Routes"].append(route("10.9.0.0/16", "tgw-1"))
    assert blocked(way_of(made, "10.9.0.1")) == ("route_missing", "route-table", "rtb-bt")
    made.of("rtb-bt")["Routes"].append(route("10.9.0.0/16", "pcx-1"))
    assert blocked(way_of(made, "10.9.0.1")) == ("peering_not_transitive", "peering", "pcx-1")
    made.of("rtb-bt")["Routes"][-1] = route("10.9.0.0/16", "eni-x")
    sight = way_of(made, "10.9.0.1").lost_sight
    assert sight is not None and sight.cause == "beyond_middlebox"
    made.of("rtb-bt")["Routes"].append(route("10.1.1.0/24", "eni-x"))
    assert [stage for stage, _ in stages(way_of(made))][-2:] == ["middlebox", "address"]
    assert way_of(made).end.interface is not None
    made.of("rtb-bt")["Routes"].pop()
    made.of("rtb-bt")["Routes"][-1] = route("10.9.0.0/16", "pcx-1", "blackhole")
    assert blocked(way_of(made, "10.9.0.1"))[0] == "route_blackhole"


def test_subnets_of_the_gateway_that_deliver_differently_are_unknown() -> None:
    made = crossing()
    made.of("tgw-attach-b")["SubnetIds"] = ["subnet-b", "subnet-bt"]
    add_table(made, TWO, "rtb-bt", "vpc-b", [route("10.1.0.0/16", "nat-1")], "subnet-bt")
    found = way_of(made)
    assert at(found, "delivery-route") == [(UNKNOWN, None)]
    assert found.end.interface is not None


def test_no_interface_behind_the_gateway() -> None:
    assert blocked(way_of(crossing(), "10.1.1.99")) == ("no_interface", "subnet", "subnet-b")
    assert blocked(way_of(crossing(), "10.1.77.1")) == ("no_subnet", "vpc", "vpc-b")


@pytest.mark.parametrize("kind", ["vpn", "direct-connect-gateway"])
def test_out_by_the_gateway(kind: str) -> None:
    made = crossing()
    made.about[ROUTES, "tgw-rtb-a"]["Routes"] = [gateway_route("0.0.0.0/0", "tgw-attach-v", kind)]
    found = way_of(made)
    assert [hop.outcome for hop in found.hops][-1] == UNKNOWN
    assert (found.blocks, found.end.path, found.end.vpc_id) == ([], "transit-gateway", None)


def test_out_of_a_vpc_behind_the_gateway() -> None:
    """By its NAT gateway, where the gateway's subnet has a route to that."""
    made = crossing()
    made.of("rtb-a")["Routes"].append(route("0.0.0.0/0", "tgw-1"))
    over = gateway_route("0.0.0.0/0", "tgw-attach-b", resource="vpc-b")
    gateway_routes(made, "tgw-rtb-a").append(over)
    add_table(made, TWO, "rtb-bt", "vpc-b", [route("0.0.0.0/0", "nat-1")], "subnet-bt")
    nat = {"NatGatewayId": "nat-1", "VpcId": "vpc-b", "SubnetId": "subnet-b", "State": "available"}
    made.add(TWO, "describe-nat-gateways", "nat-1", nat)
    made.of("rtb-b")["Routes"].append(route("0.0.0.0/0", "igw-1"))
    found = way_of(made, "52.94.0.1")
    assert stages(found)[-4:] == [
        ("delivery-route", "rtb-bt"),
        ("nat", "nat-1"),
        ("nat-route", "rtb-b"),
        ("exit", "igw-1"),
    ]
    assert (found.blocks, found.end.path) == ([], "transit-gateway")
    made.of("rtb-b")["Routes"].pop()
    assert blocked(way_of(made, "52.94.0.1")) == ("route_missing", "route-table", "rtb-b")


def test_a_delivery_that_is_unknown_is_followed_only_into_the_vpc_s_own_blocks() -> None:
    made = crossing()
    del made.of("rtb-b")["Routes"]
    assert at(way_of(made), "delivery-route") == [(UNKNOWN, None)]
    assert way_of(made).end.interface is not None
    made.of("rtb-a")["Routes"].append(route("10.9.0.0/16", "tgw-1"))
    over = gateway_route("10.9.0.0/16", "tgw-attach-b", resource="vpc-b")
    gateway_routes(made, "tgw-rtb-a").append(over)
    assert way_of(made, "10.9.0.1").end.vpc_id is None
    del made.things["vpc-b"]
    assert way_of(made, "10.9.0.1").end.vpc_id == "vpc-b"


def test_an_attachment_of_the_target_that_no_snapshot_has() -> None:
    made = crossing()
    del made.things["tgw-attach-b"]
    found = way_of(made)
    assert [(hop.stage, hop.outcome) for hop in found.hops][-5:] == [
        ("attachment", UNKNOWN),
        ("zone", UNKNOWN),
        ("gateway-acl-egress", UNKNOWN),
        ("delivery-route", UNKNOWN),
        ("address", "pass"),
    ]
    made = crossing()
    del made.of("tgw-attach-b")["SubnetIds"]
    assert (way_of(made).blocks, way_of(made).is_known) == ([], False)


def test_the_vpc_is_told_by_the_route_or_by_its_attachment() -> None:
    made = crossing()
    (leads,) = gateway_routes(made, "tgw-rtb-a")[0]["TransitGatewayAttachments"]
    leads["ResourceId"] = None
    assert way_of(made).end.vpc_id == "vpc-b"


def test_one_of_two_subnets_of_the_gateway_is_the_target_s_own() -> None:
    """By that no rule is asked, by the other its ACL: what they do not do alike is unknown."""
    made = crossing()
    made.of("tgw-attach-b")["SubnetIds"] = ["subnet-b", "subnet-bt"]
    assert at(way_of(made), "gateway-acl-egress") == [("pass", None)]
    deny(made, "acl-subnet-bt", True, "0.0.0.0/0")
    assert at(way_of(made), "gateway-acl-egress") == [(UNKNOWN, None)]
    assert blocked(way_of(made, "10.1.9.9"))[0] == "no_interface"


def test_a_subnet_of_the_gateway_without_a_table() -> None:
    made = crossing()
    del made.things["rtb-b"]
    assert at(way_of(made), "delivery-route") == [(UNKNOWN, None)]
    assert way_of(made).end.interface is not None


@pytest.mark.parametrize(("kind", "outcome"), [("vpn", "pass"), ("connect", UNKNOWN)])
def test_what_is_behind_an_attachment_that_is_listed(kind: str, outcome: str) -> None:
    made = crossing()
    listed(made, HUB)
    body = made.of(f"listed-by-{HUB}") | {"TransitGatewayAttachmentId": "tgw-attach-v"}
    body |= {"ResourceType": kind, "ResourceId": "other-1"}
    made.add(HUB, ATTACHMENTS, "tgw-attach-v", body)
    made.about[ROUTES, "tgw-rtb-a"]["Routes"] = [gateway_route("0.0.0.0/0", "tgw-attach-v", kind)]
    found = way_of(made)
    assert (found.hops[-1].outcome, found.is_known) == (outcome, outcome == "pass")
    body["State"] = "failed"
    assert blocked(way_of(made)) == ("tgw_attachment_state", ATTACHMENT, "tgw-attach-v")


def test_a_subnet_of_the_attachment_is_in_its_own_zone_whatever_is_known_of_it() -> None:
    made = crossing()
    made.of("tgw-attach-a")["SubnetIds"] = ["subnet-a"]
    del made.things["subnet-a"]
    del made.things["vpc-a"]
    assert at(way_of(made), "zone") == [("pass", None), ("pass", None)]
    made.of("tgw-attach-a")["SubnetIds"] = []
    assert at(way_of(made), "zone")[0] == (UNKNOWN, None)
