"""Ways out of a VPC, each worked out by hand."""

import pytest

from .crossed import A_6, ONE, PUBLIC, PUBLIC_6, A, Crossing
from .crossing import add_interface, add_table, blocked, out_by, outcomes, route, way_of
from .hops import UNKNOWN


def nat(state: str = "available", kind: str = "public", target: str = "igw-1") -> Crossing:
    made = out_by("nat-1")
    body = {"NatGatewayId": "nat-1", "VpcId": "vpc-a", "SubnetId": "subnet-a2", "State": state}
    made.add(ONE, "describe-nat-gateways", "nat-1", body | {"ConnectivityType": kind})
    routes = [route("0.0.0.0/0", target)] if target else []
    add_table(made, ONE, "rtb-nat", "vpc-a", routes, "subnet-a2")
    return made


def test_an_internet_gateway_needs_a_public_address() -> None:
    made = out_by("igw-1")
    assert blocked(way_of(made, PUBLIC)) == ("no_public_ip", "internet-gateway", "igw-1")
    add_interface(made, ONE, "eni-a", "subnet-a", [A, "10.0.1.11"], public="52.94.0.9")
    assert outcomes(made, PUBLIC) == [("route", "pass"), ("exit", "pass")]
    assert way_of(made, PUBLIC).end.path == "internet"
    # Another address than the one that has it: the record may show the primary in its place.
    assert outcomes(made, PUBLIC, source="10.0.1.11") == [("route", "pass"), ("exit", UNKNOWN)]


def test_ipv6_needs_none() -> None:
    made = out_by("igw-1", "::/0")
    assert way_of(made, PUBLIC_6, A_6).blocks == []
    made = out_by("eigw-1", "::/0")
    assert way_of(made, PUBLIC_6, A_6).end.path == "internet"


def test_an_internet_gateway_carries_no_private_destination() -> None:
    made = out_by("igw-1")
    add_interface(made, ONE, "eni-a", "subnet-a", [A], public="52.94.0.9")
    assert blocked(way_of(made, "10.9.0.1")) == ("no_public_ip", "internet-gateway", "igw-1")


def test_a_nat_gateway_leads_out_by_its_own_subnet() -> None:
    found = way_of(nat(), PUBLIC)
    assert [hop.stage for hop in found.hops] == ["route", "nat", "nat-route", "exit"]
    assert (found.blocks, found.end.path) == ([], "nat")
    assert outcomes(nat(target="tgw-1"), PUBLIC)[-1] == ("nat-route", UNKNOWN)


def test_what_stops_a_nat_gateway() -> None:
    gateway = ("nat-gateway", "nat-1")
    assert blocked(way_of(nat("failed"), PUBLIC)) == ("route_blackhole", *gateway)
    assert blocked(way_of(nat(), PUBLIC, protocol=47)) == ("nat_protocol_unsupported", *gateway)
    for protocol in (6, 17, 1):
        assert way_of(nat(), PUBLIC, protocol=protocol).blocks == []
    out = ("no_public_ip", "internet-gateway", "igw-1")
    assert blocked(way_of(nat(kind="private"), PUBLIC)) == out
    assert blocked(way_of(nat(), "10.9.0.1")) == out
    assert blocked(way_of(nat(target=""), PUBLIC)) == ("route_missing", "route-table", "rtb-nat")
    made = nat()
    made.of("rtb-nat")["Routes"][0]["State"] = "blackhole"
    assert blocked(way_of(made, PUBLIC)) == ("route_blackhole", "route-table", "rtb-nat")


def test_a_nat_gateway_that_is_in_no_snapshot_is_unknown() -> None:
    assert outcomes(out_by("nat-1"), PUBLIC) == [("route", "pass"), ("nat", UNKNOWN)]


@pytest.mark.parametrize(("target", "path"), [("vgw-1", "vpn"), ("vpce-1", "endpoint")])
def test_other_ways_out(target: str, path: str) -> None:
    found = way_of(out_by(target), PUBLIC)
    assert (found.end.path, found.blocks, found.is_known) == (path, [], True)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("eni-a2", "interface"),
        ("vpce-1", "vpc-endpoint"),
        ("lgw-1", "gateway"),
        ("i-1", "middlebox"),
    ],
)
def test_what_is_behind_a_middlebox_is_unknown(target: str, kind: str) -> None:
    made = out_by(target, "10.1.0.0/16")
    sight = way_of(made).lost_sight
    assert sight is not None
    assert (sight.cause, sight.element_type, sight.element_id) == ("beyond_middlebox", kind, target)
    if not target.startswith("vpce-"):
        assert way_of(out_by(target), PUBLIC).lost_sight == sight


def test_a_route_without_a_target_leads_to_what_no_snapshot_tells() -> None:
    made = out_by("pcx-1", "10.1.0.0/16")
    del made.of("rtb-a")["Routes"][1]["VpcPeeringConnectionId"]
    sight = way_of(made).lost_sight
    assert sight is not None and sight.element_id is None


def test_a_load_balancer_endpoint_takes_what_is_public_too() -> None:
    made = out_by("vpce-1")
    body = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "GatewayLoadBalancer"}
    made.add(ONE, "describe-vpc-endpoints", "vpce-1", body)
    assert way_of(made, PUBLIC).lost_sight is not None
    body["VpcEndpointType"] = "Gateway"
    assert way_of(made, "10.9.0.1").end.path == "endpoint"


def test_an_interface_without_addresses_may_have_a_public_one() -> None:
    made = out_by("igw-1")
    del made.of("eni-a")["PrivateIpAddresses"]
    assert outcomes(made, PUBLIC) == [("route", "pass"), ("exit", UNKNOWN)]


def test_a_nat_gateway_whose_subnet_has_no_table_in_the_snapshot() -> None:
    made = nat()
    made.of("rtb-a")["Associations"] = [{"Main": False, "SubnetId": "subnet-a"}]
    del made.things["rtb-nat"]
    assert outcomes(made, PUBLIC) == [("route", "pass"), ("nat", "pass"), ("nat-route", UNKNOWN)]
