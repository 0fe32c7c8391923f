"""What the tables of a transit gateway do to a packet, by hand."""

from .crossed import HUB, ONE
from .crossing import blocked, crossing, way_of
from .gateways_by_hand import (
    ASSOCIATIONS,
    ATTACHMENT,
    ROUTES,
    TABLE,
    at,
    gateway_route,
    gateway_routes,
    listed,
    unowned,
)
from .hops import UNKNOWN


def test_not_associated() -> None:
    made = crossing()
    made.about[ASSOCIATIONS, "tgw-rtb-a"]["Associations"][0]["State"] = "disassociated"
    assert blocked(way_of(made)) == ("tgw_not_associated", ATTACHMENT, "tgw-attach-a")
    made.about[ASSOCIATIONS, "tgw-rtb-a"]["Associations"].clear()
    assert blocked(way_of(made))[0] == "tgw_not_associated"
    # Where one table's associations were not asked for, it may be that one.
    del made.about[ASSOCIATIONS, "tgw-rtb-b"]
    sight = way_of(made).lost_sight
    assert sight is not None
    assert (sight.cause, sight.element_id) == ("tgw_table_unseen", "tgw-attach-a")


def test_the_owner_s_list_of_attachments_tells_the_association_too() -> None:
    made = crossing()
    made.about[ASSOCIATIONS, "tgw-rtb-a"]["Associations"].clear()
    del made.about[ASSOCIATIONS, "tgw-rtb-b"]
    listed(made, HUB)
    assert blocked(way_of(made))[0] == "tgw_not_associated"
    listed(made, HUB, TransitGatewayRouteTableId="tgw-rtb-a", State="associated")
    assert way_of(made).blocks == []
    listed(made, HUB, TransitGatewayRouteTableId="tgw-rtb-a", State="disassociating")
    assert blocked(way_of(made))[0] == "tgw_not_associated"


def test_who_takes_part_in_a_gateway_sees_no_tables() -> None:
    made = unowned(crossing())
    listed(made, ONE)
    found = way_of(made)
    assert found.lost_sight is not None
    assert found.lost_sight.cause == "tgw_table_unseen"
    assert (found.blocks, found.end.path, found.end.vpc_id) == ([], "transit-gateway", None)
    assert found.end.candidates == ("vpc-b",)


def test_a_table_whose_routes_are_not_all_seen() -> None:
    made = crossing()
    made.about[ROUTES, "tgw-rtb-a"]["AdditionalRoutesAvailable"] = True
    sight = way_of(made).lost_sight
    assert sight is not None
    assert (sight.cause, sight.element_type, sight.element_id) == (
        "tgw_table_unseen",
        TABLE,
        "tgw-rtb-a",
    )
    del made.about[ROUTES, "tgw-rtb-a"]
    assert way_of(made).lost_sight == sight


def test_no_route_and_blackhole_in_the_gateway_s_table() -> None:
    made = crossing()
    made.about[ROUTES, "tgw-rtb-a"]["Routes"] = [gateway_route("10.2.0.0/16", "tgw-attach-b")]
    assert blocked(way_of(made)) == ("tgw_no_route", TABLE, "tgw-rtb-a")
    gateway_routes(made, "tgw-rtb-a").append(gateway_route("10.1.0.0/16", None))
    assert blocked(way_of(made)) == ("tgw_blackhole", TABLE, "tgw-rtb-a")
    over = gateway_route("10.1.1.0/24", "tgw-attach-b", resource="vpc-b")
    gateway_routes(made, "tgw-rtb-a").append(over)
    assert way_of(made).blocks == []
    over["State"] = "deleted"
    assert blocked(way_of(made))[0] == "tgw_blackhole"


def test_static_comes_before_prefix_list_before_propagated() -> None:
    made = crossing()
    vpn = gateway_route("10.1.0.0/16", "tgw-attach-v", "vpn", "vpn-1", "propagated")
    vpc = gateway_route("10.1.0.0/16", "tgw-attach-b", "vpc", "vpc-b", "propagated")
    routes = made.about[ROUTES, "tgw-rtb-a"]["Routes"] = [vpn, vpc]
    assert way_of(made).end.vpc_id == "vpc-b"
    routes.append(gateway_route("10.1.0.0/16", "tgw-attach-v", "vpn", "vpn-1"))
    routes[-1]["PrefixListId"] = "pl-1"
    assert way_of(made).end.vpc_id is None
    routes.append(gateway_route("10.1.0.0/16", None))
    assert blocked(way_of(made))[0] == "tgw_blackhole"


def test_a_route_that_leads_two_ways_is_unknown() -> None:
    made = crossing()
    (over, *_) = gateway_routes(made, "tgw-rtb-a")
    other = {"TransitGatewayAttachmentId": "tgw-attach-c", "ResourceType": "vpc"}
    over["TransitGatewayAttachments"].append(other)
    assert at(way_of(made), "gateway-route") == [(UNKNOWN, None)]


def test_prefix_lists_in_the_gateway_s_table() -> None:
    made = crossing()
    (over, *_) = gateway_routes(made, "tgw-rtb-a")
    del over["DestinationCidrBlock"]
    over["PrefixListId"] = "pl-1"
    assert at(way_of(made), "gateway-route") == [(UNKNOWN, None)]
    entries = {"Entries": [{"Cidr": "10.1.0.0/16"}]}
    made.about["get-managed-prefix-list-entries", "pl-1"] = entries
    assert way_of(made).blocks == []


def test_a_route_that_leads_to_no_attachment_is_unknown() -> None:
    made = crossing()
    gateway_routes(made, "tgw-rtb-a")[0]["TransitGatewayAttachments"] = []
    assert at(way_of(made), "gateway-route") == [(UNKNOWN, None)]
