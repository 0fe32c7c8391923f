"""What interfaces in between show, by hand, on the crossing by a transit gateway."""

from typing import Any

import pytest

from .conversation import REACHED, REPLIED, broken, broken_back, judged, logged, packet, told
from .crossed import ONE, TWO, A, B, Crossing
from .crossing import add_interface, crossing
from .gateways_by_hand import gateway_routes
from .model import Record

UNEXPLAINED = ("lost_unexplained", "unknown", None)


def gated(made: Crossing) -> Crossing:
    for letter, account, own in (("a", ONE, "10.0.9.5"), ("b", TWO, "10.1.9.5")):
        add_interface(made, account, f"eni-{letter}t", f"subnet-{letter}t", [own])
        made.of(f"eni-{letter}t")["InterfaceType"] = "transit_gateway"
    return made


def passed(letter: str, direction: str, **more: Any) -> Record:
    ends = {"pkt_srcaddr": A, "pkt_dstaddr": B}
    return packet(f"eni-{letter}t", direction, **(ends | more))


ENTERED, LEFT = passed("a", "ingress"), passed("b", "egress")


def untold() -> Crossing:
    made = gated(logged(crossing()))
    gateway_routes(made, "tgw-rtb-a").clear()
    return made


def test_what_the_gateway_got_had_a_route() -> None:
    made = gated(broken())
    assert told(judged(made, packet()))[0] == "route_missing"
    for seen in ([ENTERED], [ENTERED, LEFT]):
        assert told(judged(made, packet(), *seen)) == UNEXPLAINED


def test_what_the_gateway_got_may_be_lost_in_it() -> None:
    lost = ("tgw_no_route", "certain", "tgw-rtb-a")
    assert told(judged(untold(), packet(), ENTERED)) == lost
    assert told(judged(untold(), packet(), LEFT)) == UNEXPLAINED


@pytest.mark.parametrize("action", ["REJECT", "ACCEPT"])
def test_where_the_snapshot_is_wrong_of_one_block_the_next_is_probable(action: str) -> None:
    made = untold()
    made.of("tgw-attach-a")["SubnetIds"] = ["subnet-a2"]
    found = judged(made, packet(), passed("a", "ingress", action=action))
    assert told(found) == ("tgw_no_route", "probable", "tgw-rtb-a")


def test_an_answer_at_the_gateway_had_a_route() -> None:
    made = gated(broken_back())
    turned = {"srcaddr": B, "dstaddr": A, "srcport": 443, "dstport": 50000, "tcp_flags": 18}
    back = passed("b", "ingress", pkt_srcaddr=B, pkt_dstaddr=A, **turned)
    records = [packet(), REACHED, back]
    assert told(judged(made, REPLIED, packet(), REACHED))[0] == "route_missing"
    assert told(judged(made, REPLIED, *records)) == UNEXPLAINED


def test_an_answer_that_nobody_asked_for_a_balancer_may_have_brought() -> None:
    made = broken_back()
    add_interface(made, TWO, "eni-nlb", "subnet-bt", ["10.1.9.7"])
    assert told(judged(made, REPLIED, REACHED))[0] == "route_missing"
    made.of("eni-nlb")["InterfaceType"] = "network_load_balancer"
    assert judged(made, REPLIED, REACHED) is None
    assert told(judged(made, REPLIED, REACHED, packet()))[0] == "route_missing"
