"""Where a change is to be made, as AWS's answers of two Regions tell."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from pipeline import api
from pipeline.attribution import packets
from pipeline.config import Settings
from pipeline.lake.catalog import open_lake
from pipeline.remedies.places import placed

OURS, IRELAND, VIRGINIA = "111111111111", "eu-west-1", "us-east-1"
TAKEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
REQUEST = {
    "VpcPeeringConnectionId": "pcx-1",
    "Status": {"Code": "pending-acceptance"},
    "RequesterVpcInfo": {"VpcId": "vpc-1", "OwnerId": OURS, "Region": IRELAND},
    "AccepterVpcInfo": {"VpcId": "vpc-2", "OwnerId": OURS, "Region": VIRGINIA},
}
ATTACHED = {"TransitGatewayId": "tgw-1", "ResourceType": "vpc", "ResourceId": "vpc-1"}
TWICE = ATTACHED | {"TransitGatewayAttachmentId": "tgw-attach-both", "ResourceType": "peering"}


# What of a finding does not tell the Region.
LOST = {"peer_vpc_id": None, "peer_ips": ["10.9.0.5"], "tried": {"ends": []}}


@pytest.fixture(scope="module")
def regions(tmp_path_factory):
    """Return a function that tells the Region of a finding's change."""
    folder = tmp_path_factory.mktemp("regions")
    load(
        folder,
        {
            IRELAND: {
                "SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1"}],
                "Vpcs": [{"VpcId": "vpc-1"}],
                "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1"}],
                "VpcPeeringConnections": [REQUEST],
                "TransitGatewayAttachments": [TWICE],
            },
            VIRGINIA: {
                "NetworkInterfaces": [{"NetworkInterfaceId": "eni-2", "VpcId": "vpc-2"}],
                "RouteTables": [{"RouteTableId": "rtb-2", "VpcId": "vpc-2"}],
                "VpcPeeringConnections": [REQUEST],
                "TransitGateways": [{"TransitGatewayId": "tgw-2"}],
                "TransitGatewayAttachments": [
                    TWICE,
                    ATTACHED | {"TransitGatewayAttachmentId": "tgw-attach-2"},
                ],
                "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-2"}],
            },
        },
    )
    nothing = pl.DataFrame(schema=packets.PACKETS)
    with (
        packets.opened(open_lake(folder / "lake"), "remedies") as connection,
        packets.judging(connection, nothing),
    ):

        def region_of(cause, element, vpc_id="vpc-1"):
            finding = {"cause": cause, "element_id": element, "vpc_id": vpc_id}
            return placed(connection, [LOST | finding], {})[0].region

        yield region_of


def load(folder, answers):
    for region, of_region in answers.items():
        place = folder / "dump" / "accounts" / OURS / region
        place.mkdir(parents=True)
        for key, rows in of_region.items():
            (place / f"{key}.json").write_text(json.dumps({key: rows}))
    api.load_snapshot(folder / "dump", TAKEN, Settings(folder / "lake"))


@pytest.mark.parametrize(
    ("cause", "element", "region"),
    [
        ("sg_ingress_miss", "sg-1", IRELAND),
        ("sg_ingress_miss", "sg-unseen,sg-1", IRELAND),
        ("nacl_ingress_deny", "acl-1", IRELAND),
        ("route_missing", "rtb-2", VIRGINIA),
        ("tgw_attachment_state", "tgw-2", VIRGINIA),
        ("tgw_attachment_state", "tgw-attach-2", VIRGINIA),
        ("tgw_no_route", "tgw-rtb-2", VIRGINIA),
    ],
)
def test_the_region_is_that_of_what_is_changed(regions, cause, element, region) -> None:
    assert regions(cause, element) == region


@pytest.mark.parametrize(("vpc_id", "region"), [("vpc-1", IRELAND), ("vpc-2", VIRGINIA)])
def test_what_filters_an_interface_is_in_the_region_of_its_vpc(regions, vpc_id, region) -> None:
    assert regions("sg_ingress_miss", "sg-unseen", vpc_id) == region
    assert regions("block_public_access", None, vpc_id) == region


def test_what_is_on_the_way_may_be_in_another_region_than_the_vpc(regions) -> None:
    assert regions("route_missing", "rtb-unseen") is None


def test_a_peering_connection_is_accepted_in_the_region_of_the_accepter(regions) -> None:
    assert regions("peering_not_active", "pcx-1") == VIRGINIA


def test_what_two_regions_list_is_in_none_for_sure(regions) -> None:
    assert regions("tgw_not_associated", "tgw-attach-both") is None
