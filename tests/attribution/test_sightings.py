"""What interfaces in between show of a lost packet: it got past what is before them.

S is E of the plain network of wide_network.py, T the interface at the other end; both VPCs have an
interface of the transit gateway's, `eni-tgw-a` and `eni-tgw-b`. T's address is there but once.
"""

import pytest
from losses_in_memory import answer, at, flow, losses, watched
from reference.organisation import OURS, REGION, THEIRS, entry
from wide_network import (
    E,
    Network,
    T,
    gateway_route,
    gone,
    interface,
    of,
    plain,
    route,
    without,
)

PEERED = route("10.1.0.0/16", "pcx-b")
TRANSIT = route("10.0.0.0/8", "tgw-1")
GATE_A, GATE_B = "10.0.9.5", "10.1.9.5"
ASKED = flow("eni-e", E, T)
HEARD = at(ASKED, "eni-t")
ANSWERED = answer(HEARD)
INTO, OUT_OF = {"flow_direction": "ingress"}, {"flow_direction": "egress"}
REFUSED = {"action": "REJECT"}
ENTERED = at(ASKED, "eni-tgw-a", dstaddr=GATE_A, **INTO)
LEFT = at(ASKED, "eni-tgw-b", srcaddr=GATE_B, **OUT_OF)
BACK_IN = at(ANSWERED, "eni-tgw-b", dstaddr=GATE_B, **INTO)
BACK_OUT = at(ANSWERED, "eni-tgw-a", srcaddr=GATE_A, **OUT_OF)
UNEXPLAINED = ("lost_unexplained", "unknown", None)


def joined(*routes) -> Network:
    """The plain network with the gateway's interfaces, and without T's address in VPC C."""
    network = gone(plain(*routes), "eni-c")
    gate = {"InterfaceType": "transit_gateway", "Groups": []}
    for name, owner, letter, own in (
        ("eni-tgw-a", OURS, "a", GATE_A),
        ("eni-tgw-b", THEIRS, "b", GATE_B),
    ):
        made = interface(name, of(network, f"subnet-gate-{letter}"), own, **gate)
        network[owner, REGION, "describe-network-interfaces"].append(made)
    return network


def no_route() -> Network:
    return joined()


def peering_pending() -> Network:
    network = joined(PEERED)
    of(network, "pcx-b")["Status"] = {"Code": "pending-acceptance"}
    return network


def no_zone() -> Network:
    network = joined(TRANSIT)
    of(network, "subnet-e")["AvailabilityZoneId"] = "z9"
    return network


def acl_denies(letter: str, egress: bool) -> Network:
    network = joined(TRANSIT)
    shut = entry(90, "deny") | {"Egress": egress}
    of(network, f"acl-gate-{letter}")["Entries"].insert(0, shut)
    return network


def no_gateway_route() -> Network:
    network = joined(TRANSIT)
    key = (THEIRS, REGION, "search-transit-gateway-routes--tgw-rtb-1")
    network[key] = [one for one in network[key] if one["DestinationCidrBlock"] != "10.1.0.0/16"]
    return network


def attachment_failed() -> Network:
    network = joined(TRANSIT)
    of(network, "tgw-attach-b")["State"] = "failed"
    return network


def no_route_home() -> Network:
    network = joined(TRANSIT)
    of(network, "rtb-gate-b")["Routes"].append(route("10.1.1.0/24", "eni-gone", "blackhole"))
    return network


@pytest.fixture
def told(memory, tmp_path):
    def found(records, *networks) -> list[dict]:
        return losses(memory, tmp_path, records, *map(watched, networks))

    return found


def named(rows) -> list[tuple]:
    return [(row["cause"], row["certainty"], row["element_id"]) for row in rows]


# Forward.


PAST = {
    "no route, at the sender's gate": (no_route(), [ENTERED], "rtb-e"),
    "no route, at both": (no_route(), [ENTERED, LEFT], "rtb-e"),
    "a dead peering, at the sender's gate": (peering_pending(), [ENTERED], "pcx-b"),
    "no zone, at the sender's gate": (no_zone(), [ENTERED], "tgw-attach-a"),
    "an ACL, at the sender's gate": (acl_denies("a", egress=False), [ENTERED], "acl-gate-a"),
    "no route of the gateway, at the far gate": (no_gateway_route(), [LEFT], "tgw-rtb-1"),
    "a failed attachment, at the far gate": (attachment_failed(), [LEFT], "tgw-attach-b"),
    "an ACL, at the far gate": (acl_denies("b", egress=True), [LEFT], "acl-gate-b"),
}


@pytest.mark.parametrize("name", PAST)
def test_what_a_gateway_shows_is_lost_behind_it(told, name) -> None:
    network, seen, passed = PAST[name]
    (row,) = told([ASKED, *seen], network)
    assert named([row]) == [UNEXPLAINED]
    assert row["blockers"] in (None, [])
    assert f"it got past {passed}, which the configuration shows to block it" in row["note"]
    assert "lets it pass" not in row["note"]


AHEAD = {
    "no route of the gateway, at the sender's gate": (
        no_gateway_route(),
        [ENTERED],
        ("tgw_no_route", "certain", "tgw-rtb-1"),
    ),
    "no route home, at both": (
        no_route_home(),
        [ENTERED, LEFT],
        ("route_blackhole", "certain", "rtb-gate-b"),
    ),
    "an ACL refuses there": (
        acl_denies("a", egress=False),
        [ENTERED | REFUSED],
        ("tgw_nacl_deny", "certain", "acl-gate-a"),
    ),
    "an ACL refuses at the far gate": (
        acl_denies("b", egress=True),
        [LEFT | REFUSED],
        ("tgw_nacl_deny", "certain", "acl-gate-b"),
    ),
    "the far gate's ACL was not asked yet": (
        acl_denies("b", egress=True),
        [LEFT | INTO],
        ("tgw_nacl_deny", "certain", "acl-gate-b"),
    ),
}


@pytest.mark.parametrize("name", AHEAD)
def test_what_is_behind_what_shows_it_blocks_it_still(told, name) -> None:
    network, seen, expected = AHEAD[name]
    assert named(told([ASKED, *seen], network)) == [expected]


def test_a_refusal_at_a_gateway_is_behind_the_route_table(told) -> None:
    rows = told([ASKED, ENTERED | REFUSED], no_route())
    assert named(rows) == [UNEXPLAINED]


def test_where_a_snapshot_is_wrong_of_one_block_the_next_is_probable(told) -> None:
    network = no_gateway_route()
    shut = entry(90, "deny") | {"Egress": False}
    of(network, "acl-gate-a")["Entries"].insert(0, shut)
    assert named(told([ASKED, ENTERED], network)) == [("tgw_no_route", "probable", "tgw-rtb-1")]


def test_what_a_gateway_shows_went_by_no_peering(told) -> None:
    network = gone(joined(PEERED), "eni-t")
    assert named(told([ASKED], network))[0][:2] == ("no_interface", "certain")
    assert named(told([ASKED, ENTERED], network))[0][:2] == ("no_interface", "probable")


# Elsewhere.


def elsewhere(network: Network) -> Network:
    gate = {"SubnetId": "subnet-x", "VpcId": "vpc-x", "OwnerId": THEIRS}
    made = interface("eni-tgw-x", gate, "10.9.9.5", InterfaceType="transit_gateway", Groups=[])
    network[THEIRS, REGION, "describe-network-interfaces"].append(made)
    return network


def test_a_gateway_s_interface_in_a_third_vpc_shows_that_it_left_the_sender_s(told) -> None:
    seen = LEFT | {"interface_id": "eni-tgw-x", "srcaddr": "10.9.9.5"}
    assert named(told([ASKED, seen], elsewhere(no_route()))) == [UNEXPLAINED]
    rows = told([ASKED, seen], elsewhere(no_gateway_route()))
    assert named(rows) == [("tgw_no_route", "probable", "tgw-rtb-1")]


def test_where_two_have_the_address_what_left_the_gateway_was_not_lost_in_its_table(told) -> None:
    network = no_gateway_route()
    twin = {"SubnetId": "subnet-x", "VpcId": "vpc-x", "OwnerId": OURS}
    network[OURS, REGION, "describe-network-interfaces"].append(interface("eni-x", twin, T))
    assert named(told([ASKED], network)) == [("tgw_no_route", "certain", "tgw-rtb-1")]
    # Nor is the log at an end that is not known proof that it did not arrive.
    assert named(told([ASKED, LEFT], network)) == []


def test_what_another_interface_passed_on_may_be_past_what_blocks(told) -> None:
    seen = at(ASKED, "eni-nat")
    assert named(told([ASKED, seen], no_route())) == [("route_missing", "probable", "rtb-e")]
    network = gone(joined(TRANSIT), "eni-t")
    assert named(told([ASKED, seen], network))[0][:2] == ("no_interface", "certain")


# Answers.


def test_an_answer_that_the_gateway_shows_had_a_route(told) -> None:
    rows = told([ASKED, HEARD, ANSWERED, BACK_IN], joined(PEERED))
    assert named(rows) == [UNEXPLAINED]
    assert rows[0]["leg"] == "reply"


def answered_by_gateway() -> Network:
    network = joined(TRANSIT)
    of(network, "rtb-t")["Routes"].append(dict(TRANSIT))
    return network


def test_an_answer_at_both_gates_was_led_by_the_gateway_s_table(told) -> None:
    network = answered_by_gateway()
    key = (THEIRS, REGION, "search-transit-gateway-routes--tgw-rtb-1")
    network[key] = [one for one in network[key] if one["DestinationCidrBlock"] != "10.0.0.0/16"]
    lost = ("tgw_no_route", "certain", "tgw-rtb-1")
    assert named(told([ASKED, HEARD, ANSWERED, BACK_IN], network)) == [lost]
    assert named(told([ASKED, HEARD, ANSWERED, BACK_IN, BACK_OUT], network)) == [UNEXPLAINED]


def test_an_answer_at_the_asker_s_gate_was_not_diverted(told) -> None:
    network = answered_by_gateway()
    key = (THEIRS, REGION, "search-transit-gateway-routes--tgw-rtb-1")
    led = gateway_route("10.0.1.0/24", "tgw-attach-x", "vpc-x")
    network[key].append(led)
    diverted = ("route_diverted", "probable", "tgw-rtb-1")
    assert named(told([ASKED, HEARD, ANSWERED, BACK_IN], network)) == [diverted]
    (row,) = told([ASKED, HEARD, ANSWERED, BACK_IN, BACK_OUT], network)
    assert named([row]) == [UNEXPLAINED]
    assert row["blockers"] in (None, [])
    assert "it got past tgw-rtb-1" in row["note"]


# What a load balancer brought.


def balanced(network: Network, kind: str = "network_load_balancer") -> Network:
    made = interface("eni-nlb", of(network, "subnet-gate-b"), "10.1.9.7", InterfaceType=kind)
    network[THEIRS, REGION, "describe-network-interfaces"].append(made)
    return network


BALANCED = flow("eni-e", E, "10.1.9.7")
BROUGHT = [BALANCED, answer(BALANCED)]


@pytest.mark.parametrize("asked", [[], BROUGHT])
def test_an_answer_to_what_a_balancer_may_have_brought_is_no_loss(told, asked) -> None:
    lost = [("route_missing", "certain", "rtb-t")]
    assert named(told([HEARD, ANSWERED, *asked], balanced(joined(PEERED)))) == []
    assert named(told([HEARD, ANSWERED, *asked], balanced(joined(PEERED), "interface"))) == lost
    # It asked the target itself.
    rows = told([HEARD, ANSWERED, *asked, ASKED], balanced(joined(PEERED)))
    assert named(rows) == lost


@pytest.mark.parametrize("is_peered", [True, False])
def test_a_balancer_of_a_peered_vpc_may_have_brought_it_too(told, is_peered) -> None:
    network = joined(PEERED)
    made = interface("eni-nlb", of(network, "subnet-gate-a"), "10.0.9.7")
    network[OURS, REGION, "describe-network-interfaces"].append(
        made | {"InterfaceType": "network_load_balancer"}
    )
    if not is_peered:
        network = without(network, "describe-vpc-peering-connections")
    lost = [] if is_peered else [("route_missing", "certain", "rtb-t")]
    assert named(told([HEARD, ANSWERED], network)) == lost
