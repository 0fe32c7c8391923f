"""A connection whose answers take another way than what asks: each end is judged by what comes.

What a transit gateway's interface hands in within its subnet no ACL is asked of, and over which way
a packet came decides whether a group reference reaches.
https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
"""

import pytest
from asking import ask, at_noon
from reference.model import Json
from reference.organisation import OURS, REGION, THEIRS, entry, rule
from wide_network import Network, acl, interface, of, plain, route

OF_A = rule("tcp", (443, 443), group="sg-vpc-a", account=OURS)
FROM_A = rule("tcp", (443, 443), cidr="10.0.1.0/24")


def led(there: str, back: str | None) -> Network:
    """E's route to B and B's route back, over the peering connection or the transit gateway.

    The transit gateway supports no references.
    """
    network = plain(route("10.1.0.0/16", there))
    if back is not None:
        of(network, "rtb-t")["Routes"].append(route("10.0.0.0/16", back))
    refused: Json = {"SecurityGroupReferencingSupport": "disable"}
    made = {"TransitGatewayId": "tgw-1", "OwnerId": THEIRS, "Options": refused}
    network[THEIRS, REGION, "describe-transit-gateways"] = [made]
    return network


def told(network: Network):
    lake = at_noon(network)
    return ask(lake, port=443, source_port=50000).told


WAYS = [("pcx-b", "tgw-1"), ("tgw-1", "pcx-b"), ("tgw-1", None)]


@pytest.mark.parametrize(("there", "back"), WAYS)
def test_whether_a_reference_reaches_is_not_told_by_the_way_of_the_answer(there, back) -> None:
    network = led(there, back)
    of(network, "sg-vpc-b")["IpPermissions"] = [OF_A]
    forward = told(network).forward
    assert (forward.verdict, forward.certainty) == ("unknown", "unknown")
    last = forward.path[-1]
    assert (last.stage, last.outcome) == ("security-group-ingress", "unknown")
    assert f"comes over {there}" in last.why
    assert (f"its answer goes by {back}" if back else "no route leads its answer back") in last.why


@pytest.mark.parametrize(("there", "back"), WAYS[:2])
def test_a_rule_for_addresses_holds_whatever_the_way(there, back) -> None:
    network = led(there, back)
    of(network, "sg-vpc-b")["IpPermissions"] = [OF_A, FROM_A]
    forward = told(network).forward
    assert (forward.verdict, forward.certainty) == ("allowed", "certain")
    of(network, "sg-vpc-b")["IpPermissions"] = []
    refused = told(network).forward
    assert (refused.verdict, refused.certainty) == ("blocked", "certain")
    assert refused.decider.cause == "sg_ingress_miss"


@pytest.mark.parametrize("way", ["pcx-b", "tgw-1"])
def test_by_one_way_a_reference_is_judged_as_ever(way) -> None:
    network = led(way, way)
    of(network, "sg-vpc-b")["IpPermissions"] = [OF_A]
    assert told(network).forward.verdict == ("allowed" if way == "pcx-b" else "blocked")


def handed_in(there: str, back: str | None, end: str, *others: str) -> Network:
    """The subnet of an end has the transit gateway's interface, and its ACL denies the port.

    `others` are more subnets of that VPC's attachment.
    """
    network = led(there, back)
    owner, name, where, address = {
        "t": (THEIRS, "acl-b", "subnet-t", "10.1.1.200"),
        "e": (OURS, "acl-a", "subnet-e", "10.0.1.200"),
    }[end]
    ports = [entry(90, "deny", "6", ports=(443, 443)), entry(91, "deny", "6", ports=(50000, 50000))]
    inbound = [one | {"Egress": False} for one in ports]
    of(network, name)["Entries"] = [*inbound, *acl(name, owner)["Entries"]]
    made = interface(
        "eni-tgw", of(network, where), address, InterfaceType="transit_gateway", Groups=[]
    )
    network[owner, REGION, "describe-network-interfaces"].append(made)
    attached = "tgw-attach-b" if end == "t" else "tgw-attach-a"
    for (_, _, call), objects in network.items():
        for one in objects if call == "describe-transit-gateway-vpc-attachments" else []:
            if one["TransitGatewayAttachmentId"] == attached:
                one["SubnetIds"] = [where, *others]
    return network


@pytest.mark.parametrize("back", ["tgw-1", "pcx-b", None])
def test_an_acl_is_asked_of_what_comes_over_the_peering(back) -> None:
    answer = told(handed_in("pcx-b", back, "t"))
    forward = answer.forward
    assert (forward.verdict, forward.certainty) == ("blocked", "certain")
    (hop,) = forward.blockers
    assert (hop.stage, hop.element_id, hop.rule) == ("network-acl-ingress", "acl-b", "90")
    assert "acl-b" in answer.remedy.text
    if back != "pcx-b":
        assert "passes" not in answer.remedy.check


@pytest.mark.parametrize("back", ["tgw-1", "pcx-b", None])
def test_no_acl_is_asked_of_what_the_gateway_hands_in(back) -> None:
    forward = told(handed_in("tgw-1", back, "t")).forward
    assert (forward.verdict, forward.certainty) == ("allowed", "certain")
    assert "acl-b" not in [hop.element_id for hop in forward.path]


def test_what_the_gateway_may_hand_in_by_another_subnet_may_meet_the_acl() -> None:
    forward = told(handed_in("tgw-1", "tgw-1", "t", "subnet-gate-b")).forward
    assert (forward.verdict, forward.blockers) == ("unknown", [])
    (hop,) = [one for one in forward.path if one.outcome == "unknown"]
    assert (hop.stage, hop.element_id) == ("network-acl-ingress", "acl-b")
    assert "or by another subnet, and then the ACL may refuse it" in hop.why


@pytest.mark.parametrize(
    ("there", "back", "verdict"), [("tgw-1", "pcx-b", "blocked"), ("pcx-b", "tgw-1", "allowed")]
)
def test_an_answer_meets_the_acl_by_its_own_way(there, back, verdict) -> None:
    reply = told(handed_in(there, back, "e")).reply
    assert (reply.verdict, reply.certainty) == (verdict, "certain")
    assert [(hop.element_id, hop.rule) for hop in reply.blockers] == (
        [("acl-a", "91")] if verdict == "blocked" else []
    )
