"""Each row of the pair table, by hand."""

from datetime import timedelta
from typing import Any

import pytest

from .conversation import (
    FORWARD,
    REACHED,
    REFUSED,
    REPLIED,
    REPLY,
    START,
    answer,
    broken,
    broken_back,
    gap,
    judged,
    logged,
    packet,
    told,
    twin,
)
from .crossed import HUB, ONE, TWO, A, B
from .crossing import add_interface, crossing, route
from .gateways_by_hand import gateway_route, gateway_routes


def test_lost_between_without_a_reason() -> None:
    made = logged(crossing())
    found = judged(made, packet())
    assert told(found) == ("lost_unexplained", "unknown", None)
    assert found is not None
    assert (found.element_type, found.blockers, found.leg) == (None, (), FORWARD)


def test_refused_at_the_other_end_has_a_record_there() -> None:
    assert judged(logged(crossing()), packet(), REFUSED) is None
    assert judged(broken(), packet(), REFUSED) is None
    assert judged(logged(crossing()), packet(), REACHED, REFUSED) is None


@pytest.mark.parametrize(
    ("seconds", "there"), [(-111, False), (-110, True), (110, True), (111, False)]
)
def test_the_other_end_s_record_is_of_the_same_minute(seconds: int, there: bool) -> None:
    start = START + timedelta(seconds=seconds)
    times = {"start_time": start, "end_time": start + timedelta(seconds=50)}
    found = judged(logged(crossing()), packet(), REACHED | times)
    assert told(found)[0] == ("host_silent" if there else "lost_unexplained")


def test_the_host_was_silent() -> None:
    found = judged(logged(crossing()), packet(), REACHED)
    assert told(found) == ("host_silent", "probable", "eni-b")
    assert found is not None
    assert (found.element_type, found.blockers, found.leg) == ("interface", (), FORWARD)
    # Whatever the snapshot says of the way: the packet arrived.
    assert told(judged(broken(), packet(), REACHED))[0] == "host_silent"


def test_silence_of_the_host_must_be_logged() -> None:
    assert judged(logged(crossing(), b="ACCEPT"), packet(), REACHED) is None
    assert judged(logged(crossing()), packet(), REACHED, gap("eni-b", 300, 360)) is None


def test_the_host_refused() -> None:
    reset = [
        answer(name, way, tcp_flags=4) for name, way in (("eni-b", "egress"), ("eni-a", "ingress"))
    ]
    found = judged(logged(crossing()), packet(), REACHED, *reset)
    assert told(found) == ("host_refused", "certain", "eni-b")
    assert judged(logged(crossing()), packet(), REACHED, *reset, REPLIED) is None
    # A refusal that did not come back is an answer that was lost.
    assert judged(logged(crossing()), packet(), REACHED, reset[0]) is None
    assert judged(logged(crossing()), packet(), reset[1]) is None


def test_an_answer_that_was_sent_or_refused_is_no_loss_of_the_first_packet() -> None:
    assert judged(logged(crossing()), packet(), REACHED, REPLIED) is None
    refused = answer("eni-b", "egress", action="REJECT")
    assert judged(logged(crossing()), packet(), REACHED, refused) is None


def test_reply_lost_between() -> None:
    found = judged(broken_back(), REPLIED, packet(), REACHED)
    assert told(found) == ("route_missing", "certain", "rtb-b")
    assert found is not None
    assert (found.leg, found.phase, found.direction) == (REPLY, "reply", "egress")
    assert told(judged(logged(crossing()), REPLIED, packet(), REACHED))[0] == "lost_unexplained"


def test_a_reply_answers_what_its_interface_accepted_in_the_last_hour() -> None:
    for seconds, answers in ((0, True), (3600, True), (3601, False)):
        start = START - timedelta(seconds=seconds)
        times = {"start_time": start, "end_time": start + timedelta(seconds=50)}
        asked = [packet(**times), REACHED | times]
        assert (judged(broken_back(), REPLIED, *asked) is not None) == answers
    assert judged(broken_back(), REPLIED, packet()) is None
    assert judged(broken_back(), REPLIED, packet(), REFUSED) is None


def test_a_reply_answers_what_is_tracked_still_by_its_interface() -> None:
    udp = {"protocol": 17, "tcp_flags": 0}
    for timeouts, seconds in (({}, 240), ({"UdpStreamTimeout": 60}, 120)):
        for ago, leg in ((seconds, REPLY), (seconds + 1, FORWARD)):
            made, end = broken_back(), START - timedelta(seconds=ago)
            made.of("eni-b")["ConnectionTrackingConfiguration"] = timeouts
            times = {"start_time": START - timedelta(minutes=30), "end_time": end}
            asked = [packet(**udp), REACHED | udp | times]
            found = judged(made, REPLIED | udp, *asked)
            assert found is not None
            assert (found.leg, found.cause) == (leg, "route_missing")


def test_of_tcp_it_takes_no_log_of_who_asked_where_the_way_back_is_shut() -> None:
    assert told(judged(broken_back(), REPLIED, REACHED)) == ("route_missing", "certain", "rtb-b")
    assert judged(logged(crossing()), REPLIED, REACHED) is None
    more = {"protocol": 17, "tcp_flags": 0}
    assert judged(broken_back(), REPLIED | more, REACHED | more) is None


@pytest.mark.parametrize("more", [{"tcp_flags": 0}, {"tcp_flags": 3}, {"action": "REJECT"}])
def test_who_says_more_than_a_syn_got_the_answer(more: dict[str, Any]) -> None:
    said = packet("eni-b", "ingress", **more)
    assert judged(broken_back(), REPLIED, packet(), REACHED, said) is None


def test_a_reply_that_came_or_was_refused_is_not_lost() -> None:
    for action in ("ACCEPT", "REJECT"):
        came = answer("eni-a", "ingress", action=action)
        assert judged(broken_back(), REPLIED, packet(), REACHED, came) is None


def test_who_asked_must_be_logged_with_refusals_where_nothing_blocks() -> None:
    for kind in ("ACCEPT", None):
        assert judged(logged(crossing(), a=kind), REPLIED, packet(), REACHED) is None
    assert judged(broken_back(b=None), REPLIED, packet(), REACHED) is None
    asked = [packet(), REACHED]
    assert judged(logged(crossing()), REPLIED, *asked, gap("eni-a", 100, 110)) is None
    assert judged(logged(crossing()), REPLIED, *asked, gap("eni-a", 351, 360)) is not None


def test_a_reply_to_another_vpc_of_the_same_block_is_diverted() -> None:
    made = logged(crossing())
    twin = made.of("vpc-a") | {"VpcId": "vpc-t"}
    made.add(HUB, "describe-vpcs", "vpc-t", twin)
    over = gateway_route("10.0.0.0/20", "tgw-attach-t", resource="vpc-t")
    gateway_routes(made, "tgw-rtb-b").append(over)
    found = judged(made, REPLIED, packet(), REACHED)
    assert told(found) == ("route_diverted", "certain", "tgw-rtb-b")
    made.of("rtb-b")["Routes"].append(route("10.0.1.0/24", "igw-1"))
    add_interface(made, TWO, "eni-b", "subnet-b", [B], public="52.94.0.7")
    assert told(judged(made, REPLIED, packet(), REACHED)) == ("no_public_ip", "certain", "igw-1")
    made.of("rtb-b")["Routes"][-1] = route("10.0.1.0/24", "vgw-1")
    assert told(judged(made, REPLIED, packet(), REACHED)) == ("route_diverted", "certain", "rtb-b")


def test_replies_of_other_protocols_are_proven_by_the_other_end_alike() -> None:
    more = {"protocol": 17, "tcp_flags": 0}
    found = judged(broken_back(), REPLIED | more, packet() | more, REACHED | more)
    assert told(found) == ("route_missing", "certain", "rtb-b")
    assert found is not None and (found.phase, found.phase_source) == ("reply", "reverse-flow")


def test_a_nat_gateway_drops_what_nobody_asked_for() -> None:
    made = logged(crossing())
    made.of("eni-b")["InterfaceType"] = "nat_gateway"
    assert told(judged(made, packet(), REACHED)) == ("nat_unsolicited", "probable", "eni-b")


def test_who_of_two_asked_is_told_by_the_way_back() -> None:
    made = logged(crossing())
    twin(made, A)
    asked = [packet(), packet("eni-t"), REACHED]
    assert told(judged(made, REPLIED, *asked))[0] == "lost_unexplained"
    made.of("rtb-b")["Routes"] = [route("10.1.0.0/16", "vgw-1")]
    more = {"protocol": 17, "tcp_flags": 0}
    assert judged(made, REPLIED | more, *(one | more for one in asked)) is None


def test_within_a_subnet_no_route_diverts() -> None:
    made = logged(crossing())
    twin(made, "10.1.1.99")
    ends = {"srcaddr": "10.1.1.99"}
    asked = [packet("eni-t", **ends), packet("eni-b", "ingress", **ends)]
    found = judged(made, answer("eni-b", "egress", dstaddr="10.1.1.99"), *asked)
    # Probable: interfaces come and go, and no later snapshot lacks it, too.
    assert told(found) == ("no_interface", "probable", "subnet-b")


def test_what_another_of_the_same_address_heard_tells_nothing() -> None:
    made = logged(crossing())
    twin(made, B)
    heard = packet("eni-t", "ingress")
    assert judged(made, packet(), heard) is None
    # But where no way tells where it should arrive, it may be that one.
    made.of("rtb-a")["Routes"] = [route("10.0.0.0/16", "local")]
    assert told(judged(made, packet(), heard)) == ("host_silent", "probable", "eni-t")


def test_a_way_back_to_none_of_those_who_asked_proves_nothing() -> None:
    made = logged(crossing())
    twin(made, A)
    add_interface(made, ONE, "eni-u", "subnet-t", [A])
    asked = [packet("eni-t"), packet("eni-u"), REACHED]
    assert judged(made, REPLIED, *asked) is None
    assert told(judged(made, REPLIED, packet("eni-t"), REACHED))[0] == "route_diverted"


def test_a_way_back_that_is_unknown_is_not_diverted() -> None:
    made = logged(crossing())
    del made.things["rtb-b"]
    found = judged(made, REPLIED, packet(), REACHED)
    assert told(found) == ("lost_unexplained", "unknown", None)


def test_a_blackhole_diverts_nothing() -> None:
    made = logged(crossing())
    twin(made, A)
    made.of("rtb-b")["Routes"] = [route("10.0.0.0/16", "pcx-1", "blackhole")]
    made.of("pcx-1")["RequesterVpcInfo"]["VpcId"] = "vpc-t"
    found = judged(made, REPLIED, packet(), REACHED)
    assert told(found) == ("route_blackhole", "certain", "rtb-b")
    made.of("rtb-b")["Routes"][0]["State"] = "active"
    assert told(judged(made, REPLIED, packet(), REACHED))[0] == "route_diverted"
