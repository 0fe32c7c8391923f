"""Reports of the configuration alone: each fault is planted in AWS's answers, and named."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import api
from pipeline.config import Settings

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON.replace(hour=13)
OURS, THEIRS = "111111111111", "222222222222"
REGION = "eu-west-1"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    settings = Settings(tmp_path_factory.mktemp("sample") / "lake")
    for name, at in (("day-one", NOON), ("day-two", NOON.replace(day=3))):
        api.load_snapshot(ROOT / "sample_data" / "snapshots" / name, at, settings)
    return settings


@pytest.fixture
def reported(tmp_path):
    """Return a function that loads answers by top-level key, and asks a report."""

    def ask(name, account=OURS, region=REGION, at=NOON, **answers):
        load(tmp_path, account, region, at, answers)
        return api.report(name, None, None, Settings(tmp_path / "lake")).rows

    return ask


def load(folder, account, region, at, answers):
    place = folder / f"dump-{account}-{region}-{at:%H%M}" / "accounts" / account / region
    place.mkdir(parents=True)
    for key, body in answers.items():
        whole = body if isinstance(body, dict) else {key: body}
        (place / f"{key}.json").write_text(json.dumps(whole))
    api.load_snapshot(place.parents[2], at, Settings(folder / "lake"))


def found(rows):
    return {(row["finding"], row["element_id"]) for row in rows}


def vpc(name, cidr):
    block = {"CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}
    return {"VpcId": name, "OwnerId": OURS, "CidrBlock": cidr, "CidrBlockAssociationSet": [block]}


def peering(status="active", region=REGION, dns=True, cidrs=("10.1.0.0/16", "10.2.0.0/16")):
    def end(name, where, cidr):
        options = {"AllowDnsResolutionFromRemoteVpc": dns}
        told = {"VpcId": name, "OwnerId": OURS, "Region": where}
        if status != "active":
            return told
        return told | {"CidrBlockSet": [{"CidrBlock": cidr}], "PeeringOptions": options}

    return {
        "VpcPeeringConnectionId": "pcx-1",
        "Status": {"Code": status, "Message": "as said"},
        "RequesterVpcInfo": end("vpc-1", REGION, cidrs[0]),
        "AccepterVpcInfo": end("vpc-2", region, cidrs[1]),
    }


def table(name, vpc_id, *routes, subnet=None):
    association = {"SubnetId": subnet} if subnet else {"Main": True}
    return {
        "RouteTableId": name,
        "VpcId": vpc_id,
        "OwnerId": OURS,
        "Associations": [association | {"AssociationState": {"State": "associated"}}],
        "Routes": list(routes),
    }


def route(destination, state="active", **target):
    return {"DestinationCidrBlock": destination, "State": state, **target}


PCX = {"VpcPeeringConnectionId": "pcx-1"}
BOTH_WAYS = [
    table("rtb-1", "vpc-1", route("10.2.0.0/16", **PCX)),
    table("rtb-2", "vpc-2", route("10.1.0.0/16", **PCX)),
]


def test_the_planted_faults_of_routes_are_those_reported(sample) -> None:
    with (ROOT / "sample_data" / "truth.csv").open() as file:
        planted = {
            (row["cause"], row["element_id"])
            for row in csv.DictReader(file)
            if row["row"] == "silent"
        }
    # What is told of an address, a protocol, a host or a log is no matter of routes.
    of_routes = ("route_missing", "route_blackhole", "peering_not_active")
    of_tables = ("tgw_attachment_state", "tgw_not_associated", "tgw_no_route", "tgw_blackhole")
    planted = {one for one in planted if one[0] in (*of_routes, *of_tables)}
    routes = found(api.report("routes", None, None, sample).rows)
    peerings = api.report("peering", None, None, sample).rows
    told = routes | {(one, row["element_id"]) for row in peerings for one in row["findings"]}
    assert len(planted) == 7
    assert planted <= told
    unplanted = {
        # The route into the peering that nobody accepted, and public subnets that never answer.
        ("route_blackhole", "rtb-0083692371dacf363"),
        ("route_missing", "rtb-02cdd42f71743bfcb"),
        ("route_missing", "rtb-03d00fb8ae33c95ac"),
        ("route_missing", "rtb-0d801d2af6149ae17"),
        # The route that the yard's attachment left, and the zone of the depot's that has none.
        ("route_blackhole", "rtb-00b803c2785b92ce7"),
        ("tgw_zone", "subnet-0fff2c8067785691b"),
        # Subnets of the depot that annex, yard or platform could ask, and never answer.
        ("route_missing", "rtb-00a45a7ffc78cce1f"),
        ("route_missing", "rtb-0203610577041eb3d"),
        ("route_missing", "rtb-0683b46c77f44d333"),
        ("route_missing", "rtb-099a70588ea6b765b"),
    }
    assert routes - planted == unplanted


def test_the_planted_faults_of_names_and_coverage_are_those_reported(sample) -> None:
    names = found(api.report("dns", None, None, sample).rows)
    assert names == {
        ("dns_hostnames_off", "vpc-034b1277a6e465738"),
        ("dns_resolution_off", "pcx-03e688d26532984b9"),
        ("dns_resolution_off", "pcx-0f9bc7d4779226713"),
        ("dns_resolution_off", "pcx-0f444b12a55efede6"),
        ("dns_resolution_off", "pcx-050e6c49d736f3bbf"),
    }
    rows = api.report("coverage", None, None, sample).rows
    # The public subnet of the annex, and the transit gateway's in annex and yard.
    assert {row["element_id"] for row in rows if row["finding"] == "no_flow_log"} == {
        "subnet-00ca330b665d55a50",
        "subnet-0b32f5f14ad0b251e",
        "subnet-028dd9948f1366228",
    }
    formats = [row for row in rows if row["finding"] != "no_flow_log"]
    lacking = {row["vpc_id"]: len(row["details"]) for row in formats}
    assert {row["finding"] for row in formats} == {"format_lacks_fields"}
    assert lacking["vpc-0e2360f87dfe84da0"] == 5, "version 2 has none of them"
    assert "vpc-02e18aa788d5dfc05" not in lacking, "version 8 has all"


def test_a_peering_that_works_has_no_finding(reported) -> None:
    (row,) = reported("peering", VpcPeeringConnections=[peering()], RouteTables=BOTH_WAYS)
    assert row["findings"] == []
    assert row["details"][:3] == [
        "status active (as said)",
        f"requester vpc-1 of account {OURS} in {REGION}: routes 10.2.0.0/16 in rtb-1: active",
        f"accepter vpc-2 of account {OURS} in {REGION}: routes 10.1.0.0/16 in rtb-2: active",
    ]


PEERINGS = {
    "not active": ({"VpcPeeringConnections": [peering("expired")]}, "peering_not_active"),
    "no route": (
        {"VpcPeeringConnections": [peering()], "RouteTables": [BOTH_WAYS[0], table("r", "vpc-2")]},
        "route_missing",
    ),
    "names": ({"VpcPeeringConnections": [peering(dns=False)]}, "dns_resolution_off"),
    "the same blocks": (
        {
            "VpcPeeringConnections": [peering(cidrs=("10.1.0.0/16", "10.1.128.0/17"))],
            "RouteTables": [
                table("rtb-1", "vpc-1", route("10.1.128.0/17", **PCX)),
                table("rtb-2", "vpc-2", route("10.1.0.0/16", **PCX)),
            ],
        },
        "cidrs_overlap",
    ),
}


@pytest.mark.parametrize("name", PEERINGS)
def test_what_is_amiss_with_a_peering(reported, name) -> None:
    answers, finding = PEERINGS[name]
    (row,) = reported("peering", **({"RouteTables": BOTH_WAYS} | answers))
    assert row["findings"] == [finding]


def leading(destination):
    return table("rtb-1", "vpc-1", *BOTH_WAYS[0]["Routes"], route(destination, **PCX))


BEYOND = {
    "0.0.0.0/0": "0.0.0.0/0 in rtb-1 is for more than the blocks of vpc-2 ({}): the rest is "
    "dropped",
    "10.2.0.0/15": "10.2.0.0/15 in rtb-1 is for more than the blocks of vpc-2 ({}): the rest is "
    "dropped",
    "10.9.0.0/16": "10.9.0.0/16 in rtb-1 is for none of the blocks of vpc-2 ({}): all of it is "
    "dropped",
}


@pytest.mark.parametrize("destination", BEYOND)
def test_a_route_that_goes_beyond_the_peers_vpc_is_told(reported, destination) -> None:
    tables = [leading(destination), BOTH_WAYS[1]]
    (row,) = reported("peering", VpcPeeringConnections=[peering()], RouteTables=tables)
    assert row["findings"] == ["outside_peer_cidr"]
    assert BEYOND[destination].format("10.2.0.0/16") in row["details"]


@pytest.mark.parametrize("destination", ["10.2.0.0/16", "10.2.3.0/24", "10.2.3.4/32"])
def test_a_route_to_a_part_of_the_peers_vpc_is_no_finding(reported, destination) -> None:
    tables = [leading(destination), BOTH_WAYS[1]]
    (row,) = reported("peering", VpcPeeringConnections=[peering()], RouteTables=tables)
    assert row["findings"] == []


def test_two_blocks_of_a_vpc_make_up_one_route(reported) -> None:
    connection = peering()
    connection["AccepterVpcInfo"]["CidrBlockSet"].append({"CidrBlock": "10.3.0.0/16"})
    tables = [leading("10.2.0.0/15"), BOTH_WAYS[1]]
    (row,) = reported("peering", VpcPeeringConnections=[connection], RouteTables=tables)
    assert row["findings"] == []
    # Of IPv6 the VPC has nothing.
    six = {"DestinationIpv6CidrBlock": "::/0", "State": "active", **PCX}
    tables[0]["Routes"].append(six)
    (row,) = reported("peering", VpcPeeringConnections=[connection], RouteTables=tables, at=LATER)
    assert row["findings"] == ["outside_peer_cidr"]


def test_a_prefix_list_goes_beyond_by_what_it_holds(reported) -> None:
    by_list = {"DestinationPrefixListId": "pl-1", "State": "active", **PCX}
    tables = [table("rtb-1", "vpc-1", by_list), BOTH_WAYS[1]]
    asked = {"VpcPeeringConnections": [peering()], "RouteTables": tables}
    (row,) = reported("peering", **asked)
    assert row["findings"] == []
    entries = {"Entries": [{"Cidr": "10.2.0.0/16"}, {"Cidr": "10.9.0.0/16"}]}
    listed = {"get-managed-prefix-list-entries--pl-1": entries}
    (row,) = reported("peering", **asked, **listed, at=LATER)
    assert row["findings"] == ["outside_peer_cidr"]
    assert (
        "pl-1 in rtb-1 is for none of the blocks of vpc-2 (10.2.0.0/16): all of it is dropped"
        in (row["details"])
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [("deleted", "blackhole"), ("active", "blackhole")],
    ids=["gone", "unusable"],
)
def test_what_carries_nothing_at_all_drops_no_part(reported, status, state) -> None:
    tables = [table("rtb-1", "vpc-1", route("0.0.0.0/0", state, **PCX)), BOTH_WAYS[1]]
    (row,) = reported("peering", VpcPeeringConnections=[peering(status)], RouteTables=tables)
    assert "outside_peer_cidr" not in row["findings"]


def test_the_planted_routes_beyond_a_peering_are_reported(sample) -> None:
    (row,) = [
        row
        for row in api.report("peering", None, None, sample).rows
        if "outside_peer_cidr" in row["findings"]
    ]
    with (ROOT / "sample_data" / "truth.csv").open() as file:
        planted = {
            (fault["element_id"], fault["rule"])
            for fault in csv.DictReader(file)
            if fault["cause"] in ("outside_peer_cidr", "peering_not_transitive")
        }
    assert {element for element, _ in planted} == {row["element_id"]}


def test_a_side_whose_tables_nobody_listed_is_unknown(reported) -> None:
    (row,) = reported("peering", VpcPeeringConnections=[peering()], RouteTables=BOTH_WAYS[:1])
    assert row["findings"] == []
    assert row["details"][2].endswith("its route tables are in no snapshot of its owner")


def test_a_participant_who_sees_one_of_the_tables_tells_of_no_missing_route(reported) -> None:
    seen = [table("rtb-1", "vpc-1", subnet="subnet-1")]
    (row,) = reported(
        "peering", account=THEIRS, VpcPeeringConnections=[peering()], RouteTables=seen
    )
    assert row["findings"] == []


def test_a_connection_that_is_deleted_wants_no_routes(reported) -> None:
    tables = [table("rtb-1", "vpc-1"), table("rtb-2", "vpc-2")]
    (row,) = reported("peering", VpcPeeringConnections=[peering("deleted")], RouteTables=tables)
    assert row["findings"] == ["peering_not_active"]


@pytest.mark.parametrize("name", ["peering", "dns"])
def test_the_newest_view_of_a_connection_counts(tmp_path, name) -> None:
    load(tmp_path, OURS, REGION, NOON, {"VpcPeeringConnections": [peering(dns=True)]})
    later = NOON.replace(hour=13)
    load(tmp_path, THEIRS, REGION, later, {"VpcPeeringConnections": [peering(dns=False)]})
    settings = Settings(tmp_path / "lake")
    (row,) = api.report(name, None, None, settings).rows
    assert "dns_resolution_off" in (row.get("finding"), *row.get("findings", []))
    load(tmp_path, OURS, REGION, NOON.replace(hour=14), {"VpcPeeringConnections": [peering()]})
    (told,) = api.report("peering", None, None, settings).rows
    assert told["findings"] == []


@pytest.mark.parametrize(
    ("connections", "why"),
    [
        ({"VpcPeeringConnections": [peering("deleted")]}, "deleted"),
        ({"VpcPeeringConnections": []}, "the connection is gone"),
        ({"VpcPeeringConnections": [peering()]}, None),
        ({}, None),
    ],
)
def test_a_reference_is_stale_where_its_connection_is_no_more(reported, connections, why) -> None:
    rows = reported("peering", SecurityGroups=[referring()], **connections)
    told = [line for row in rows for line in row["details"] if line.startswith("sg-1 refers")]
    assert [line for line in told if "stale" in line] == (
        [f"sg-1 refers to sg-2, which is stale ({why})"] if why else []
    )
    assert any("sg_reference_stale" in row["findings"] for row in rows) == (why is not None)


def referring(**more):
    pair = {"GroupId": "sg-2", "UserId": OURS} | more | PCX
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [pair]}
    return {"GroupId": "sg-1", "VpcId": "vpc-1", "OwnerId": OURS, "IpPermissions": [permission]}


@pytest.mark.parametrize(
    ("region", "status", "finding"),
    [
        ("us-east-1", "active", "sg_reference_across_regions"),
        (REGION, "deleted", "sg_reference_stale"),
    ],
)
def test_group_references_that_cannot_work(reported, region, status, finding) -> None:
    (row,) = reported(
        "peering",
        VpcPeeringConnections=[peering(region=region)],
        RouteTables=BOTH_WAYS,
        SecurityGroups=[referring(PeeringStatus=status)],
    )
    assert row["findings"] == [finding]
    assert any(line.startswith("sg-1 refers to sg-2, which ") for line in row["details"])


def stale(status):
    pair = {"GroupId": "sg-2", "UserId": OURS, "PeeringStatus": status} | PCX
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [pair]}
    told = {"GroupId": "sg-1", "GroupName": "one", "VpcId": "vpc-1"}
    return {"StaleSecurityGroupSet": [told | {"StaleIpPermissions": [permission]}]}


def test_a_reference_to_a_group_that_is_gone_is_stale_though_the_peering_is_there(reported) -> None:
    (row,) = reported(
        "peering",
        VpcPeeringConnections=[peering()],
        RouteTables=BOTH_WAYS,
        StaleSecurityGroupSet=stale("active"),
    )
    assert row["findings"] == ["sg_reference_stale"]
    assert row["details"][-1] == "sg-1 refers to sg-2, which is stale (the group is gone)"


def test_references_across_a_connection_that_is_gone_are_told(reported) -> None:
    (row,) = reported("peering", RouteTables=BOTH_WAYS, StaleSecurityGroupSet=stale("deleted"))
    assert row["element_id"] == PCX["VpcPeeringConnectionId"]
    assert row["findings"] == ["sg_reference_stale"]
    assert row["details"] == [
        "the connection is in no snapshot",
        "sg-1 refers to sg-2, which is stale (deleted)",
    ]


TRANSIT = {"TransitGatewayId": "tgw-1"}


def attachment(name="tgw-attach-1", vpc_id="vpc-1", **more):
    told = TRANSIT | {"TransitGatewayAttachmentId": name, "State": "available"}
    told |= {"ResourceType": "vpc", "ResourceId": vpc_id, "ResourceOwnerId": OURS}
    associated = {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}
    return told | {"TransitGatewayOwnerId": OURS, "Association": associated} | more


def transit(*routes):
    return {"Routes": list(routes), "TransitGatewayRouteTableId": "tgw-rtb-1"}


def passed(destination, name=None, state="active"):
    to = [{"TransitGatewayAttachmentId": name}] if name else []
    return {"DestinationCidrBlock": destination, "State": state, "TransitGatewayAttachments": to}


def subnet(name, zone="a", vpc_id="vpc-1", cidr=None, **more):
    told = {"SubnetId": name, "VpcId": vpc_id, "OwnerId": OURS, "AvailabilityZone": REGION + zone}
    return told | ({"CidrBlock": cidr} if cidr else {}) | more


OVER = [table("rtb-1", "vpc-1", route("10.9.0.0/16", **TRANSIT))]


def attached(name="tgw-attach-1", subnet_id="subnet-a", **more):
    told = {"TransitGatewayAttachmentId": name, "VpcId": "vpc-1", "SubnetIds": [subnet_id]}
    return TRANSIT | told | more


SERVED = {
    "TransitGatewayVpcAttachments": [attached()],
    "Subnets": [subnet("subnet-a", "a"), subnet("subnet-b", "b")],
}


def over(destination, *routes):
    """Return answers in which vpc-1 routes a block to a transit gateway that has these routes."""
    return {
        "TransitGatewayAttachments": [attachment()],
        "RouteTables": [table("rtb-1", "vpc-1", route(destination, **TRANSIT))],
        "Routes": transit(*routes),
    }


ROUTES = {
    "an attachment on its way": (
        {"TransitGatewayAttachments": [attachment(State="pendingAcceptance")]},
        ("tgw_attachment_state", "tgw-attach-1"),
    ),
    "an attachment that no table serves": (
        {"TransitGatewayAttachments": [attachment(Association={})]},
        ("tgw_not_associated", "tgw-attach-1"),
    ),
    "a zone without an attachment": ({"RouteTables": OVER} | SERVED, ("tgw_zone", "subnet-b")),
    "a zone whose attachment was deleted": (
        {"RouteTables": OVER}
        | SERVED
        | {
            "TransitGatewayVpcAttachments": [
                attached(),
                attached("tgw-attach-0", "subnet-b", State="deleted"),
            ]
        },
        ("tgw_zone", "subnet-b"),
    ),
    "a table without a route": (
        over("10.9.0.0/16", passed("10.8.0.0/16")),
        ("tgw_no_route", "tgw-rtb-1"),
    ),
    "a table without any route": (over("10.9.0.0/16"), ("tgw_no_route", "tgw-rtb-1")),
    "a table that drops it": (
        over("10.9.0.0/16", passed("10.0.0.0/8"), passed("10.9.0.0/16", state="blackhole")),
        ("tgw_blackhole", "tgw-rtb-1"),
    ),
    "a route to what is gone": (
        {
            "RouteTables": [
                table("rtb-1", "vpc-1", route("0.0.0.0/0", "blackhole", NatGatewayId="n"))
            ]
        },
        ("route_blackhole", "rtb-1"),
    ),
}


@pytest.mark.parametrize("name", ROUTES)
def test_what_is_amiss_with_routes(reported, name) -> None:
    answers, finding = ROUTES[name]
    assert found(reported("routes", **answers)) == {finding}


NOT_AMISS = {
    "a table of another account that nobody sees": {
        "TransitGatewayAttachments": [attachment()],
        "RouteTables": OVER,
    },
    "a block of which a transit gateway knows parts": over(
        "10.0.0.0/8", passed("10.1.0.0/16"), passed("10.2.0.0/16")
    ),
    "every address, of which it knows some": over("0.0.0.0/0", passed("10.0.0.0/8")),
    "a dropped block whose parts are known better": over(
        "10.9.0.0/16", passed("10.0.0.0/8", state="blackhole"), passed("10.9.0.0/16")
    ),
    "an attachment that is gone": {"TransitGatewayAttachments": [attachment(State="deleted")]},
    "an attachment that was turned away": {
        "TransitGatewayAttachments": [attachment(State="rejected")]
    },
    "an attachment to a transit gateway of another account": {
        "TransitGatewayAttachments": [attachment(TransitGatewayOwnerId=THEIRS, Association={})]
    },
    "zones of which not all are known": {"RouteTables": OVER}
    | SERVED
    | {"TransitGatewayVpcAttachments": [attached(), attached("tgw-attach-0", "subnet-x")]},
}


@pytest.mark.parametrize("name", NOT_AMISS)
def test_what_is_not_amiss_with_routes(reported, name) -> None:
    assert reported("routes", **NOT_AMISS[name]) == []


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ([passed("10.9.0.0/16", state="blackhole")], "drops it"),
        (
            [passed("10.0.0.0/8"), passed("10.9.0.0/28", state="blackhole")],
            "drops a part of it: 10.9.0.0/28, but for longer prefixes",
        ),
        (
            [passed("10.0.0.0/8", state="blackhole"), passed("10.9.1.0/24")],
            "drops a part of it: 10.0.0.0/8, but for longer prefixes",
        ),
    ],
)
def test_how_much_a_transit_gateway_drops_is_said(reported, routes, words) -> None:
    (row,) = reported("routes", **over("10.9.0.0/16", *routes))
    assert row["details"] == [f"rtb-1 routes 10.9.0.0/16 to tgw-1, whose table {words}"]


def test_zones_are_told_apart_by_their_ids_for_names_differ_between_accounts(tmp_path) -> None:
    zone = {"AvailabilityZoneId": "euw1-az1"}
    ours = SERVED | {"Subnets": [subnet("subnet-a", **zone), subnet("subnet-b", **zone)]}
    load(tmp_path, OURS, REGION, NOON, ours | {"RouteTables": OVER})
    load(tmp_path, THEIRS, REGION, NOON, {"Subnets": [subnet("subnet-b", "c", **zone)]})
    assert api.report("routes", None, None, Settings(tmp_path / "lake")).rows == []


BLACKHOLE = [table("rtb-1", "vpc-1", route("10.2.0.0/16", "blackhole", **PCX))]


@pytest.mark.parametrize("asked", [True, False])
def test_a_peering_is_gone_only_where_they_were_listed(reported, asked) -> None:
    (row,) = reported(
        "routes", RouteTables=BLACKHOLE, **({"VpcPeeringConnections": []} if asked else {})
    )
    assert any("is in no snapshot" in line for line in row["details"]) == asked


WORKING = [
    subnet("subnet-1a", cidr="10.1.1.0/24"),
    subnet("subnet-1b", cidr="10.1.2.0/24"),
    subnet("subnet-2", vpc_id="vpc-2", cidr="10.2.1.0/24"),
]
PEERED = {"VpcPeeringConnections": [peering()], "Subnets": WORKING}
JOINED = {
    "TransitGatewayAttachments": [attachment(), attachment("tgw-attach-2", "vpc-2")],
    "Routes": transit(passed("10.1.0.0/16", "tgw-attach-1"), passed("10.2.0.0/16", "tgw-attach-2")),
    "Subnets": WORKING,
}
SENDER = table("rtb-2", "vpc-2", route("10.1.0.0/16", **PCX))
SENDER_OF_A_PART = table("rtb-2", "vpc-2", route("10.1.1.0/24", **PCX))
SENDER_OVER_TRANSIT = table("rtb-2", "vpc-2", route("10.0.0.0/8", **TRANSIT))
ONE_WAY = {
    "no way back": PEERED | {"RouteTables": [SENDER, table("rtb-1", "vpc-1")]},
    "a way back to elsewhere": PEERED
    | {"RouteTables": [SENDER, table("rtb-1", "vpc-1", route("10.22.0.0/16", **PCX))]},
    "a way back that is no more": PEERED
    | {"RouteTables": [SENDER, table("rtb-1", "vpc-1", route("10.2.0.0/16", "blackhole", **PCX))]},
    "a way back into the internet": PEERED
    | {"RouteTables": [SENDER, table("rtb-1", "vpc-1", route("0.0.0.0/0", GatewayId="igw-1"))]},
    "no way back over a transit gateway": JOINED
    | {"RouteTables": [SENDER_OVER_TRANSIT, table("rtb-1", "vpc-1")]},
}


@pytest.mark.parametrize("name", ONE_WAY)
def test_a_table_without_a_way_back_is_named(reported, name) -> None:
    rows = reported("routes", **ONE_WAY[name])
    (row,) = [row for row in rows if row["finding"] == "route_missing"]
    assert row["element_id"] == "rtb-1"
    assert row["details"][0].startswith("no route leads to 10.2.1.0/24 of vpc-2 over ")
    assert row["details"][1] == "it serves subnet-1a, subnet-1b"


BOTH = {
    "back over the peering": PEERED | {"RouteTables": [SENDER, BOTH_WAYS[0]]},
    "back over a transit gateway": PEERED
    | {"RouteTables": [SENDER, table("rtb-1", "vpc-1", route("0.0.0.0/0", **TRANSIT))]},
    "back through what may pass it on": PEERED
    | {"RouteTables": [SENDER, table("rtb-1", "vpc-1", route("0.0.0.0/0", GatewayId="vpce-1"))]},
    "to a part, and back from there": PEERED
    | {
        "RouteTables": [
            SENDER_OF_A_PART,
            table("rtb-1", "vpc-1"),
            table("rtb-1a", "vpc-1", route("10.2.0.0/16", **PCX), subnet="subnet-1a"),
        ]
    },
    "to what goes elsewhere by a longer prefix": PEERED
    | {
        "RouteTables": [
            table(
                "rtb-2",
                "vpc-2",
                route("10.1.0.0/16", **PCX),
                route("10.1.0.0/17", GatewayId="igw-1"),
            ),
            table("rtb-1", "vpc-1"),
        ]
    },
    "to what the transit gateway passes on to nobody": JOINED
    | {
        "RouteTables": [SENDER_OVER_TRANSIT, table("rtb-1", "vpc-1")],
        "Routes": transit(passed("10.2.0.0/16", "tgw-attach-2"), passed("10.1.0.0/16", "other")),
    },
    "to where nothing but the transit gateway is": JOINED
    | {
        "RouteTables": [SENDER_OVER_TRANSIT, table("rtb-1", "vpc-1")],
        "NetworkInterfaces": [
            {"NetworkInterfaceId": f"eni-{name}", "SubnetId": f"subnet-{name}", "VpcId": "vpc-1"}
            | {"InterfaceType": "transit_gateway", "OwnerId": OURS}
            for name in ("1a", "1b")
        ],
    },
    "through a prefix list that nobody knows": PEERED
    | {
        "RouteTables": [
            SENDER,
            table("rtb-1", "vpc-1", {"DestinationPrefixListId": "pl-1", "State": "active"} | PCX),
        ]
    },
}


@pytest.mark.parametrize("name", BOTH)
def test_where_there_is_a_way_back_or_none_is_wanted_nothing_is_said(reported, name) -> None:
    assert reported("routes", **BOTH[name]) == []


def interface(name, subnet_id="subnet-1"):
    return {"NetworkInterfaceId": name, "SubnetId": subnet_id, "VpcId": "vpc-1", "OwnerId": OURS}


ALL_FIELDS = (
    "${tcp-flags} ${flow-direction} ${pkt-srcaddr} ${pkt-dstaddr} ${reject-reason} ${start}"
)


def flow_log(resource, **more):
    told = {"FlowLogId": "fl-1", "ResourceId": resource, "TrafficType": "ALL"}
    return told | {"LogFormat": ALL_FIELDS, "FlowLogStatus": "ACTIVE"} | more


COVERAGE = {
    "none": ([], {("no_flow_log", "subnet-1"), ("no_flow_log", "subnet-2")}),
    "of one subnet": ([flow_log("subnet-1")], {("no_flow_log", "subnet-2")}),
    "of one interface": ([flow_log("eni-2")], {("no_flow_log", "subnet-1")}),
    "of the VPC": ([flow_log("vpc-1")], set()),
    "of what was accepted": (
        [flow_log("vpc-1", TrafficType="ACCEPT")],
        {("flow_log_not_all", "subnet-1"), ("flow_log_not_all", "subnet-2")},
    ),
    "of what was accepted, and of what was rejected": (
        [
            flow_log("vpc-1", TrafficType="ACCEPT"),
            flow_log("vpc-1", TrafficType="REJECT", FlowLogId="fl-2"),
        ],
        set(),
    ),
    "of which nobody says what they record": ([flow_log("vpc-1", TrafficType=None)], set()),
    "that fails": (
        [flow_log("vpc-1", DeliverLogsStatus="FAILED", DeliverLogsErrorMessage="Access error")],
        {("delivery_failed", "fl-1")},
    ),
    "without fields": (
        [flow_log("vpc-1", LogFormat="${start} ${tcp-flags}")],
        {("format_lacks_fields", "fl-1")},
    ),
    "of which nobody says the fields": ([flow_log("vpc-1", LogFormat=None)], set()),
    "of a transit gateway, which has others": (
        [flow_log("vpc-1"), flow_log("tgw-1", FlowLogId="fl-2", LogFormat="${tgw-id} ${srcaddr}")],
        set(),
    ),
}


@pytest.mark.parametrize("name", COVERAGE)
def test_what_flow_logs_do_not_cover(reported, name) -> None:
    logs, findings = COVERAGE[name]
    interfaces = [interface("eni-1"), interface("eni-2", "subnet-2")]
    assert found(reported("coverage", NetworkInterfaces=interfaces, FlowLogs=logs)) == findings


def test_subnets_and_vpcs_without_interfaces_want_flow_logs_too(reported) -> None:
    empty = {"Vpcs": [vpc("vpc-1", "10.1.0.0/16"), vpc("vpc-2", "10.2.0.0/16")]}
    empty |= {"Subnets": [subnet("subnet-1")], "NetworkInterfaces": []}
    assert found(reported("coverage", **empty, FlowLogs=[])) == {
        ("no_flow_log", "subnet-1"),
        ("no_flow_log", "vpc-2"),
    }
    later = NOON.replace(hour=13)
    logs = [flow_log("vpc-1"), flow_log("vpc-2", TrafficType="REJECT", FlowLogId="fl-2")]
    rows = reported("coverage", at=later, **empty, FlowLogs=logs)
    assert found(rows) == {("flow_log_not_all", "vpc-2")}


def test_flow_logs_are_missing_only_once_they_were_asked_for(tmp_path) -> None:
    settings = Settings(tmp_path / "lake")
    seen = {"NetworkInterfaces": [interface("eni-1")]}
    load(tmp_path, OURS, REGION, NOON, seen)
    load(tmp_path, OURS, REGION, NOON.replace(hour=14), seen | {"FlowLogs": []})
    assert api.report("coverage", None, NOON.replace(hour=13), settings).rows == []
    assert len(api.report("coverage", None, NOON.replace(hour=15), settings).rows) == 1


def test_the_owner_of_a_shared_subnet_may_have_flow_logs_that_nobody_listed(reported) -> None:
    shared = [subnet("subnet-1", OwnerId=THEIRS)]
    seen = [interface("eni-1")]
    assert reported("coverage", Subnets=shared, NetworkInterfaces=seen, FlowLogs=[]) == []


def test_where_nobody_asked_for_flow_logs_nothing_is_said(reported) -> None:
    assert reported("coverage", NetworkInterfaces=[interface("eni-1")]) == []


def attribute(name, value):
    return {"VpcId": "vpc-1", name: {"Value": value}}


ZONE = {"Id": "/hostedzone/Z1", "Name": "shop.example.", "Config": {"PrivateZone": True}}
RULE = {"Id": "rslvr-rr-1", "DomainName": "corp.example.", "RuleType": "FORWARD"}
DNS = {
    "no resolver": (
        {"attribute": attribute("EnableDnsSupport", False)},
        ("dns_support_off", "vpc-1"),
    ),
    "no names": (
        {"attribute": attribute("EnableDnsHostnames", False)},
        ("dns_hostnames_off", "vpc-1"),
    ),
    "a peering": (
        {"VpcPeeringConnections": [peering(dns=False)]},
        ("dns_resolution_off", "pcx-1"),
    ),
    "a zone that the other side lacks": (
        {
            "VpcPeeringConnections": [peering()],
            "HostedZones": [ZONE],
            "HostedZone": {"HostedZone": ZONE, "VPCs": [{"VPCId": "vpc-2", "VPCRegion": REGION}]},
        },
        ("zone_not_associated", "Z1"),
    ),
    "a rule that the other side lacks": (
        {
            "VpcPeeringConnections": [peering()],
            "ResolverRules": [RULE],
            "ResolverRuleAssociations": [
                {"Id": "1", "ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-1"}
            ],
        },
        ("resolver_rule_not_associated", "rslvr-rr-1"),
    ),
    "an endpoint of the resolver": (
        {"ResolverEndpoints": [{"Id": "rslvr-out-1", "Status": "ACTION_NEEDED"}]},
        ("resolver_endpoint_not_operational", "rslvr-out-1"),
    ),
}


@pytest.mark.parametrize("name", DNS)
def test_names_that_resolve_elsewhere(reported, name) -> None:
    answers, finding = DNS[name]
    assert found(reported("dns", **answers)) == {finding}


def hosted(*vpc_ids):
    """Return answers with one private zone and the VPCs that it is associated with."""
    names = [{"VPCId": name, "VPCRegion": REGION} for name in vpc_ids]
    return {"HostedZones": [ZONE], "HostedZone": {"HostedZone": ZONE, "VPCs": names}}


def ruled(*vpc_ids, domain="corp.example.", **status):
    """Return answers with one forwarding rule and the VPCs that it is associated with."""
    rule = RULE | {"DomainName": domain, "TargetIps": [{"Ip": "10.9.0.10", "Port": 53}]}
    told = {"ResolverRuleId": rule["Id"], "Status": "COMPLETE"}
    associated = [told | {"Id": name, "VPCId": name} | status.get(name, {}) for name in vpc_ids]
    return {"ResolverRules": [rule], "ResolverRuleAssociations": associated}


OTHER = ZONE | {"Id": "/hostedzone/Z2"}
CONNECTED = {
    "TransitGatewayAttachments": JOINED["TransitGatewayAttachments"],
    "TransitGatewayVpcAttachments": [attached(), attached("tgw-attach-2", VpcId="vpc-2")],
    "Routes": JOINED["Routes"],
}
FORWARDED = {"VpcPeeringConnections": [peering()]}


def test_vpcs_are_connected_where_a_transit_gateway_leads_from_each_to_the_other(reported) -> None:
    (row,) = reported("dns", **CONNECTED, **hosted("vpc-1"))
    assert row["details"] == [
        "shop.example is associated with vpc-1 and not with vpc-2, which is connected by tgw-1"
    ]


APART = {
    "it leads one way": {"Routes": transit(passed("10.2.0.0/16", "tgw-attach-2"))},
    "nobody sees where it leads": {"Routes": {"Routes": []}},
    "an attachment is gone": {
        "TransitGatewayAttachments": [
            attachment(),
            attachment("tgw-attach-2", "vpc-2", State="deleted"),
        ]
    },
    "no route of the VPC leads to it": {"RouteTables": [table("rtb-2", "vpc-2")]},
}


@pytest.mark.parametrize("name", APART)
def test_vpcs_that_a_transit_gateway_does_not_connect_miss_no_names(reported, name) -> None:
    assert reported("dns", **(CONNECTED | APART[name]), **hosted("vpc-1")) == []


def test_a_zone_is_named_once_for_each_vpc_that_lacks_it(reported) -> None:
    spokes = [attachment(f"tgw-attach-{n}", f"vpc-{n}") for n in range(1, 5)]
    routes = transit(*(passed(f"10.{n}.0.0/16", f"tgw-attach-{n}") for n in range(1, 5)))
    rows = reported(
        "dns", TransitGatewayAttachments=spokes, Routes=routes, **hosted("vpc-1", "vpc-2")
    )
    assert [row["vpc_id"] for row in rows] == ["vpc-3", "vpc-4"]


KNOWN_OTHERWISE = {
    "the zone's names are forwarded": hosted("vpc-1") | ruled("vpc-2", domain="example."),
    "the zone is where the names are forwarded to": hosted("vpc-1")
    | ruled("vpc-2", domain="shop.example."),
    "the other side has a zone of the same name": hosted("vpc-1")
    | {"HostedZones": [ZONE, OTHER], "other": {"HostedZone": OTHER, "VPCs": [{"VPCId": "vpc-2"}]}},
    "the other side is the target": ruled("vpc-1")
    | {"Vpcs": [vpc("vpc-1", "10.1.0.0/16"), vpc("vpc-2", "10.9.0.0/16")]},
    "the association is on its way": ruled("vpc-1", "vpc-2", **{"vpc-2": {"Status": "CREATING"}}),
}


@pytest.mark.parametrize("name", KNOWN_OTHERWISE)
def test_names_that_a_vpc_knows_in_another_way_are_no_finding(reported, name) -> None:
    assert reported("dns", **FORWARDED, **KNOWN_OTHERWISE[name]) == []


def test_an_association_that_failed_is_none(reported) -> None:
    failed = {"vpc-2": {"Status": "FAILED"}}
    assert found(reported("dns", **FORWARDED, **ruled("vpc-1", "vpc-2", **failed))) == {
        ("resolver_rule_not_associated", "rslvr-rr-1")
    }
    assert reported("dns", at=NOON.replace(hour=13), **FORWARDED, **ruled("vpc-1", "vpc-2")) == []


def test_associations_of_another_account_are_unknown_until_it_was_asked(tmp_path) -> None:
    connection = peering()
    connection["AccepterVpcInfo"]["OwnerId"] = THEIRS
    settings = Settings(tmp_path / "lake")
    answers = {"VpcPeeringConnections": [connection]} | ruled("vpc-1")
    load(tmp_path, OURS, REGION, NOON, answers)
    assert api.report("dns", None, None, settings).rows == []
    load(tmp_path, THEIRS, REGION, NOON, {"ResolverRuleAssociations": []})
    (row,) = api.report("dns", None, None, settings).rows
    assert (row["finding"], row["account_id"]) == ("resolver_rule_not_associated", THEIRS)


def test_an_attribute_is_of_whom_it_was_asked_where_nobody_listed_vpcs(reported) -> None:
    (row,) = reported("dns", attribute=attribute("EnableDnsSupport", False))
    assert (row["account_id"], row["region"]) == (OURS, REGION)


def test_an_endpoint_whose_private_names_nobody_resolves(reported) -> None:
    endpoint = {"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "ServiceName": "s3", "OwnerId": OURS}
    rows = reported(
        "dns",
        VpcEndpoints=[endpoint | {"PrivateDnsEnabled": True}],
        attribute=attribute("EnableDnsSupport", False),
    )
    assert ("private_dns_without_attributes", "vpce-1") in found(rows)


def test_a_report_is_of_the_configuration_at_a_time(tmp_path) -> None:
    settings = Settings(tmp_path / "lake")
    for hour, status in ((12, "pending-acceptance"), (14, "active")):
        at = NOON.replace(hour=hour)
        load(tmp_path, OURS, REGION, at, {"VpcPeeringConnections": [peering(status)]})
    for hour, status in ((13, "pending-acceptance"), (15, "active")):
        (row,) = api.report("peering", None, NOON.replace(hour=hour), settings).rows
        assert row["status"] == status
