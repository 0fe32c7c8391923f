"""Ways over two transit gateways that are peered, by hand."""

from .crossed import HUB, Crossing
from .crossing import blocked, crossing, way_of
from .gateways_by_hand import (
    ASSOCIATIONS,
    ATTACHMENT,
    ROUTES,
    TABLE,
    add_gateway,
    add_gateway_table,
    gateway_route,
    gateway_routes,
    stages,
)
from .hops import UNKNOWN
from .organisation import REGION


def two_gateways(state: str = "available", **more: str) -> Crossing:
    """A at tgw-1, B at tgw-2, which are peered; each table has a route over the peering."""
    made = crossing()
    add_gateway(made, "tgw-2", HUB)
    made.of("tgw-attach-b")["TransitGatewayId"] = "tgw-2"
    body = {"TransitGatewayAttachmentId": "tgw-attach-p", "State": state} | more
    ends = {
        f"{side}TgwInfo": {"TransitGatewayId": name, "OwnerId": HUB, "Region": REGION}
        for side, name in (("Requester", "tgw-1"), ("Accepter", "tgw-2"))
    }
    made.add(HUB, "describe-transit-gateway-peering-attachments", "tgw-attach-p", body | ends)
    far = more.get("AccepterTransitGatewayAttachmentId", "tgw-attach-p")
    over = gateway_route("10.1.0.0/16", "tgw-attach-p", "peering", "tgw-2")
    made.about[ROUTES, "tgw-rtb-a"]["Routes"] = [over]
    add_gateway_table(made, "tgw-rtb-2", far, gateway="tgw-2")
    gateway_routes(made, "tgw-rtb-2").append(
        gateway_route("10.1.0.0/16", "tgw-attach-b", resource="vpc-b")
    )
    return made


def test_over_two_gateways() -> None:
    for more in ({}, {"AccepterTransitGatewayAttachmentId": "tgw-attach-q"}):
        found = way_of(two_gateways(**more))
        assert [name for stage, name in stages(found) if stage == "gateway-route"] == [
            "tgw-rtb-a",
            "tgw-rtb-2",
        ]
        assert (found.blocks, found.is_known, found.end.vpc_id) == ([], True, "vpc-b")


def test_what_blocks_between_two_gateways() -> None:
    found = way_of(two_gateways("deleted"))
    assert blocked(found) == ("tgw_attachment_state", ATTACHMENT, "tgw-attach-p")
    made = two_gateways()
    gateway_routes(made, "tgw-rtb-2").clear()
    assert blocked(way_of(made)) == ("tgw_no_route", TABLE, "tgw-rtb-2")
    made.about[ASSOCIATIONS, "tgw-rtb-2"]["Associations"].clear()
    assert blocked(way_of(made)) == ("tgw_not_associated", ATTACHMENT, "tgw-attach-p")
    del made.about[ASSOCIATIONS, "tgw-rtb-2"]
    sight = way_of(made).lost_sight
    assert sight is not None and sight.element_id == "tgw-attach-p"


def test_a_third_gateway_is_not_followed() -> None:
    made = two_gateways()
    back = gateway_route("10.1.0.0/16", "tgw-attach-p", "peering", "tgw-1")
    made.about[ROUTES, "tgw-rtb-2"]["Routes"] = [back]
    found = way_of(made)
    assert (found.hops[-1].outcome, found.blocks) == (UNKNOWN, [])
