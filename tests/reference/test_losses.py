"""Each row of the pair table, and what proves a loss, by hand."""

from datetime import timedelta
from typing import Any

import pytest

from .connections import flow_log
from .crossing import (
    HUB,
    ONE,
    PUBLIC,
    TWO,
    A,
    B,
    Crossing,
    add_interface,
    crossing,
    gateway_route,
    gateway_routes,
    route,
)
from .losses import loss
from .model import Expected, Record, Snapshot
from .organisation import NOON

START = NOON + timedelta(minutes=30)
LOGS = "describe-flow-logs"


def logged(made: Crossing, a: str | None = "ALL", b: str | None = "ALL", **more: Any) -> Crossing:
    """Flow logs of both VPCs, of these types; None leaves one out."""
    for name, account, kind in (("vpc-a", ONE, a), ("vpc-b", TWO, b)):
        if kind:
            made.add(account, LOGS, f"fl-{name}", flow_log(kind, name, **more))
    return made


def packet(interface: str = "eni-a", direction: str = "egress", **more: Any) -> Record:
    """A SYN of eni-a to eni-b's port 443, as one of the two saw it, accepted."""
    made: Record = {
        "interface_id": interface,
        "srcaddr": A,
        "dstaddr": B,
        "srcport": 50000,
        "dstport": 443,
        "protocol": 6,
        "tcp_flags": 2,
        "flow_direction": direction,
        "start_time": START,
        "end_time": START + timedelta(seconds=50),
        "action": "ACCEPT",
        "log_status": "OK",
    }
    return made | more


def answer(interface: str, direction: str, seconds: int = 0, **more: Any) -> Record:
    """The SYN-ACK, so much later."""
    ends = {"srcaddr": B, "dstaddr": A, "srcport": 443, "dstport": 50000, "tcp_flags": 18}
    start = START + timedelta(seconds=seconds)
    times = {"start_time": start, "end_time": start + timedelta(seconds=50)}
    return packet(interface, direction, **(ends | times | more))


def gap(interface: str, begin: int, end: int) -> Record:
    return {
        "interface_id": interface,
        "log_status": "SKIPDATA",
        "start_time": START + timedelta(seconds=begin),
        "end_time": START + timedelta(seconds=end),
    }


def judged(made: Crossing | Snapshot, record: Record, *others: Record) -> Expected | None:
    snapshot = made.snapshot() if isinstance(made, Crossing) else made
    return loss(record, [snapshot], [record, *others])


def told(found: Expected | None) -> tuple[str, str, str | None]:
    assert found is not None
    return found.cause, found.certainty, found.element_id


def broken(**more: Any) -> Crossing:
    """No route from A to B."""
    made = logged(crossing(), **more)
    made.of("rtb-a")["Routes"] = [route("10.0.0.0/16", "local")]
    return made


def broken_back(**more: Any) -> Crossing:
    """No route from B to A."""
    made = logged(crossing(), **more)
    made.of("rtb-b")["Routes"] = [route("10.1.0.0/16", "local")]
    return made


REFUSED = packet("eni-b", "ingress", action="REJECT")
REACHED = packet("eni-b", "ingress")
REPLIED = answer("eni-b", "egress")
FORWARD, REPLY = "forward", "reply"


def test_only_accepted_flows_that_leave_may_be_lost() -> None:
    assert judged(broken(), packet(action="REJECT")) is None
    assert judged(broken(), packet(log_status="NODATA", action=None)) is None
    assert judged(broken(), packet("eni-b", "ingress")) is None
    assert judged(broken(), packet("eni-gone")) is None
    assert judged(broken(), packet(flow_direction=None)) is not None
    assert judged(broken(), packet(srcport=None)) is None
    assert loss(packet(), [], [packet()]) is None


def test_lost_between_by_what_the_configuration_shows() -> None:
    found = judged(broken(), packet())
    assert told(found) == ("route_missing", "certain", "rtb-a")
    assert found is not None
    assert (found.leg, found.direction, found.phase) == (FORWARD, "egress", "initial")
    assert (found.element_type, found.rule) == ("route-table", None)
    assert [(one.element_id, one.cause) for one in found.blockers] == [("rtb-a", "route_missing")]
    assert (found.observed_before, found.observed_after, found.stable) == (NOON, None, None)


def test_all_that_block_are_named_and_the_first_decides() -> None:
    made = logged(crossing())
    made.of("tgw-attach-a")["SubnetIds"] = ["subnet-a2"]
    gateway_routes(made, "tgw-rtb-a").clear()
    found = judged(made, packet())
    assert told(found) == ("tgw_zone", "certain", "tgw-attach-a")
    assert found is not None
    assert [one.cause for one in found.blockers] == ["tgw_zone", "tgw_no_route"]


def test_silence_of_tcp_needs_a_source_that_is_logged_and_no_more() -> None:
    for kind in ("ALL", "ACCEPT"):
        assert judged(broken(a=kind, b=None), packet()) is not None
    assert judged(broken(a="REJECT"), packet()) is None
    assert judged(broken(a=None), packet()) is None
    assert judged(broken(FlowLogStatus="INACTIVE"), packet()) is None
    assert judged(broken(DeliverLogsStatus="FAILED"), packet()) is None


@pytest.mark.parametrize("resource", ["vpc-a", "subnet-a", "eni-a"])
def test_a_flow_log_of_interface_subnet_or_vpc(resource: str) -> None:
    made = broken(a=None)
    made.add(ONE, LOGS, "fl-1", flow_log("ALL", resource))
    assert judged(made, packet()) is not None
    made.add(TWO, LOGS, "fl-1", flow_log("ALL", resource))
    assert judged(made, packet()) is None


def test_a_flow_log_made_after_the_record_saw_nothing_of_it() -> None:
    early, late = ((START + timedelta(seconds=one)).isoformat() for one in (0, 1))
    assert judged(broken(CreationTime=early), packet()) is not None
    assert judged(broken(CreationTime=late), packet()) is None


@pytest.mark.parametrize(
    ("begin", "end", "proves"),
    [(-60, -1, True), (-60, 0, False), (650, 700, False), (651, 700, True), (100, 160, False)],
)
def test_a_gap_while_an_answer_is_waited_for_proves_nothing(
    begin: int, end: int, proves: bool
) -> None:
    found = judged(broken(), packet(), gap("eni-a", begin, end))
    assert (found is not None) == proves
    assert judged(broken(), packet(), gap("eni-a2", begin, end)) is not None


@pytest.mark.parametrize(
    ("seconds", "came"), [(-51, False), (-50, True), (650, True), (651, False)]
)
@pytest.mark.parametrize("action", ["ACCEPT", "REJECT"])
def test_what_came_back_was_not_lost(seconds: int, came: bool, action: str) -> None:
    back = answer("eni-a", "ingress", seconds, action=action)
    assert (judged(broken(), packet(), back) is None) == came


def test_only_the_reversed_flow_on_the_same_interface_came_back() -> None:
    for other in (
        answer("eni-a", "egress"),
        answer("eni-a2", "ingress"),
        answer("eni-a", "ingress", dstport=50001),
        answer("eni-a", "ingress", protocol=17),
    ):
        assert judged(broken(), packet(), other) is not None


def test_the_packet_s_own_addresses_tell() -> None:
    shown = {"pkt_srcaddr": "10.0.1.10", "pkt_dstaddr": B, "dstaddr": "10.0.9.5"}
    made = logged(crossing())
    gateway_routes(made, "tgw-rtb-a").clear()
    assert told(judged(made, packet(**shown))) == ("tgw_no_route", "certain", "tgw-rtb-a")
    back = answer("eni-a", "ingress", srcaddr="10.0.9.5", pkt_srcaddr=B, pkt_dstaddr=A)
    assert judged(made, packet(**shown), back) is None


@pytest.mark.parametrize(
    ("flags", "is_start"), [(2, True), (3, True), (6, True), (7, True), (0, False), (18, False)]
)
def test_a_connection_must_start(flags: int, is_start: bool) -> None:
    assert (judged(broken(), packet(tcp_flags=flags)) is not None) == is_start


def test_without_flags_the_ports_tell_and_nothing_is_certain() -> None:
    found = judged(broken(), packet(tcp_flags=None))
    assert told(found) == ("route_missing", "probable", "rtb-a")
    assert found is not None and found.phase_source == "heuristic"
    assert judged(broken(), packet(tcp_flags=None, srcport=443, dstport=50000)) is None


def test_lost_between_without_a_reason() -> None:
    made = logged(crossing())
    found = judged(made, packet())
    assert told(found) == ("lost_unexplained", "unknown", None)
    assert found is not None
    assert (found.element_type, found.blockers, found.leg) == (None, (), FORWARD)


def test_absence_needs_an_other_end_that_is_logged_with_refusals() -> None:
    for kind in ("ACCEPT", "REJECT", None):
        assert judged(logged(crossing(), b=kind), packet()) is None
    for begin, end, proves in ((-80, -61, True), (-80, -60, False), (110, 120, False)):
        found = judged(logged(crossing()), packet(), gap("eni-b", begin, end))
        assert (found is not None) == proves
    assert judged(logged(crossing()), packet(), gap("eni-b", 111, 120)) is not None


def test_silence_is_normal_for_all_but_tcp() -> None:
    for protocol in (17, 1, 47):
        flow = packet(protocol=protocol, tcp_flags=0)
        assert judged(broken(), flow) is None
        assert told(judged(logged(crossing()), flow))[0] == "lost_unexplained"
        assert judged(logged(crossing()), flow, REACHED | {"protocol": protocol}) is None
        # Where the way goes on behind what blocks, the other end can prove it.
        made = logged(crossing())
        made.of("tgw-attach-a")["SubnetIds"] = ["subnet-a2"]
        assert told(judged(made, flow)) == ("tgw_zone", "certain", "tgw-attach-a")


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
    assert (found.element_type, found.blockers, found.leg) == ("network-interface", (), FORWARD)
    # Whatever the snapshot says of the way: the packet arrived.
    assert told(judged(broken(), packet(), REACHED))[0] == "host_silent"


def test_silence_of_the_host_must_be_logged() -> None:
    assert judged(logged(crossing(), b="ACCEPT"), packet(), REACHED) is None
    assert judged(logged(crossing()), packet(), REACHED, gap("eni-b", 300, 360)) is None


def test_the_host_refused() -> None:
    reset = answer("eni-b", "egress", tcp_flags=4)
    found = judged(logged(crossing()), packet(), REACHED, reset)
    assert told(found) == ("host_refused", "certain", "eni-b")
    assert judged(logged(crossing()), packet(), REACHED, reset, REPLIED) is None


def test_a_refusal_that_came_back_is_no_loss() -> None:
    reset = [
        answer(name, way, tcp_flags=4) for name, way in (("eni-b", "egress"), ("eni-a", "ingress"))
    ]
    assert judged(logged(crossing()), packet(), REACHED, *reset) is None


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


def test_who_asked_is_told_by_its_own_record_or_by_the_way_back() -> None:
    assert judged(broken_back(), REPLIED, REACHED) is None
    made = logged(crossing())
    made.of("subnet-bt")["AvailabilityZoneId"] = "az-2"
    assert told(judged(made, REPLIED, REACHED)) == ("tgw_zone", "certain", "tgw-attach-b")


def test_a_reply_that_came_or_was_refused_is_not_lost() -> None:
    for action in ("ACCEPT", "REJECT"):
        came = answer("eni-a", "ingress", action=action)
        assert judged(broken_back(), REPLIED, packet(), REACHED, came) is None


def test_who_asked_must_be_logged_with_refusals() -> None:
    for kind in ("ACCEPT", None):
        assert judged(broken_back(a=kind), REPLIED, packet(), REACHED) is None
    assert judged(broken_back(b=None), REPLIED, packet(), REACHED) is not None
    found = judged(broken_back(), REPLIED, packet(), REACHED, gap("eni-a", 100, 110))
    assert found is None
    assert judged(broken_back(), REPLIED, packet(), REACHED, gap("eni-a", 111, 120)) is not None


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


def test_where_the_sight_is_lost_nothing_is_known() -> None:
    made = logged(crossing())
    made.about.clear()
    made.things = {name: one for name, one in made.things.items() if one[0] != HUB}
    found = judged(made, packet())
    assert told(found) == ("tgw_table_unseen", "unknown", "tgw-1")
    assert found is not None and found.blockers == ()
    assert judged(made, packet(protocol=17, tcp_flags=0)) is None
    made.of("rtb-a")["Routes"].append(route("10.1.1.0/24", "eni-a2"))
    assert told(judged(made, packet())) == ("beyond_middlebox", "unknown", "eni-a2")


def test_what_leaves_or_is_unknown_is_not_lost() -> None:
    made = logged(crossing("vgw-1"))
    assert judged(made, packet()) is None
    made = logged(crossing("pcx-gone"))
    assert judged(made, packet()) is None
    assert judged(logged(crossing()), packet(dstaddr=PUBLIC)) is not None


def test_a_stage_before_that_is_unknown_leaves_it_probable() -> None:
    made = logged(crossing())
    gateway_routes(made, "tgw-rtb-a").clear()
    del made.things["acl-subnet-at"]
    assert told(judged(made, packet())) == ("tgw_no_route", "probable", "tgw-rtb-a")


def test_a_zone_of_the_target_is_probable() -> None:
    made = logged(crossing(), b=None)
    made.of("subnet-bt")["AvailabilityZoneId"] = "az-2"
    assert told(judged(made, packet())) == ("tgw_zone", "probable", "tgw-attach-b")


def test_without_a_snapshot_before_it_is_at_most_probable() -> None:
    record = packet()
    for seconds, certainty in ((60, "certain"), (59, "probable")):
        when = START - timedelta(seconds=seconds)
        found = loss(record, [broken().snapshot(when)], [record])
        assert told(found) == ("route_missing", certainty, "rtb-a")
        assert found is not None and found.stable is None


@pytest.mark.parametrize(
    ("later", "certainty", "stable"),
    [
        (broken(), "certain", True),
        (logged(crossing()), "conditional", False),
        (broken(a=None), "conditional", False),
    ],
)
def test_another_answer_of_the_next_snapshot_makes_it_conditional(
    later: Crossing, certainty: str, stable: bool
) -> None:
    record, after = packet(), START + timedelta(minutes=5)
    found = loss(record, [broken().snapshot(), later.snapshot(after)], [record])
    assert told(found) == ("route_missing", certainty, "rtb-a")
    assert found is not None and (found.observed_after, found.stable) == (after, stable)


def test_who_passes_on_is_not_the_source() -> None:
    passed = packet(srcaddr=A, pkt_srcaddr="10.0.77.7", pkt_dstaddr=B)
    assert judged(broken(), passed) is None
    assert judged(broken(), passed | {"pkt_srcaddr": A}) is not None


def test_a_nat_gateway_drops_what_nobody_asked_for() -> None:
    made = logged(crossing())
    made.of("eni-b")["InterfaceType"] = "nat_gateway"
    assert told(judged(made, packet(), REACHED)) == ("nat_unsolicited", "probable", "eni-b")


def twin(made: Crossing, own: str) -> None:
    """A VPC with the block of A or B and an interface there, in account 1, which logs all."""
    made.add(ONE, "describe-vpcs", "vpc-t", {"VpcId": "vpc-t", "OwnerId": ONE})
    made.add(ONE, "describe-subnets", "subnet-t", {"SubnetId": "subnet-t", "VpcId": "vpc-t"})
    add_interface(made, ONE, "eni-t", "subnet-t", [own])
    made.add(ONE, LOGS, "fl-vpc-t", flow_log("ALL", "vpc-t"))


def test_who_of_two_asked_is_told_by_the_way_back() -> None:
    made = logged(crossing())
    twin(made, A)
    asked = [packet(), packet("eni-t"), REACHED]
    assert told(judged(made, REPLIED, *asked))[0] == "lost_unexplained"
    made.of("rtb-b")["Routes"] = [route("10.1.0.0/16", "local")]
    assert judged(made, REPLIED, *asked) is None
    assert told(judged(made, REPLIED, packet(), REACHED)) == ("route_missing", "certain", "rtb-b")


def test_within_a_subnet_no_route_diverts() -> None:
    made = logged(crossing())
    twin(made, "10.1.1.99")
    ends = {"srcaddr": "10.1.1.99"}
    asked = [packet("eni-t", **ends), packet("eni-b", "ingress", **ends)]
    found = judged(made, answer("eni-b", "egress", dstaddr="10.1.1.99"), *asked)
    assert told(found) == ("no_interface", "certain", "subnet-b")


def test_what_another_of_the_same_address_heard_tells_nothing() -> None:
    made = logged(crossing())
    twin(made, B)
    heard = packet("eni-t", "ingress")
    assert told(judged(made, packet(), heard))[0] == "lost_unexplained"
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


def test_what_neither_starts_nor_answers_is_not_judged() -> None:
    assert judged(logged(crossing()), REPLIED) is None
    assert judged(logged(crossing()), packet(tcp_flags=0)) is None
    assert judged(logged(crossing()), packet(tcp_flags=None, srcport=443, dstport=50000)) is None


def test_what_is_unknown_stays_so_without_a_snapshot_before() -> None:
    record, made = packet(), logged(crossing())
    found = loss(record, [made.snapshot(START)], [record])
    assert told(found) == ("lost_unexplained", "unknown", None)
    later = [made.snapshot(), broken().snapshot(START)]
    found = loss(record, later, [record])
    assert told(found) == ("lost_unexplained", "unknown", None)
    assert found is not None and found.stable is False
