"""Who is on the internet: what comes in from there, and the addresses known there."""

import pytest
from asking import ask, at_noon, text_of
from wide_network import ALL, E_6, PUBLIC, PUBLIC_6, E, Network, of, plain, route

from pipeline.errors import BadInput

OURS_OUTSIDE = "203.0.113.7"
TCP = {"port": 443, "source_port": 50000}


def public(gateway: str = "igw-1") -> Network:
    """E has a public address, by which its interface tells it."""
    network = plain(route(ALL, gateway))
    (held,) = of(network, "eni-e")["PrivateIpAddresses"]
    held["Association"] = {"PublicIp": OURS_OUTSIDE}
    return network


def test_from_the_internet_it_comes_by_the_gateway_by_which_its_answers_leave() -> None:
    told = ask(at_noon(public()), PUBLIC, E, **TCP).told
    first = told.forward.path[0]
    assert (first.stage, first.element_id, first.outcome) == ("internet-gateway", "igw-1", "pass")
    assert (told.forward.verdict, told.forward.certainty) == ("allowed", "certain")


def test_what_refuses_it_then_is_certain() -> None:
    network = public()
    of(network, "sg-vpc-a")["IpPermissions"] = []
    leg = ask(at_noon(network), PUBLIC, E, **TCP).told.forward
    assert (leg.verdict, leg.certainty) == ("blocked", "certain")


def test_every_address_of_ipv6_is_known_there() -> None:
    network = plain(route("::/0", "igw-1"))
    leg = ask(at_noon(network), PUBLIC_6, E_6, **TCP).told.forward
    assert leg.path[0].element_id == "igw-1"
    only_out = plain(route("::/0", "eigw-1"))
    first = ask(at_noon(only_out), PUBLIC_6, E_6, **TCP).told.forward.path[0]
    assert (first.outcome, first.why) == ("unknown", "nothing but answers comes in by eigw-1")


@pytest.mark.parametrize("gateway", ["igw-1", "nat-1"])
def test_what_has_no_public_address_may_be_reached_by_a_load_balancer_alone(gateway) -> None:
    leg = ask(at_noon(plain(route(ALL, gateway))), PUBLIC, E, **TCP).told.forward
    assert (leg.verdict, leg.path[0].outcome) == ("unknown", "unknown")
    assert leg.path[0].why.startswith("eni-e has no public address: ")


@pytest.mark.parametrize(
    ("sender", "gateway"), [("192.168.7.7", "igw-1"), (PUBLIC, "vgw-1")], ids=["private", "vpn"]
)
def test_from_elsewhere_nobody_knows_how_it_comes(sender, gateway) -> None:
    leg = ask(at_noon(public(gateway)), sender, E, **TCP).told.forward
    assert (leg.path[0].outcome, leg.path[0].why) == (
        "unknown",
        "comes from an end that no snapshot has",
    )


def test_answers_come_back_by_the_gateway_and_over_nat_by_what_nobody_asks() -> None:
    back = ask(at_noon(public()), E, PUBLIC, **TCP).told.reply
    assert (back.verdict, back.path[0].element_id) == ("allowed", "igw-1")
    back = ask(at_noon(plain(route(ALL, "nat-1"))), E, PUBLIC, **TCP).told.reply
    assert back.verdict == "unknown"
    assert back.path[0].why == "comes back by nat-1, whose subnet's ACL is not asked"


def test_a_public_address_is_the_interface_that_has_it() -> None:
    lake = at_noon(public())
    inward, outward = ask(lake, PUBLIC, OURS_OUTSIDE, **TCP), ask(lake, OURS_OUTSIDE, PUBLIC, **TCP)
    assert (inward.told.destination.interface_id, inward.told.destination.ipv4) == ("eni-e", E)
    assert (outward.told.source.interface_id, outward.told.source.ipv4) == ("eni-e", E)
    assert f"{PUBLIC} → {OURS_OUTSIDE} ({E}" in text_of(inward)


def test_a_public_address_is_found_by_the_list_of_addresses_too() -> None:
    network = plain(route(ALL, "igw-1"))
    key = next(key for key in network if key[2] == "describe-network-interfaces")
    elastic = {"PublicIp": OURS_OUTSIDE, "NetworkInterfaceId": "eni-e", "PrivateIpAddress": E}
    network[(*key[:2], "describe-addresses")] = [elastic | {"AllocationId": "eipalloc-1"}]
    told = ask(at_noon(network), PUBLIC, OURS_OUTSIDE, **TCP).told
    assert told.destination.interface_id == "eni-e"
    assert told.forward.path[0].element_id == "igw-1"


def test_between_two_of_ours_a_public_address_is_that_of_the_internet() -> None:
    """What F sends to E's public address leaves the VPC, whatever leads to E's own."""
    lake = at_noon(public())
    there = ask(lake, "eni-f", OURS_OUTSIDE, **TCP).told.destination
    assert (there.interface_id, there.ipv4) == (None, OURS_OUTSIDE)
    source = ask(lake, OURS_OUTSIDE, "eni-f", **TCP).told.source
    assert (source.interface_id, source.ipv4) == (None, OURS_OUTSIDE)


def edge(network: Network) -> Network:
    """A table of the internet gateway's own leads what comes in to an appliance."""
    key = next(key for key in network if key[2] == "describe-route-tables")
    association = {"GatewayId": "igw-1", "AssociationState": {"State": "associated"}}
    table = {"RouteTableId": "rtb-edge", "VpcId": "vpc-a", "OwnerId": key[0]}
    routes = [{"DestinationCidrBlock": "10.0.1.0/24", "GatewayId": "vpce-1", "State": "active"}]
    network[key].append(table | {"Associations": [association], "Routes": routes})
    return network


def gone(network: Network) -> Network:
    """The route to the internet gateway is a blackhole: it was detached."""
    for one in of(network, "rtb-e")["Routes"]:
        if one.get("GatewayId") == "igw-1":
            one["State"] = "blackhole"
    return network


def nat(network: Network) -> Network:
    of(network, "eni-e")["InterfaceType"] = "nat_gateway"
    return network


def balancer(network: Network) -> Network:
    of(network, "eni-e")["Description"] = "ELB app/web/0123456789abcdef"
    return network


def denied(network: Network) -> Network:
    of(network, "eni-e")["DenyAllIgwTraffic"] = True
    return network


def closed(network: Network) -> Network:
    of(network, "vpc-a")["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "block-ingress"}
    return network


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (edge, "a route table of its own"),
        (gone, "the route to it is blackhole"),
        (nat, "drops what nobody behind it asked for"),
        (denied, "DenyAllIgwTraffic is set at eni-e"),
        (balancer, "no listener is known for the port"),
    ],
)
def test_what_else_decides_at_the_gateway_leaves_it_unknown(changed, why) -> None:
    leg = ask(at_noon(changed(public())), PUBLIC, E, **TCP).told.forward
    assert (leg.verdict, leg.path[0].outcome) == ("unknown", "unknown")
    assert why in leg.path[0].why


def test_where_public_access_is_blocked_answers_may_be_kept_out() -> None:
    """https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html"""
    told = ask(at_noon(closed(public())), E, PUBLIC, **TCP).told
    assert told.reply.verdict == "unknown"
    assert told.reply.path[0].why == "Block Public Access is block-ingress"


def test_private_addresses_of_ipv6_are_not_known_there() -> None:
    network = plain(route("::/0", "igw-1"))
    of(network, "eni-e")["Ipv6Addresses"] = [{"Ipv6Address": "fd00::10"}]
    told = ask(at_noon(network), PUBLIC_6, "eni-e", **TCP).told
    assert told.forward.path[0].outcome == "unknown"
    assert told.reply.verdict != "leaves"


def test_what_a_load_balancer_brought_it_may_take_back() -> None:
    """The private instance has no way to the internet, and was asked from there all the same."""
    told = ask(at_noon(plain()), PUBLIC, E, **TCP).told
    assert (told.reply.verdict, told.remedy) == ("unknown", None)
    known = ask(at_noon(public("nat-9")), PUBLIC, E, **TCP).told
    assert known.reply.certainty != "certain"


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.2"])
def test_what_aws_answers_itself_no_filter_decides_about(address) -> None:
    network = plain()
    of(network, "vpc-a")["CidrBlock"] = "10.0.0.0/16"
    with pytest.raises(BadInput, match="is answered by AWS within the VPC"):
        ask(at_noon(network), E, address, protocol=17, port=53)


def test_a_block_of_a_vpc_that_is_none_stops_no_question() -> None:
    network = plain()
    of(network, "vpc-a")["CidrBlock"] = "no block/99"
    assert ask(at_noon(network), E, "10.0.2.20", **TCP).told.forward.path
