"""Which VPC the other end is in: told along the route, never by its address alone."""

import pytest
from reference.model import Answer, Json, Snapshot
from reference.organisation import (
    NOON,
    OURS,
    REGION,
    THEIRS,
    entry,
    interface,
    organisation,
    record,
)

BLOCKS = {"vpc-a": "10.0.0.0/16", "vpc-p": "10.1.0.0/16", "vpc-q": "10.1.0.0/16"}


def route(destination: str, target: str, state: str = "active") -> Json:
    kinds = {"pcx": "VpcPeeringConnectionId", "tgw": "TransitGatewayId", "nat": "NatGatewayId"}
    key = kinds.get(target.partition("-")[0], "GatewayId")
    return {"DestinationCidrBlock": destination, key: target, "State": state}


def vpc(name: str) -> Json:
    state = {"CidrBlock": BLOCKS[name], "CidrBlockState": {"State": "associated"}}
    return {"VpcId": name, "CidrBlock": BLOCKS[name], "CidrBlockAssociationSet": [state]}


def peering(name: str, far: str, status: str = "active") -> Json:
    near = {"VpcId": "vpc-a", "OwnerId": OURS, "Region": REGION}
    other = {"VpcId": far, "OwnerId": THEIRS, "Region": REGION}
    return {
        "VpcPeeringConnectionId": name,
        "Status": {"Code": status},
        "RequesterVpcInfo": near,
        "AccepterVpcInfo": other,
    }


def routed(routes: list[Json], peerings: list[Json], **more) -> Snapshot:
    """The small organisation, with routes of E's subnet and a VPC that has the peer's block too."""
    kept = [
        answer
        for answer in organisation(**more).answers
        if answer.command not in ("describe-vpcs", "describe-vpc-peering-connections")
    ]
    table = {
        "RouteTableId": "rtb-e",
        "VpcId": "vpc-a",
        "Associations": [{"Main": False, "SubnetId": "subnet-e"}],
        "Routes": [route("10.0.0.0/16", "local"), *routes],
    }
    made = {
        "describe-vpcs": {"Vpcs": [vpc(name) for name in BLOCKS]},
        "describe-vpc-peering-connections": {"VpcPeeringConnections": peerings},
        "describe-route-tables": {"RouteTables": [table]},
    }
    added = [Answer(OURS, REGION, command, body) for command, body in made.items()]
    return Snapshot(NOON, (*kept, *added))


BOTH = [peering("pcx-p", "vpc-p"), peering("pcx-q", "vpc-q")]


@pytest.mark.parametrize(
    ("peer", "routes", "path", "vpc_id", "interface_id"),
    [
        ("10.0.2.20", [], "local", "vpc-a", "eni-f"),
        ("10.1.0.20", [route("10.1.0.0/16", "pcx-p")], "peering", "vpc-p", "eni-p"),
        ("10.1.0.20", [route("10.1.0.0/16", "pcx-q")], "peering", "vpc-q", None),
        (
            "10.1.0.20",
            [route("10.0.0.0/8", "pcx-q"), route("10.1.0.0/24", "pcx-p")],
            "peering",
            "vpc-p",
            "eni-p",
        ),
        ("10.1.0.20", [route("10.1.0.0/16", "tgw-1")], "transit-gateway", None, None),
        ("52.94.0.1", [route("0.0.0.0/0", "igw-1")], "internet", None, None),
        ("52.94.0.1", [route("0.0.0.0/0", "nat-1")], "nat", None, None),
        ("52.94.0.1", [route("0.0.0.0/0", "vgw-1")], "vpn", None, None),
        ("52.94.0.1", [], "unknown", None, None),
    ],
)
def test_the_route_names_the_peers_vpc(judge, peer, routes, path, vpc_id, interface_id) -> None:
    (row,) = judge([record(peer)], routed(routes, BOTH))
    assert (row["path"], row["peer_vpc_id"], row["peer_interface_id"]) == (
        path,
        vpc_id,
        interface_id,
    )


def test_a_blackhole_keeps_its_prefix(judge) -> None:
    routes = [route("0.0.0.0/0", "igw-1"), route("10.1.0.0/16", "pcx-p", "blackhole")]
    (row,) = judge([record("10.1.0.20")], routed(routes, BOTH))
    assert (row["path"], row["peer_vpc_id"]) == ("peering", "vpc-p")


def test_a_peering_that_is_not_active_still_says_where_the_route_leads(judge) -> None:
    pending = [peering("pcx-p", "vpc-p", "pending-acceptance")]
    routes = [route("10.1.0.0/16", "pcx-p")]
    (row,) = judge([record("10.1.0.20", "egress")], routed(routes, pending))
    assert (row["path"], row["peer_vpc_id"]) == ("peering", "vpc-p")
    assert row["peer_account_id"] == THEIRS


def test_where_no_route_names_a_vpc_those_that_hold_the_address_are_listed(judge) -> None:
    routes = [route("10.1.0.0/16", "tgw-1")]
    (row,) = judge([record("10.1.0.20")], routed(routes, BOTH))
    assert row["peer_candidates"] == ["vpc-p", "vpc-q"]


def test_the_peers_account_is_that_of_its_interface(judge) -> None:
    routes = [route("10.1.0.0/16", "pcx-p")]
    (row,) = judge([record("10.1.0.20")], routed(routes, BOTH))
    assert row["peer_account_id"] == THEIRS
    assert row["account_id"] == OURS


@pytest.mark.parametrize(
    ("target", "direction", "cause"),
    [
        # A peering connection joins the two VPCs, too: it may have come by that.
        ("tgw-1", "ingress", "stage_unknown"),
        ("tgw-1", "egress", "sg_and_nacl"),
        ("pcx-p", "ingress", "sg_and_nacl"),
    ],
)
def test_whether_an_acl_is_asked_depends_on_what_may_have_handed_it_in(
    judge, target, direction, cause
) -> None:
    shut = [entry(90, "deny", "6", ports=(443, 443))]
    snapshot = routed([route("10.1.0.0/16", target)], BOTH, acl=shut)
    gateway = interface("eni-tgw", "subnet-e", ["10.0.1.99"], []) | {
        "InterfaceType": "transit_gateway"
    }
    attached = Answer(
        OURS, REGION, "describe-network-interfaces--tgw", {"NetworkInterfaces": [gateway]}
    )
    snapshot = Snapshot(NOON, (*snapshot.answers, attached))
    (row,) = judge([record("10.1.0.20", direction)], snapshot)
    assert row["cause"] == cause
