"""Verdicts that depend on the way by which a refused packet came or would have gone.

Whether an ACL is asked where a transit gateway's interface is in the subnet
(https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html), and what Block Public Access concerns
(https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html).
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from network_in_memory import answered, holding
from reference.model import Json, Record
from reference.organisation import ALLOW_ALL, NOON, OURS, REGION, entry, record
from wide_network import ALL, PUBLIC, Network, T, acl, interface, of, plain, route, snapshot

from pipeline.attribution.stages import STAGES

DAY = timedelta(days=1)
DENY_443 = [entry(90, "deny", "6", ports=(443, 443)), *ALLOW_ALL]
# Of the block of VPC B in these tests, and no private address.
PUBLIC_BLOCK, PUBLIC_PEER = "52.95.0.0/16", "52.95.1.20"


@pytest.fixture
def judged(memory, tmp_path_factory) -> Callable[[Record, Network], dict]:
    def judge(made: Record, network: Network) -> dict:
        both = snapshot(network), snapshot(network, NOON + DAY)
        with holding(memory, tmp_path_factory.mktemp("dumps"), [made], *both):
            (row,) = answered(memory, STAGES, "from decisions_made")
        return row

    return judge


def shared_subnet(*routes: Json, with_gateway: bool = True) -> Network:
    """E's subnet holds an interface of the transit gateway, and its ACL denies the port."""
    network = plain(*routes)
    of(network, "acl-a").update(
        acl("acl-a", OURS, "subnet-e", "subnet-f", "subnet-nat", entries=DENY_443)
    )
    made = interface(
        "eni-tgw", of(network, "subnet-e"), "10.0.1.200", InterfaceType="transit_gateway", Groups=[]
    )
    if with_gateway:
        network[OURS, REGION, "describe-network-interfaces"].append(made)
    return network


@pytest.mark.parametrize("target", ["nat-1", "igw-1"])
def test_a_private_peer_comes_by_no_internet_gateway(judged, target) -> None:
    """Only a default route leads to it: a transit gateway in the subnet may have handed it in."""
    row = judged(record(T), shared_subnet(route(ALL, target)))
    assert (row["cause"], row["certainty"], row["element_id"]) == ("stage_unknown", "unknown", None)
    assert f"no route of the subnet leads back to it but by {target}" in row["note"]


def test_without_a_route_the_note_names_the_calls(judged) -> None:
    row = judged(record(T), shared_subnet())
    assert (row["cause"], row["certainty"]) == ("stage_unknown", "unknown")
    assert "load describe-subnets and describe-route-tables" in row["note"]


NO_DOUBT = {
    "no gateway in the subnet": (record(T), route(ALL, "nat-1"), False, "nacl_ingress_deny"),
    "a public peer": (record(PUBLIC), route(ALL, "igw-1"), True, "nacl_ingress_deny"),
    "what goes out": (record(T, "egress"), route(ALL, "nat-1"), True, "nacl_egress_deny"),
    "over the peering": (record(T), route("10.1.0.0/16", "pcx-b"), True, "nacl_ingress_deny"),
}


@pytest.mark.parametrize("name", NO_DOUBT)
def test_an_acl_is_asked_of_all_else(judged, name) -> None:
    made, way, with_gateway, cause = NO_DOUBT[name]
    row = judged(made, shared_subnet(way, with_gateway=with_gateway))
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
    judged, target, direction
) -> None:
    made = record(PUBLIC_PEER, direction)
    row = judged(made, blocked(route(PUBLIC_BLOCK, target), route(ALL, "igw-1")))
    assert (row["cause"], row["blockers"]) == ("not_explained", [])


def test_block_public_access_is_not_of_the_vpcs_own_public_block(judged) -> None:
    row = judged(record(PUBLIC_PEER), blocked(block=PUBLIC_BLOCK))
    assert (row["path"], row["cause"]) == ("local", "not_explained")


@pytest.mark.parametrize("direction", ["ingress", "egress"])
@pytest.mark.parametrize("target", ["igw-1", "nat-1", None])
def test_block_public_access_is_of_what_comes_by_the_internet(judged, target, direction) -> None:
    routes = [route(ALL, target)] if target else []
    row = judged(record(PUBLIC_PEER, direction), blocked(*routes))
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
    judged, target, kind, cause
) -> None:
    """NAT gateways and egress-only internet gateways can be used still."""
    network = blocked(route(ALL, target), mode="block-ingress")
    of(network, "eni-e")["InterfaceType"] = kind
    assert judged(record(PUBLIC_PEER), network)["cause"] == cause


@pytest.mark.parametrize(
    ("kind", "certainty"), [("global_accelerator_managed", "probable"), ("lambda", "certain")]
)
def test_of_what_an_accelerator_may_have_brought_no_acl_is_certain(judged, kind, certainty) -> None:
    """https://docs.aws.amazon.com/global-accelerator/latest/dg/preserve-client-ip-address.html"""
    network = plain(route(ALL, "igw-1"))
    served = acl("acl-a", OURS, "subnet-e", "subnet-f", "subnet-nat", entries=DENY_443)
    of(network, "acl-a").update(served)
    of(network, "eni-f")["InterfaceType"] = kind
    row = judged(record(PUBLIC), network)
    assert (row["cause"], row["certainty"]) == ("nacl_ingress_deny", certainty)
    assert ("Global Accelerator" in (row["note"] or "")) == (certainty == "probable")
