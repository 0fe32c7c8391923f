"""Ways within a VPC and over peering connections, each worked out by hand."""

import pytest

from .crossed import A2, A_6, B_6, HUB, ONE, PUBLIC, TWO, A, B
from .crossing import add_interface, add_table, blocked, crossing, out_by, outcomes, route, way_of
from .gateways_by_hand import gateway_routes
from .hops import UNKNOWN
from .model import Json
from .organisation import REGION
from .routes import table_of_subnet


def test_within_a_subnet_no_route_is_asked() -> None:
    made = crossing()
    add_interface(made, ONE, "eni-n", "subnet-a", ["10.0.1.20"])
    made.of("rtb-a")["Routes"] = []
    found = way_of(made, "10.0.1.20")
    assert [hop.stage for hop in found.hops] == ["address"]
    assert found.end.interface is not None
    assert (found.end.path, found.end.interface.body["NetworkInterfaceId"]) == ("local", "eni-n")


def test_between_subnets_the_local_route_leads() -> None:
    found = way_of(crossing(), A2)
    assert [(hop.stage, hop.element_id) for hop in found.hops] == [
        ("route", "rtb-a"),
        ("address", "eni-a2"),
    ]
    assert (found.end.path, found.end.vpc_id, found.end.account) == ("local", "vpc-a", ONE)
    assert found.is_known


def test_a_local_route_that_a_dump_leaves_out_is_there() -> None:
    made = crossing()
    made.of("rtb-a")["Routes"] = []
    assert way_of(made, A2).blocks == []
    assert blocked(way_of(made)) == ("route_missing", "route-table", "rtb-a")


def test_no_subnet_and_no_interface() -> None:
    assert blocked(way_of(crossing(), "10.0.200.1")) == ("no_subnet", "vpc", "vpc-a")
    assert blocked(way_of(crossing(), "10.0.2.99")) == ("no_interface", "subnet", "subnet-a2")


@pytest.mark.parametrize(
    ("destination", "call"),
    [("10.0.200.1", "describe-subnets"), ("10.0.2.99", "describe-network-interfaces")],
)
def test_what_the_owner_did_not_list_may_be_there(destination: str, call: str) -> None:
    made = crossing()
    made.things["eni-a"] = (TWO, "describe-network-interfaces", made.of("eni-a"))
    made.unasked.add((ONE, call))
    made.things = {n: one for n, one in made.things.items() if one[:2] != (ONE, call)}
    assert way_of(made, destination).blocks == []
    assert way_of(made, destination).hops[-1].outcome == UNKNOWN


def test_a_route_of_the_subnet_s_own_table_comes_before_the_main_one() -> None:
    made = crossing()
    add_table(made, ONE, "rtb-own", "vpc-a", [], "subnet-a")
    assert blocked(way_of(made)) == ("route_missing", "route-table", "rtb-own")
    for state, cause in (("disassociating", None), ("associated", "route_missing")):
        made.of("rtb-own")["Associations"][0]["AssociationState"] = {"State": state}
        assert [hop.cause for hop in way_of(made).blocks] == ([cause] if cause else [])


def test_without_a_table_the_way_is_unknown() -> None:
    made = crossing()
    del made.things["rtb-a"]
    found = way_of(made)
    assert ([hop.outcome for hop in found.hops], found.end.vpc_id) == ([UNKNOWN], None)
    assert found.end.candidates == ("vpc-b",)
    assert outcomes(made, A2) == [("route", UNKNOWN), ("address", "pass")]
    made = crossing()
    del made.of("rtb-a")["Routes"]
    assert [hop.outcome for hop in way_of(made).hops] == [UNKNOWN]


def test_route_missing_and_blackhole() -> None:
    assert blocked(way_of(out_by("pcx-1", "10.2.0.0/16")))[0] == "route_missing"
    made = out_by("pcx-1", "10.1.0.0/16")
    assert way_of(made).blocks == []
    made.of("rtb-a")["Routes"].append(route("10.1.1.0/24", "tgw-gone", "blackhole"))
    assert blocked(way_of(made)) == ("route_blackhole", "route-table", "rtb-a")
    assert way_of(made).end.path == "transit-gateway"


def test_the_way_goes_on_behind_what_blocks() -> None:
    made = crossing("pcx-1")
    made.of("pcx-1")["Status"]["Code"] = "deleted"
    made.of("rtb-a")["Routes"] = [route("10.1.0.0/16", "pcx-1", "blackhole")]
    found = way_of(made)
    # What became of its target is why the route drops.
    assert [hop.cause for hop in found.blocks] == ["peering_not_active"]
    del made.of("pcx-1")["Status"]
    assert [hop.cause for hop in way_of(made).blocks] == ["route_blackhole"]
    assert found.end.interface is not None
    assert (found.end.path, found.end.vpc_id) == ("peering", "vpc-b")


def test_the_longest_prefix_wins_then_static_prefix_list_propagated() -> None:
    made = out_by("igw-1", "10.0.0.0/8")
    made.of("rtb-a")["Routes"].append(
        route("10.1.0.0/16", "vgw-1", Origin="EnableVgwRoutePropagation")
    )
    assert way_of(made).end.path == "vpn"
    made.of("rtb-a")["Routes"].append(route("pl-1", "tgw-1"))
    entries = {"Entries": [{"Cidr": "10.1.0.0/16"}]}
    made.about["get-managed-prefix-list-entries", "pl-1"] = entries
    assert way_of(made).end.path == "transit-gateway"
    made.of("rtb-a")["Routes"].append(route("10.1.0.0/16", "pcx-1"))
    assert way_of(made).end.path == "peering"


def test_a_filtered_route_carries_nothing() -> None:
    made = out_by("pcx-1", "10.1.0.0/16")
    made.of("rtb-a")["Routes"][1]["State"] = "filtered"
    assert blocked(way_of(made))[0] == "route_missing"


def test_prefix_lists_that_overlap_or_are_unseen_leave_the_route_unknown() -> None:
    made = out_by("pcx-1", "pl-1")
    assert outcomes(made) == [("route", UNKNOWN)]
    made.of("rtb-a")["Routes"].append(route("10.0.0.0/8", "pcx-1"))
    assert way_of(made).end.path == "peering"
    made.of("rtb-a")["Routes"].pop()
    assert outcomes(made, A2) == [("route", "pass"), ("address", "pass")]
    entries = {"Entries": [{"Cidr": "10.1.0.0/16"}]}
    made.about["get-managed-prefix-list-entries", "pl-1"] = entries
    assert way_of(made).end.path == "peering"
    made.of("rtb-a")["Routes"].append(route("pl-2", "tgw-1"))
    made.about["get-managed-prefix-list-entries", "pl-2"] = entries
    assert outcomes(made) == [("route", UNKNOWN)]


def test_a_gateway_endpoint_s_unseen_list_holds_no_private_address() -> None:
    made = out_by("vpce-1", "pl-aws")
    made.of("rtb-a")["Routes"].append(route("10.1.0.0/16", "pcx-1"))
    assert way_of(made).end.path == "peering"
    assert outcomes(made, PUBLIC) == [("route", UNKNOWN)]


def test_over_an_active_peering_to_the_interface() -> None:
    found = way_of(crossing("pcx-1"))
    assert [(hop.stage, hop.element_id) for hop in found.hops] == [
        ("route", "rtb-a"),
        ("peering", "pcx-1"),
        ("address", "eni-b"),
    ]
    assert (found.end.path, found.end.vpc_id, found.end.account) == ("peering", "vpc-b", TWO)
    back = way_of(crossing("pcx-1"), A, B, "eni-b")
    assert (back.blocks, back.end.vpc_id) == ([], "vpc-a")
    assert way_of(crossing("pcx-1"), B_6, A_6).blocks == []


@pytest.mark.parametrize(
    "status",
    [
        "initiating-request",
        "pending-acceptance",
        "provisioning",
        "failed",
        "expired",
        "rejected",
        "deleting",
        "deleted",
    ],
)
def test_no_other_peering_carries(status: str) -> None:
    made = crossing("pcx-1")
    made.of("pcx-1")["Status"]["Code"] = status
    found = way_of(made)
    assert [hop.cause for hop in found.blocks] == ["peering_not_active"]
    assert blocked(found) == ("peering_not_active", "peering", "pcx-1")
    assert (found.end.path, found.end.vpc_id, found.is_known) == ("peering", "vpc-b", True)
    assert found.end.interface is not None
    made.of("rtb-a")["Routes"].append(route("0.0.0.0/0", "pcx-1"))
    causes = [hop.cause for hop in way_of(made, "10.7.0.1").blocks]
    assert causes == ["peering_not_active", "outside_peer_cidr"]


def test_a_peering_that_is_in_no_snapshot_is_unknown() -> None:
    made = crossing("pcx-1")
    del made.things["pcx-1"]
    assert outcomes(made) == [("route", "pass"), ("peering", UNKNOWN)]
    made = crossing("pcx-1")
    del made.of("pcx-1")["Status"]
    assert outcomes(made) == [("route", "pass"), ("peering", UNKNOWN), ("address", "pass")]


def test_outside_the_peer_s_blocks() -> None:
    made = out_by("pcx-1")
    assert blocked(way_of(made, "10.7.0.1")) == ("outside_peer_cidr", "peering", "pcx-1")
    # It was meant to go on to the internet by the peer.
    assert blocked(way_of(made, PUBLIC))[0] == "peering_not_transitive"


def test_a_peering_is_not_passed_through() -> None:
    made = out_by("pcx-1")
    far: Json = {"VpcId": "vpc-c", "OwnerId": HUB, "Region": REGION}
    far["CidrBlockSet"] = [{"CidrBlock": "10.7.0.0/16"}]
    for name, ends in (("pcx-2", ("vpc-b", far)), ("pcx-3", ("vpc-c", "vpc-d"))):
        near, other = ({"VpcId": end} if isinstance(end, str) else end for end in ends)
        body = {"VpcPeeringConnectionId": name, "Status": {"Code": "active"}}
        sides = {"RequesterVpcInfo": other, "AccepterVpcInfo": near}
        made.add(HUB, "describe-vpc-peering-connections", name, body | sides)
    assert blocked(way_of(made, "10.7.0.1")) == ("peering_not_transitive", "peering", "pcx-1")
    assert blocked(way_of(made, "10.8.0.1"))[0] == "outside_peer_cidr"
    made.of("pcx-2")["Status"] = {"Code": "deleted"}
    assert blocked(way_of(made, "10.7.0.1"))[0] == "outside_peer_cidr"


def test_the_peer_s_blocks_are_told_by_the_peering_or_by_its_vpc() -> None:
    made = crossing("pcx-1")
    del made.things["vpc-b"]
    assert way_of(made).blocks == []
    del made.of("pcx-1")["AccepterVpcInfo"]["CidrBlockSet"]
    del made.of("pcx-1")["AccepterVpcInfo"]["Ipv6CidrBlockSet"]
    assert outcomes(made)[1] == ("peering", UNKNOWN)
    assert way_of(made).end.interface is not None
    made = crossing("pcx-1")
    del made.of("pcx-1")["AccepterVpcInfo"]["CidrBlockSet"]
    assert way_of(made).blocks == []


def test_the_gateway_s_tables_are_not_asked_over_a_peering() -> None:
    made = crossing("pcx-1")
    gateway_routes(made, "tgw-rtb-a").clear()
    assert way_of(made).blocks == []


def test_a_peering_of_other_vpcs_leads_nowhere_known() -> None:
    made = crossing("pcx-1")
    made.of("pcx-1")["RequesterVpcInfo"]["VpcId"] = "vpc-c"
    assert outcomes(made) == [("route", "pass"), ("peering", UNKNOWN)]


def test_of_a_vpc_that_is_in_no_snapshot_nothing_is_missing() -> None:
    made = crossing("pcx-1")
    gone = ("vpc-b", "subnet-b", "subnet-bt", "eni-b")
    made.things = {name: one for name, one in made.things.items() if name not in gone}
    assert outcomes(made)[-1] == ("address", UNKNOWN)


def test_the_main_table_is_the_vpc_s_own() -> None:
    made = crossing()
    add_table(made, ONE, "rtb-0", "vpc-a", [], "subnet-a2")
    made.things["rtb-a"] = made.things.pop("rtb-a")
    add_table(made, TWO, "rtb-00", "vpc-b", [], "subnet-bt")
    snapshot = made.snapshot()
    for vpc_id, name in (("vpc-a", "rtb-a"), ("vpc-b", "rtb-b")):
        table = table_of_subnet(snapshot, None, vpc_id)
        assert table is not None and table["RouteTableId"] == name
    del made.of("rtb-a")["Associations"]
    assert table_of_subnet(made.snapshot(), "subnet-a", "vpc-a") is None


def test_an_address_is_looked_for_in_one_vpc() -> None:
    made = crossing("pcx-1")
    made.of("subnet-a2")["CidrBlock"] = "10.1.77.0/24"
    assert blocked(way_of(made, "10.1.77.1")) == ("no_subnet", "vpc", "vpc-b")
    add_interface(made, TWO, "eni-b2", "subnet-bt", [B])
    found = way_of(made)
    assert (found.end.vpc_id, found.end.interface) == ("vpc-b", None)


def test_the_owner_is_told_by_the_vpc_or_by_who_lists_it() -> None:
    made = crossing("pcx-1")
    made.things["vpc-b"] = (HUB, "describe-vpcs", made.of("vpc-b"))
    assert blocked(way_of(made, "10.1.77.1"))[0] == "no_subnet"
    del made.of("vpc-b")["OwnerId"]
    made.unasked.add((HUB, "describe-subnets"))
    assert way_of(made, "10.1.77.1").hops[-1].outcome == UNKNOWN


def test_the_first_block_of_a_vpc_may_stand_alone() -> None:
    made = crossing("pcx-1")
    for side in ("CidrBlockSet", "Ipv6CidrBlockSet"):
        del made.of("pcx-1")["AccepterVpcInfo"][side]
    for family in ("CidrBlock", "Ipv6CidrBlock"):
        del made.of("vpc-b")[f"{family}AssociationSet"]
    assert way_of(made).blocks == []
    assert blocked(way_of(made, B_6, A_6))[0] == "peering_not_transitive"
    del made.of("vpc-b")["CidrBlock"]
    assert outcomes(made)[1] == ("peering", UNKNOWN)


def test_a_middlebox_within_the_vpc_leads_to_the_vpc_s_own() -> None:
    made = crossing()
    made.of("rtb-a")["Routes"].append(route("10.0.2.0/24", "eni-x"))
    found = way_of(made, A2)
    assert [(hop.stage, hop.outcome) for hop in found.hops] == [
        ("route", "pass"),
        ("middlebox", UNKNOWN),
        ("address", "pass"),
    ]
    assert (found.end.path, found.end.vpc_id) == ("local", "vpc-a")
    assert found.end.interface is not None
