"""Verdicts that depend on the way by which a refused packet came or would have gone.

Whether an ACL is asked where a transit gateway's interface is in the subnet
(https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html), and what Block Public Access concerns
(https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html).
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

import pytest
from reference.model import Json, Record
from reference.organisation import ALLOW_ALL, NOON, OURS, REGION, entry, record
from wide_network import (
    ALL,
    PUBLIC,
    Network,
    T,
    acl,
    interface,
    of,
    plain,
    route,
    snapshot,
    without,
)

DAY = timedelta(days=1)
DENY_443 = [entry(90, "deny", "6", ports=(443, 443)), *ALLOW_ALL]
DENY_BOTH = [one | {"Egress": egress} for one in DENY_443 for egress in (False, True)]
OPEN = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ALL}]}
# Of the block of VPC B in these tests, and no private address.
PUBLIC_BLOCK, PUBLIC_PEER = "52.95.0.0/16", "52.95.1.20"


@pytest.fixture
def verdict(judged) -> Callable[[Record, Network], dict]:
    """Give what judges a record in a network that stays as it is."""

    def told(made: Record, network: Network) -> dict:
        return judged(made, snapshot(network), snapshot(network, NOON + DAY))

    return told


def shared_subnet(*routes: Json, with_gateway: bool = True) -> Network:
    """E's subnet holds the transit gateway's one interface, and its ACL denies the port."""
    network = plain(*routes)
    attach(network, "subnet-e")
    of(network, "acl-a").update(
        acl("acl-a", OURS, "subnet-e", "subnet-f", "subnet-nat", entries=DENY_443)
    )
    made = interface(
        "eni-tgw", of(network, "subnet-e"), "10.0.1.200", InterfaceType="transit_gateway", Groups=[]
    )
    if with_gateway:
        network[OURS, REGION, "describe-network-interfaces"].append(made)
    return network


def attach(network: Network, *subnets: str, state: str = "available") -> None:
    """Give the VPC's attachment these subnets, as both accounts list it."""
    for (_, _, call), objects in network.items():
        for one in objects if call == "describe-transit-gateway-vpc-attachments" else []:
            if one["TransitGatewayAttachmentId"] == "tgw-attach-a":
                one.update(SubnetIds=list(subnets), State=state)


@pytest.mark.parametrize("target", ["nat-1", "igw-1"])
def test_a_private_peer_comes_by_no_internet_gateway(verdict, target) -> None:
    """Only a default route leads to it: a transit gateway in the subnet may have handed it in."""
    row = verdict(record(T), shared_subnet(route(ALL, target)))
    assert (row["cause"], row["certainty"], row["element_id"]) == ("stage_unknown", "unknown", None)
    assert f"no route of the subnet leads back to it but by {target}" in row["note"]


def test_without_a_route_the_note_names_the_calls(verdict) -> None:
    row = verdict(record(T), shared_subnet())
    assert (row["cause"], row["certainty"]) == ("stage_unknown", "unknown")
    assert "load describe-subnets and describe-route-tables" in row["note"]


def with_public_address(network: Network) -> Network:
    of(network, "eni-e")["PrivateIpAddresses"][0]["Association"] = {"PublicIp": "54.1.1.1"}
    return network


OVER_GATEWAY = route("10.1.0.0/16", "tgw-1"), route(ALL, "tgw-1")
OTHERWISE = {
    "over the active peering connection": (record(T), shared_subnet(*OVER_GATEWAY)),
    "from the internet": (record(PUBLIC), with_public_address(shared_subnet(*OVER_GATEWAY))),
}


@pytest.mark.parametrize("name", OTHERWISE)
@pytest.mark.parametrize("refused", [False, True], ids=["groups allow", "groups refuse"])
def test_what_is_answered_over_the_gateway_may_have_come_otherwise(verdict, name, refused) -> None:
    """Handed in by the gateway it would have met no ACL; over another way the ACL refuses it."""
    made, network = deepcopy(OTHERWISE[name])
    of(network, "sg-vpc-a")["IpPermissions"] = [] if refused else [OPEN]
    row = verdict(made, network)
    assert (row["cause"], row["certainty"], row["element_id"]) == ("stage_unknown", "unknown", None)
    assert "its answer goes by tgw-1, whose interface in the subnet may have" in row["note"]
    of(network, "acl-a")["Entries"] = [one | {"RuleAction": "allow"} for one in DENY_BOTH]
    expected = "sg_ingress_miss" if refused else "not_explained"
    assert verdict(made, network)["cause"] == expected


def far_peering() -> Network:
    network = shared_subnet(*OVER_GATEWAY)
    of(network, "pcx-b")["Status"] = {"Code": "deleted"}
    of(network, "pcx-c")["Status"] = {"Code": "deleted"}
    return network


HANDED_IN = {
    "the peering connections are gone": (record(T), far_peering()),
    "no public address": (record(PUBLIC), shared_subnet(*OVER_GATEWAY)),
    "a private address of none": (record("172.16.0.9"), with_public_address(far_peering())),
}


@pytest.mark.parametrize("name", HANDED_IN)
def test_what_can_have_come_over_the_gateway_alone_meets_no_acl(verdict, name) -> None:
    made, network = deepcopy(HANDED_IN[name])
    of(network, "sg-vpc-a")["IpPermissions"] = []
    row = verdict(made, network)
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "certain")
    assert [one["element_id"] for one in row["blockers"]] == ["sg-vpc-a"]


def more_entrances(name: str) -> Network:
    network = far_peering()
    if name.startswith("interface"):
        made = interface("eni-tgw-f", of(network, "subnet-f"), "10.0.2.200", Groups=[])
        network[OURS, REGION, "describe-network-interfaces"].append(
            made | {"InterfaceType": "transit_gateway"}
        )
    else:
        state = "deleted" if name == "attachment of old" else "available"
        attach(network, "subnet-e", "subnet-f", state=state)
    return network


@pytest.mark.parametrize("name", ["interface", "attachment", "attachment of old"])
@pytest.mark.parametrize("refused", [False, True], ids=["groups allow", "groups refuse"])
def test_a_gateway_in_two_subnets_may_hand_it_in_by_the_other(verdict, name, refused) -> None:
    """It keeps to the sender's zone: from the other subnet the packet meets E's ACL."""
    network = more_entrances(name)
    of(network, "sg-vpc-a")["IpPermissions"] = [] if refused else [OPEN]
    row = verdict(record(T), network)
    by_groups = "sg_ingress_miss" if refused else "not_explained"
    if name == "attachment of old":
        assert row["cause"] == by_groups
        return
    assert (row["cause"], row["certainty"], row["element_id"]) == ("stage_unknown", "unknown", None)
    assert "it may have come by another subnet" in row["note"]
    of(network, "acl-a")["Entries"] = [one | {"RuleAction": "allow"} for one in DENY_BOTH]
    row = verdict(record(T), network)
    assert (row["cause"], row["certainty"]) == (by_groups, "certain" if refused else "unknown")


def redirected(target: str, *, where: str = "subnet-e", kind: str = "interface") -> Network:
    """The route to the peer leads to an appliance; E's ACL denies the port both ways."""
    network = plain(route("192.168.0.0/16", target))
    made = interface("eni-n", of(network, where), "10.0.1.99", InterfaceType=kind)
    network[OURS, REGION, "describe-network-interfaces"].append(made)
    of(network, "acl-a")["Entries"] = DENY_BOTH
    return network


ENDPOINT = "gateway_load_balancer_endpoint"
IN_OWN_SUBNET = {"an appliance": ("eni-n", "interface"), "an endpoint": ("vpce-gwlb", ENDPOINT)}


@pytest.mark.parametrize("direction", ["ingress", "egress"])
@pytest.mark.parametrize("name", IN_OWN_SUBNET)
@pytest.mark.parametrize("refused", [False, True], ids=["groups allow", "groups refuse"])
def test_an_appliance_in_the_own_subnet_may_pass_it_on_past_no_acl(
    verdict, name, direction, refused
) -> None:
    """https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html"""
    target, kind = IN_OWN_SUBNET[name]
    made, network = record("192.168.1.1", direction), redirected(target, kind=kind)
    if refused:
        of(network, "sg-vpc-a").update(IpPermissions=[], IpPermissionsEgress=[])
    row = verdict(made, network)
    assert (row["cause"], row["certainty"], row["element_id"]) == ("stage_unknown", "unknown", None)
    assert f"goes by {target}, which has an interface in the same subnet" in row["note"]
    of(network, "acl-a")["Entries"] = [one | {"RuleAction": "allow"} for one in DENY_BOTH]
    row = verdict(made, network)
    by_groups = f"sg_{direction}_miss" if refused else "not_explained"
    assert (row["cause"], row["certainty"]) == (by_groups, "certain" if refused else "unknown")


@pytest.mark.parametrize(
    ("target", "more"),
    [
        ("eni-n", {"where": "subnet-f"}),
        ("vpce-gwlb", {}),
        ("vpce-gwlb", {"where": "subnet-f", "kind": ENDPOINT}),
        ("eni-e", {}),
    ],
)
def test_from_an_appliance_elsewhere_it_meets_the_acl(verdict, target, more) -> None:
    row = verdict(record("192.168.1.1"), redirected(target, **more))
    assert (row["cause"], row["certainty"]) == ("nacl_ingress_deny", "certain")


NO_DOUBT = {
    "no gateway in the subnet": (record(T), route(ALL, "nat-1"), False, "nacl_ingress_deny"),
    "a public peer": (record(PUBLIC), route(ALL, "igw-1"), True, "nacl_ingress_deny"),
    "what goes out": (record(T, "egress"), route(ALL, "nat-1"), True, "nacl_egress_deny"),
    "over the peering": (record(T), route("10.1.0.0/16", "pcx-b"), True, "nacl_ingress_deny"),
}


@pytest.mark.parametrize("name", NO_DOUBT)
def test_an_acl_is_asked_of_all_else(verdict, name) -> None:
    made, way, with_gateway, cause = NO_DOUBT[name]
    row = verdict(made, shared_subnet(way, with_gateway=with_gateway))
    assert (row["cause"], row["certainty"]) == (cause, "certain")
    assert (row["element_id"], row["rule"]) == ("acl-a", "90")


def blocked(*routes: Json, block: str | None = None, mode: str = "block-bidirectional") -> Network:
    """Block Public Access is on in VPC A; `block` is one more of its own."""
    network = plain(*routes)
    (vpc,) = network[OURS, REGION, "describe-vpcs"]
    vpc["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": mode}
    if block is not None:
        state = {"State": "associated"}
        vpc["CidrBlockAssociationSet"].append({"CidrBlock": block, "CidrBlockState": state})
    return network


@pytest.mark.parametrize("direction", ["ingress", "egress"])
@pytest.mark.parametrize("target", ["pcx-b", "tgw-1", "vgw-1"])
def test_block_public_access_is_not_of_other_ways_to_public_addresses(
    verdict, target, direction
) -> None:
    made = record(PUBLIC_PEER, direction)
    row = verdict(made, blocked(route(PUBLIC_BLOCK, target), route(ALL, "igw-1")))
    assert (row["cause"], row["blockers"]) == ("not_explained", [])


def test_block_public_access_is_not_of_the_vpcs_own_public_block(verdict) -> None:
    row = verdict(record(PUBLIC_PEER), blocked(block=PUBLIC_BLOCK))
    assert (row["path"], row["cause"]) == ("local", "not_explained")


@pytest.mark.parametrize("direction", ["ingress", "egress"])
@pytest.mark.parametrize("target", ["igw-1", "nat-1", None])
def test_block_public_access_is_of_what_comes_by_the_internet(verdict, target, direction) -> None:
    routes = [route(ALL, target)] if target else []
    row = verdict(record(PUBLIC_PEER, direction), blocked(*routes))
    assert (row["cause"], row["certainty"]) == ("block_public_access", "probable")
    assert row["element_id"] == "vpc-a"


@pytest.mark.parametrize(
    ("target", "kind", "cause"),
    [
        ("igw-1", "interface", "block_public_access"),
        ("igw-1", "nat_gateway", "not_explained"),
        ("nat-1", "interface", "not_explained"),
        ("eigw-1", "interface", "not_explained"),
    ],
)
def test_blocking_what_comes_in_leaves_alone_what_lets_nothing_in(
    verdict, target, kind, cause
) -> None:
    """NAT gateways and egress-only internet gateways can be used still."""
    network = blocked(route(ALL, target), mode="block-ingress")
    of(network, "eni-e")["InterfaceType"] = kind
    assert verdict(record(PUBLIC_PEER), network)["cause"] == cause


REFUSING = {
    "groups in": ("ingress", {"IpPermissions": []}, None, "sg_ingress_miss"),
    "ACL in": ("ingress", {}, False, "nacl_ingress_deny"),
    "both in": ("ingress", {"IpPermissions": []}, False, "sg_and_nacl"),
    "ACL in, no groups": ("ingress", None, False, "nacl_ingress_deny"),
    "groups out": ("egress", {"IpPermissionsEgress": []}, None, "sg_egress_miss"),
    "ACL out": ("egress", {}, True, "nacl_egress_deny"),
    "both out": ("egress", {"IpPermissionsEgress": []}, True, "sg_and_nacl"),
}


def refusing(name: str, network: Network) -> tuple[Record, Network]:
    direction, rules, is_egress, _ = REFUSING[name]
    if rules is None:
        of(network, "eni-e")["Groups"] = []
    of(network, "sg-vpc-a").update(rules or {})
    if is_egress is not None:
        of(network, "acl-a")["Entries"] = [one for one in DENY_BOTH if one["Egress"] == is_egress]
    return record(PUBLIC, direction), network


@pytest.mark.parametrize("mode", ["block-bidirectional", "block-ingress", "off"])
@pytest.mark.parametrize("name", REFUSING)
def test_block_public_access_is_told_beside_what_refuses(verdict, name, mode) -> None:
    row = verdict(*refusing(name, blocked(route(ALL, "igw-1"), mode=mode)))
    direction, *_, cause = REFUSING[name]
    before = direction == "ingress" and mode != "off"
    assert (row["cause"], row["certainty"]) == (cause, "probable" if before else "certain")
    assert row["element_type"] != "block-public-access"
    first = (
        f"Block Public Access is {mode} and comes before groups and ACL: it may be what refused it"
    )
    next_one = f"Block Public Access is {mode}, too, and may refuse it next"
    after = direction == "egress" and mode == "block-bidirectional"
    assert row["note"] == (first if before else next_one if after else None)


@pytest.mark.parametrize(
    ("mode", "certainty"), [("block-bidirectional", "probable"), ("block-ingress", "certain")]
)
def test_blocking_what_comes_in_leaves_answers_to_the_acl(judge, mode, certainty) -> None:
    """What is blocked both ways keeps answers out, too, before any ACL is asked."""
    asked = record(PUBLIC, "egress", action="ACCEPT", log_version=5)
    answer = record(PUBLIC, srcport=443, dstport=50000, tcp_flags=18, log_version=5)
    answer["start_time"] += timedelta(seconds=1)
    network = blocked(route(ALL, "igw-1"), mode=mode)
    of(network, "acl-a")["Entries"] = [
        entry(90, "deny", "6", ports=(50000, 50000)) | {"Egress": False},
        *of(network, "acl-a")["Entries"],
    ]
    (row,) = judge([asked, answer], snapshot(network))
    assert (row["cause"], row["certainty"]) == ("nacl_ingress_deny_reply", certainty)
    assert ("may be what refused it" in (row["note"] or "")) == (certainty == "probable")


def test_a_log_that_has_the_reason_names_what_refused(verdict) -> None:
    made, network = refusing("both in", blocked(route(ALL, "igw-1")))
    row = verdict(made | {"log_version": 8}, network)
    assert (row["cause"], row["certainty"], row["note"]) == ("sg_and_nacl", "certain", None)


def test_block_public_access_is_not_told_of_what_goes_another_way(verdict) -> None:
    network = blocked(route(PUBLIC_BLOCK, "tgw-1"))
    of(network, "sg-vpc-a")["IpPermissions"] = []
    row = verdict(record(PUBLIC_PEER), network)
    assert (row["cause"], row["note"]) == ("sg_ingress_miss", None)


@pytest.mark.parametrize(
    ("kind", "certainty"), [("global_accelerator_managed", "probable"), ("lambda", "certain")]
)
def test_of_what_an_accelerator_may_have_brought_no_acl_is_certain(
    verdict, kind, certainty
) -> None:
    """https://docs.aws.amazon.com/global-accelerator/latest/dg/preserve-client-ip-address.html"""
    network = plain(route(ALL, "igw-1"))
    served = acl("acl-a", OURS, "subnet-e", "subnet-f", "subnet-nat", entries=DENY_443)
    of(network, "acl-a").update(served)
    of(network, "eni-f")["InterfaceType"] = kind
    row = verdict(record(PUBLIC), network)
    assert (row["cause"], row["certainty"]) == ("nacl_ingress_deny", certainty)
    assert ("Global Accelerator" in (row["note"] or "")) == (certainty == "probable")


BACK = {"ingress": "no route back to", "egress": "no route to"}


@pytest.mark.parametrize("direction", BACK)
def test_what_nothing_explains_may_have_no_route_either(verdict, direction) -> None:
    """That routes refuse anything no page of AWS says: it is told, and nothing else changes."""
    row = verdict(record(T, direction), plain())
    assert (row["cause"], row["certainty"], row["element_id"]) == ("not_explained", "unknown", None)
    assert f"may explain it, and rtb-e has {BACK[direction]} {T} either" in row["note"]
    gone = plain(route("10.1.0.0/16", "pcx-b", "blackhole"))
    row = verdict(record(T, direction), gone)
    assert (row["cause"], row["certainty"], row["element_id"]) == ("not_explained", "unknown", None)
    assert "and the route of rtb-e for 10.1.0.0/16 is a blackhole" in row["note"]


def test_no_table_is_asked_of_the_link_itself(verdict) -> None:
    row = verdict(record("169.254.1.1", "egress"), plain())
    assert (row["cause"], "route" in row["note"]) == ("not_explained", False)


@pytest.mark.parametrize(
    "network",
    [
        plain(route("10.1.0.0/16", "pcx-b")),
        plain(route("pl-unseen", "pcx-b")),
        without(plain(), "describe-route-tables"),
    ],
    ids=["a route", "perhaps a route", "no table is known"],
)
def test_where_there_is_or_may_be_a_route_nothing_is_said_of_it(verdict, network) -> None:
    row = verdict(record(T, "egress"), network)
    assert row["cause"] == "not_explained"
    assert "route" not in row["note"]
    assert "blackhole" not in row["note"]
