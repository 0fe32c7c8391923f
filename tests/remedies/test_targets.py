"""What leads to the other end of a lost packet: named where one is sure, and never guessed."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from pipeline import api
from pipeline.attribution import packets
from pipeline.config import Settings
from pipeline.lake.catalog import open_lake
from pipeline.remedies.losses import remedy_of_loss
from pipeline.remedies.places import placed

OURS, REGION = "111111111111", "eu-west-1"
TAKEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
# A packet of vpc-1's 10.1.0.5 that is lost on its way to 10.2.0.5, which vpc-2 has.
LOST = {
    "cause": "route_missing",
    "element_type": "route-table",
    "element_id": "rtb-1",
    "rule": None,
    "vpc_id": "vpc-1",
    "peer_vpc_id": "vpc-2",
    "peer_ips": ["10.2.0.5"],
    "peers": 1,
    "tried": {"ends": [{"src_ip": "10.1.0.5", "dst_ip": "10.2.0.5"}], "subnet_id": "subnet-1"},
}
IN_TRANSIT = LOST | {
    "cause": "tgw_no_route",
    "element_type": "transit-gateway-route-table",
    "element_id": "tgw-rtb-1",
}


def peering(name="pcx-1", status="active", accepter="vpc-2"):
    return {
        "VpcPeeringConnectionId": name,
        "Status": {"Code": status},
        "RequesterVpcInfo": {"VpcId": "vpc-1", "OwnerId": OURS, "Region": REGION},
        "AccepterVpcInfo": {"VpcId": accepter, "OwnerId": OURS, "Region": REGION},
    }


def attachment(vpc_id, state="available", gateway="tgw-1", asks=None, kind="vpc"):
    return {
        "TransitGatewayAttachmentId": f"tgw-attach-{vpc_id[-1]}",
        "TransitGatewayId": gateway,
        "TransitGatewayOwnerId": OURS,
        "ResourceType": kind,
        "ResourceId": vpc_id,
        "State": state,
        "Association": {"TransitGatewayRouteTableId": asks, "State": "associated"} if asks else {},
    }


def table(name, vpc_id, **routes):
    """A route table; its routes are told as target=destination, - for _ in the target."""
    told = []
    for target, destination in routes.items():
        kind = {"pcx": "VpcPeeringConnectionId", "tgw": "TransitGatewayId"}.get(target[:3])
        to = {"DestinationPrefixListId" if destination[:3] == "pl-" else "DestinationCidrBlock"}
        to = dict.fromkeys(to, destination)
        told.append(to | {"State": "active", kind or "GatewayId": target.replace("_", "-")})
    return {"RouteTableId": name, "VpcId": vpc_id, "OwnerId": OURS, "Routes": told}


def interface(vpc_id, address):
    return {
        "NetworkInterfaceId": f"eni-{vpc_id[-1]}",
        "VpcId": vpc_id,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
    }


def passed(destination, attachment_id=None, state="active"):
    told = [{"TransitGatewayAttachmentId": attachment_id}] if attachment_id else []
    return {
        "DestinationCidrBlock": destination,
        "State": state,
        "Type": "static",
        "TransitGatewayAttachments": told,
    }


@pytest.fixture
def targets(tmp_path):
    """Return a function that tells by way of what a lost packet is to go in a network."""

    def ask(lost, **answers):
        place = tmp_path / "dump" / "accounts" / OURS / REGION
        place.mkdir(parents=True)
        for key, rows in answers.items():
            whole = rows if isinstance(rows, dict) else {key: rows}
            (place / f"{key}.json").write_text(json.dumps(whole))
        api.load_snapshot(tmp_path / "dump", TAKEN, Settings(tmp_path / "lake"))
        return placed_in(tmp_path / "lake", lost)

    return ask


def placed_in(lake, lost):
    nothing = pl.DataFrame(schema=packets.PACKETS)
    with (
        packets.opened(open_lake(lake), "remedies") as connection,
        packets.judging(connection, nothing),
    ):
        return placed(connection, [lost], {})[0]


JOINED = {
    "RouteTables": [table("rtb-1", "vpc-1"), table("rtb-2", "vpc-2")],
    "VpcPeeringConnections": [peering(), peering("pcx-3", accepter="vpc-3")],
}
ATTACHED = {"TransitGatewayAttachments": [attachment("vpc-1"), attachment("vpc-2")]}


def test_the_one_peering_connection_of_the_two_vpcs_is_named(targets) -> None:
    known = targets(LOST, **JOINED)
    assert known.targets == ("pcx-1",)
    told = remedy_of_loss(LOST, known)
    assert told.text == (
        "Add a route to 10.2.0.5/32, or to a block around it, to rtb-1, by way of pcx-1."
    )
    assert told.aws_cli == (
        "aws ec2 create-route --region eu-west-1 \\\n"
        "  --route-table-id rtb-1 \\\n"
        "  --destination-cidr-block 10.2.0.5/32 \\\n"
        "  --vpc-peering-connection-id pcx-1"
    )


def test_the_answers_way_is_named_from_the_side_of_the_accepter(targets) -> None:
    answer = LOST | {
        "element_id": "rtb-2",
        "vpc_id": "vpc-2",
        "peer_vpc_id": "vpc-1",
        "peer_ips": ["10.1.0.5"],
    }
    assert targets(answer, **JOINED).targets == ("pcx-1",)


def test_the_one_transit_gateway_of_the_two_vpcs_is_named(targets) -> None:
    assert targets(LOST, **ATTACHED).targets == ("tgw-1",)


@pytest.mark.parametrize("cause", ["route_blackhole", "no_public_ip"])
def test_so_it_is_where_the_route_leads_to_what_is_gone_or_to_the_internet(targets, cause) -> None:
    assert targets(LOST | {"cause": cause}, **JOINED).targets == ("pcx-1",)


@pytest.mark.parametrize("cause", ["route_diverted", "tgw_zone", "host_silent"])
def test_other_causes_have_no_use_for_it(targets, cause) -> None:
    assert targets(LOST | {"cause": cause}, **JOINED).targets == ()


NOT_JOINED = {
    "a peering that is not active": {"VpcPeeringConnections": [peering(status="deleted")]},
    "a peering with another VPC": {"VpcPeeringConnections": [peering(accepter="vpc-3")]},
    "one attachment alone": {"TransitGatewayAttachments": [attachment("vpc-1")]},
    "attachments to two gateways": {
        "TransitGatewayAttachments": [attachment("vpc-1"), attachment("vpc-2", gateway="tgw-2")]
    },
    "ours carries nothing": {
        "TransitGatewayAttachments": [attachment("vpc-1", "deleted"), attachment("vpc-2")]
    },
    "theirs carries nothing": {
        "TransitGatewayAttachments": [attachment("vpc-1"), attachment("vpc-2", "deleted")]
    },
    "an attachment that is none of a VPC": {
        "TransitGatewayAttachments": [attachment("vpc-1"), attachment("vpc-2", kind="connect")]
    },
    "a table of another VPC": JOINED | {"RouteTables": [table("rtb-1", "vpc-9")]},
}


@pytest.mark.parametrize("name", NOT_JOINED)
def test_what_does_not_join_the_two_is_not_named(targets, name) -> None:
    assert targets(LOST, **NOT_JOINED[name]).targets == ()


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ({}, ("pcx-1", "tgw-1")),
        ({"tgw_1": "10.1.0.0/16"}, ("tgw-1",)),
        ({"tgw_1": "10.0.0.0/8", "pcx_1": "10.1.0.0/16"}, ("pcx-1",)),
        ({"tgw_1": "10.9.0.0/16"}, ("pcx-1", "tgw-1")),
        ({"igw_1": "0.0.0.0/0"}, ("pcx-1", "tgw-1")),
        ({"igw_1": "0.0.0.0/0", "pcx_1": "10.1.0.0/16"}, ("pcx-1",)),
        ({"vgw_1": "10.1.0.0/16"}, ()),
        ({"tgw_1": "10.1.0.0/16", "pcx_1": "pl-unseen"}, ("pcx-1", "tgw-1")),
    ],
    ids=str,
)
def test_of_several_what_the_other_direction_takes_is_named(targets, routes, expected) -> None:
    tables = [table("rtb-1", "vpc-1"), table("rtb-2", "vpc-2", **routes)]
    answers = {**JOINED, **ATTACHED, "RouteTables": tables}
    assert targets(LOST, **answers).targets == expected


@pytest.mark.parametrize(
    ("cidr", "expected"), [("10.1.0.0/16", ("pcx-1",)), ("10.9.0.0/16", ("tgw-1",))]
)
def test_a_way_back_may_be_by_a_prefix_list(targets, cidr, expected) -> None:
    back = table("rtb-2", "vpc-2", tgw_1="10.0.0.0/8", pcx_1="pl-1")
    listed = {"get-managed-prefix-list-entries--pl-1": {"Entries": [{"Cidr": cidr}]}}
    known = targets(LOST, **{**JOINED, **ATTACHED, "RouteTables": [back]}, **listed)
    assert known.targets == expected


def test_a_route_that_is_no_longer_usable_is_no_way_back(targets) -> None:
    gone = table("rtb-2", "vpc-2", tgw_1="10.1.0.0/16")
    gone["Routes"][0]["State"] = "blackhole"
    known = targets(LOST, **{**JOINED, **ATTACHED, "RouteTables": [gone]})
    assert known.targets == ("pcx-1", "tgw-1")
    assert "by way of pcx-1 or tgw-1" in remedy_of_loss(LOST, known).text


UNKNOWN_VPC = LOST | {"peer_vpc_id": None}


def test_where_no_way_told_the_vpc_whoever_has_the_address_does(targets) -> None:
    interfaces = [interface("vpc-2", "10.2.0.5"), interface("vpc-3", "10.2.0.6")]
    known = targets(UNKNOWN_VPC, **JOINED, NetworkInterfaces=interfaces)
    assert known.targets == ("pcx-1",)


def test_where_two_have_the_address_a_person_picks(targets) -> None:
    interfaces = [interface("vpc-2", "10.2.0.5"), interface("vpc-3", "10.2.0.5")]
    known = targets(UNKNOWN_VPC, **JOINED, NetworkInterfaces=interfaces)
    assert known.targets == ("pcx-1", "pcx-3")


def test_where_nobody_has_the_address_nothing_is_named(targets) -> None:
    assert targets(UNKNOWN_VPC, **JOINED).targets == ()


TABLES = [{"TransitGatewayRouteTableId": f"tgw-rtb-{n}", "TransitGatewayId": "tgw-1"} for n in "12"]


def over_tables(*routes, **more):
    """Two VPCs at a transit gateway; what is for vpc-1 is looked up in tgw-rtb-2."""
    attached = [attachment("vpc-1", asks="tgw-rtb-1"), attachment("vpc-2", asks="tgw-rtb-2")]
    return {
        "TransitGatewayRouteTables": TABLES,
        "TransitGatewayAttachments": [*attached, attachment("vpc-9")],
        "Routes": {"TransitGatewayRouteTableId": "tgw-rtb-2", "Routes": list(routes)},
    } | more


@pytest.mark.parametrize(
    "routes",
    [
        [],
        [passed("10.1.0.0/16", "tgw-attach-1")],
        [passed("10.0.0.0/8", "tgw-attach-9"), passed("10.1.0.0/16", "tgw-attach-1")],
        [passed("10.9.0.0/16", "tgw-attach-9")],
    ],
    ids=["none", "ours", "longest", "of others"],
)
def test_a_transit_gateways_table_is_to_lead_to_the_other_vpcs_attachment(targets, routes) -> None:
    known = targets(IN_TRANSIT, **over_tables(*routes))
    assert known.targets == ("tgw-attach-2",)
    assert remedy_of_loss(IN_TRANSIT, known).aws_cli == (
        "aws ec2 create-transit-gateway-route --region eu-west-1 \\\n"
        "  --destination-cidr-block 10.2.0.5/32 \\\n"
        "  --transit-gateway-attachment-id tgw-attach-2 \\\n"
        "  --transit-gateway-route-table-id tgw-rtb-1"
    )


@pytest.mark.parametrize(
    "routes",
    [[passed("10.1.0.0/16", "tgw-attach-9")], [passed("10.0.0.0/8", state="blackhole")]],
    ids=["inspected", "dropped"],
)
def test_nothing_goes_round_what_the_other_direction_takes(targets, routes) -> None:
    assert targets(IN_TRANSIT, **over_tables(*routes)).targets == ()


@pytest.mark.parametrize(
    "theirs",
    [
        attachment("vpc-2", state="deleted"),
        attachment("vpc-2", gateway="tgw-2"),
        attachment("vpc-2", kind="connect"),
    ],
    ids=["deleted", "elsewhere", "no VPC"],
)
def test_an_attachment_that_does_not_lead_there_is_not_named(targets, theirs) -> None:
    answers = over_tables(TransitGatewayAttachments=[attachment("vpc-1"), theirs])
    assert targets(IN_TRANSIT, **answers).targets == ()


@pytest.mark.parametrize(
    ("name", "row", "state"),
    [
        ("pcx-1", peering(status="deleted"), "deleted"),
        ("pcx-1", peering(), None),
        ("nat-1", {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "State": "failed"}, "failed"),
        ("nat-1", {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "State": "available"}, None),
        ("tgw-attach-2", attachment("vpc-2", "rejected"), "rejected"),
        ("tgw-attach-2", attachment("vpc-2"), None),
        ("pcx-2", peering(), None),
    ],
)
def test_where_what_carries_no_traffic_stands_is_told(targets, name, row, state) -> None:
    keys = {
        "pcx": "VpcPeeringConnections",
        "nat": "NatGateways",
        "tgw": "TransitGatewayAttachments",
    }
    assert targets(LOST | {"element_id": name}, **{keys[name[:3]]: [row]}).state == state


def test_a_peering_connection_that_is_listed_no_more_is_told_so(targets, tmp_path) -> None:
    lost = LOST | {"cause": "peering_not_active", "element_id": "pcx-1"}
    assert targets(lost, VpcPeeringConnections=[peering(status="deleted")]).state == "deleted"
    place = tmp_path / "later" / "accounts" / OURS / REGION
    place.mkdir(parents=True)
    (place / "VpcPeeringConnections.json").write_text(json.dumps({"VpcPeeringConnections": []}))
    api.load_snapshot(tmp_path / "later", TAKEN + DAY, Settings(tmp_path / "lake"))
    known = placed_in(tmp_path / "lake", lost)
    assert known.state == "no longer listed"
    assert remedy_of_loss(lost, known).text.startswith("Create a new peering connection")


REFERENCE = LOST | {"cause": "sg_reference_ineffective", "element_id": "sg-1"}


@pytest.mark.parametrize(
    ("peer", "attached", "expected"),
    [
        ("vpc-2", [("vpc-1", "tgw-1"), ("vpc-2", "tgw-1")], ("tgw-1",)),
        # Behind a transit gateway that is peered with ours.
        ("vpc-2", [("vpc-1", "tgw-1"), ("vpc-2", "tgw-2")], ()),
        ("vpc-2", [("vpc-1", "tgw-1")], ()),
        (None, [("vpc-1", "tgw-1"), ("vpc-2", "tgw-1")], ()),
    ],
)
def test_a_reference_may_reach_over_a_gateway_of_both_vpcs(
    targets, peer, attached, expected
) -> None:
    rows = [
        {
            "TransitGatewayAttachmentId": f"tgw-attach-{vpc_id[-1]}",
            "TransitGatewayId": gateway,
            "VpcId": vpc_id,
            "State": "available",
        }
        for vpc_id, gateway in attached
    ]
    known = targets(REFERENCE | {"peer_vpc_id": peer}, TransitGatewayVpcAttachments=rows)
    assert known.targets == expected
