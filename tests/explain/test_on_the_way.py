"""What depends on the packet itself on its way: ACLs of transit gateways' subnets, NAT gateways,
load balancers. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
"""

from datetime import timedelta

import pytest
from asking import ask, at_noon, held, joined
from reference.organisation import ALLOW_ALL, NOON, REGION, THEIRS, entry
from wide_network import ALL, PUBLIC, E, Network, gone, of, plain, route

BALANCER = (
    "arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer/app/shop/50dc6c495c0c9188"
)


def crossing(**entries: list) -> Network:
    """E and T joined by a transit gateway; the entries of the ACLs of its subnets, a or b."""
    network = plain(route("10.1.0.0/16", "tgw-1"))
    of(network, "rtb-t")["Routes"].append(route("10.0.0.0/16", "tgw-1"))
    for place, rows in entries.items():
        of(network, f"acl-gate-{place}")["Entries"] = rows
    return network


def one_way(entries: list, egress: bool) -> list:
    """Entries of one direction; in the other everything is allowed."""
    return [one | {"Egress": egress} for one in entries] + [
        one | {"Egress": not egress} for one in ALLOW_ALL
    ]


def asked(network: Network, source="eni-e", destination="eni-t", **more):
    return ask(at_noon(network), source, destination, **more).told


def decided(leg) -> tuple:
    (hop,) = leg.blockers
    return leg.verdict, leg.certainty, hop.stage, hop.cause, hop.element_id, hop.rule


TCP, HIGH = {"port": 443, "source_port": 50000}, (1024, 65535)


@pytest.mark.parametrize(
    ("subnets", "verdict"),
    [
        (["subnet-gate-b"], "blocked"),
        (["subnet-t"], "allowed"),
        (["subnet-gate-b", "subnet-t"], "unknown"),
    ],
)
def test_no_rule_is_asked_into_the_gateways_own_subnet_but_it_may_come_by_another(
    subnets, verdict
) -> None:
    deny = one_way([entry(90, "deny", cidr="10.1.1.0/24"), *ALLOW_ALL], egress=True)
    network = crossing(b=deny)
    for rows in network.values():
        for one in rows:
            if one.get("TransitGatewayAttachmentId") == "tgw-attach-b" and "SubnetIds" in one:
                one["SubnetIds"] = subnets
    told = asked(network, **TCP)
    assert told.forward.verdict == verdict


def outward(entries: list) -> Network:
    """E sends to the internet by a NAT gateway, whose subnet has an ACL of its own."""
    network = plain(route(ALL, "nat-1"))
    shared = of(network, "acl-a")["Associations"]
    shared[:] = [one for one in shared if one["SubnetId"] != "subnet-nat"]
    acls = next(
        rows for key, rows in network.items() if key[1:] == (REGION, "describe-network-acls")
    )
    own = {"NetworkAclId": "acl-nat", "Associations": [{"SubnetId": "subnet-nat"}]}
    acls.append(of(network, "acl-a") | own | {"Entries": entries})
    return network


@pytest.mark.parametrize(
    ("denied", "egress"), [("10.0.1.0/24", False), (f"{PUBLIC}/32", True)], ids=["in", "out"]
)
def test_what_leaves_by_a_nat_gateway_meets_the_acl_of_its_subnet(denied, egress) -> None:
    deny = one_way([entry(90, "deny", cidr=denied), *ALLOW_ALL], egress)
    told = asked(outward(deny), "eni-e", PUBLIC, **TCP)
    way = "egress" if egress else "ingress"
    stage, cause = f"network-acl-{way}", f"nacl_{way}_deny"
    assert decided(told.forward) == ("blocked", "certain", stage, cause, "acl-nat", "90")
    assert told.remedy.text.startswith("Let acl-nat allow it before entry 90")


@pytest.mark.parametrize("egress", [False, True], ids=["in", "out"])
def test_of_each_direction_the_acl_of_a_nat_gateway_asks_one_end_alone(egress) -> None:
    """Inbound rules do not ask the destination, outbound ones not the sender."""
    other = "10.0.1.0/24" if egress else f"{PUBLIC}/32"
    deny = one_way([entry(90, "deny", cidr=other), *ALLOW_ALL], egress)
    told = asked(outward(deny), "eni-e", PUBLIC, **TCP)
    assert (told.forward.verdict, told.forward.certainty) == ("leaves", "certain")
    assert [hop.rule for hop in told.forward.path if hop.element_id == "acl-nat"] == ["100", "100"]


def test_within_the_subnet_of_a_nat_gateway_only_what_it_sends_on_meets_the_acl() -> None:
    network = plain(route(ALL, "nat-1"))
    of(network, "nat-1")["SubnetId"] = "subnet-e"
    of(network, "rtb-e")["Routes"].append(route(f"{PUBLIC}/32", "nat-1"))
    told = asked(network, "eni-e", PUBLIC, **TCP)
    met = [hop.stage for hop in told.forward.path if hop.element_id == "acl-a"]
    assert "network-acl-ingress" not in met and "network-acl-egress" in met


def test_where_the_acl_of_a_nat_gateways_subnet_is_unknown_the_way_is() -> None:
    network = outward(ALLOW_ALL)
    told = asked(gone(network, "acl-nat"), "eni-e", PUBLIC, **TCP)
    assert told.forward.verdict == "unknown"
    said = [hop.why for hop in told.forward.path if hop.stage.startswith("network-acl-")]
    why = "the ACL of the NAT gateway's subnet is not known: load describe-network-acls"
    assert said.count(why) == 2


@pytest.mark.parametrize(
    ("place", "denied", "stage", "cause"),
    [
        ("a", "10.0.1.0/24", "network-acl-ingress", "tgw_nacl_deny"),
        ("b", "10.1.1.0/24", "network-acl-egress", "tgw_nacl_deny"),
    ],
)
def test_inbound_rules_meet_the_source_and_outbound_ones_the_destination(
    place, denied, stage, cause
) -> None:
    deny = one_way([entry(90, "deny", cidr=denied), *ALLOW_ALL], egress=place == "b")
    told = asked(crossing(**{place: deny}), **TCP)
    assert decided(told.forward) == ("blocked", "certain", stage, cause, f"acl-gate-{place}", "90")
    assert told.reply.verdict == "allowed"
    assert f"acl-gate-{place}" in told.remedy.text


def test_the_acl_of_the_gateways_subnet_meets_protocol_and_port() -> None:
    """443 and the answers' ports are open: 443 arrives, 22 does not."""
    opened = [entry(100, "allow", "6", ports=(443, 443)), entry(110, "allow", "6", ports=HIGH)]
    open_to = [one | {"Egress": egress} for one in opened for egress in (False, True)]
    lake = at_noon(crossing(b=open_to))
    told = ask(lake, "eni-e", "eni-t", **TCP).told
    for leg in (told.forward, told.reply):
        assert (leg.verdict, leg.certainty) == ("allowed", "certain")
    blocked = ("network-acl-egress", "tgw_nacl_deny", "acl-gate-b", "32767")
    assert decided(ask(lake, "eni-e", "eni-t", port=22).told.forward) == (
        "blocked",
        "certain",
        *blocked,
    )
    every = ask(lake, "eni-e", "eni-t").told.forward
    assert every.note == (
        "it depends on the port: blocked by acl-gate-b for 0-442, 444-1023, "
        "allowed for 443, 1024-65535"
    )


def test_within_the_gateways_own_subnet_its_acl_is_met_only_on_the_way_in() -> None:
    """E's subnet is the gateway's, too: what it sends meets inbound rules by the source as well."""
    network = crossing()
    for key, rows in network.items():
        if key[2] == "describe-transit-gateway-vpc-attachments":
            for one in rows:
                one["SubnetIds"] = ["subnet-t" if one["VpcId"] == "vpc-b" else "subnet-e"]
    lake = at_noon(network)
    leg = ask(lake, "eni-e", "eni-t", **TCP).told.forward
    told = [(hop.stage, hop.element_id) for hop in leg.path]
    gateway = [hop[0] for hop in told].index("transit-gateway-route-table")
    assert told[gateway - 1] == ("network-acl-ingress", "acl-a")
    assert "network-acl-egress" not in [stage for stage, _ in told[gateway:]]


def test_the_type_of_icmp_is_wanted_where_the_gateways_acl_tells_them_apart() -> None:
    no_echo = one_way([entry(90, "deny", "1", kind=8), *ALLOW_ALL], egress=True)
    lake = at_noon(crossing(b=no_echo))
    leg = ask(lake, "eni-e", "eni-t", protocol=1).told.forward
    assert leg.verdict == "unknown"
    assert "give --icmp-type" in next(hop.why for hop in leg.path if hop.outcome == "unknown")
    echo = ask(lake, "eni-e", "eni-t", protocol=1, icmp_type=8).told
    assert decided(echo.forward)[3:] == ("tgw_nacl_deny", "acl-gate-b", "90")
    assert echo.reply.verdict == "allowed"


def test_an_address_of_a_prefix_meets_the_rules_for_itself() -> None:
    """10.0.1.64/28 is E's; of it only the pod at .70 is denied."""
    deny = [entry(90, "deny", cidr="10.0.1.70/32"), *ALLOW_ALL]
    network = crossing(a=one_way(deny, egress=False))
    of(network, "eni-e")["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.1.64/28"}]
    lake = at_noon(network)
    leg = ask(lake, "10.0.1.70", "eni-t", **TCP).told.forward
    assert decided(leg)[2:] == ("network-acl-ingress", "tgw_nacl_deny", "acl-gate-a", "90")
    assert ask(lake, "10.0.1.71", "eni-t", **TCP).told.forward.verdict == "allowed"


def test_the_acl_that_no_snapshot_has_is_unknown() -> None:
    leg = asked(gone(crossing(), "acl-gate-a"), **TCP).forward
    assert leg.verdict == "unknown"
    (hop,) = [hop for hop in leg.path if hop.outcome == "unknown"]
    assert (hop.stage, hop.element_id) == ("network-acl-ingress", None)
    assert "describe-network-acls" in hop.why


def test_an_acl_with_two_rules_of_one_number_that_disagree_tells_nothing() -> None:
    twice = [entry(90, "deny", "6"), entry(90, "allow", "6"), *ALLOW_ALL]
    leg = asked(crossing(a=one_way(twice, egress=False)), **TCP).forward
    assert leg.verdict == "unknown"
    (hop,) = [hop for hop in leg.path if hop.outcome == "unknown"]
    assert hop.stage == "network-acl-ingress"
    assert "two rules of one number, do not agree" in hop.why


@pytest.mark.parametrize(
    ("protocol", "verdict", "cause"),
    [(47, "blocked", "nat_protocol_unsupported"), (17, "leaves", None)],
)
def test_a_nat_gateway_carries_tcp_udp_and_icmp_alone(protocol, verdict, cause) -> None:
    """https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"""
    leg = asked(plain(route(ALL, "nat-1")), E, PUBLIC, protocol=protocol).forward
    assert (leg.verdict, leg.certainty, leg.decider.cause) == (verdict, "certain", cause)
    (hop,) = [hop for hop in leg.path if hop.stage == "nat-gateway"]
    assert hop.element_id == "nat-1"


def balanced() -> Network:
    """T is of a load balancer that listens on 443 alone."""
    network = joined()
    of(network, "eni-t")["Description"] = "ELB app/shop/50dc6c495c0c9188"
    network[THEIRS, REGION, "describe-load-balancers"] = [
        {"LoadBalancerArn": BALANCER, "LoadBalancerName": "shop", "Type": "application"}
    ]
    listener = {"ListenerArn": f"{BALANCER}/1", "LoadBalancerArn": BALANCER, "Port": 443}
    listener |= {"Protocol": "HTTPS", "DefaultActions": [{"Type": "forward"}]}
    network[THEIRS, REGION, f"describe-listeners--{BALANCER.replace('/', '%2F')}"] = [listener]
    return network


def test_a_load_balancer_takes_what_it_listens_for() -> None:
    lake = at_noon(balanced())
    told = ask(lake, "eni-e", "eni-t", **TCP).told
    assert (told.forward.verdict, told.reply.verdict) == ("allowed", "allowed")
    leg = ask(lake, "eni-e", "eni-t", port=80).told.forward
    assert decided(leg)[2:5] == ("load-balancer", "load_balancer_no_listener", BALANCER)
    assert leg.path[-1].stage == "load-balancer"
    every = ask(lake, "eni-e", "eni-t").told.forward
    assert f"blocked by {BALANCER} for 0-442, 444-65535, allowed for 443" in every.note


def test_that_a_listener_went_is_told_of_its_load_balancer() -> None:
    before, after = balanced(), balanced()
    (listener,) = after[THEIRS, REGION, f"describe-listeners--{BALANCER.replace('/', '%2F')}"]
    listener["Port"] = 8443
    quarter = timedelta(minutes=15)
    answer = ask(held((before, timedelta()), (after, quarter)), "eni-e", "eni-t", **TCP)
    assert answer.told.forward.decider.cause == "load_balancer_no_listener"
    assert {"element_id": BALANCER, "seen": NOON + quarter, "event": None} in answer.changes


def test_what_answers_a_load_balancer_needs_no_listener() -> None:
    """Its health checks come from its own interface."""
    told = asked(balanced(), "eni-t", "eni-e", port=8080, source_port=50000)
    assert (told.forward.verdict, told.reply.verdict) == ("allowed", "allowed")
