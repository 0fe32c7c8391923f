"""What proves a loss, and how sure its verdict is, by hand."""

from datetime import timedelta

import pytest

from .connections import flow_log
from .conversation import (
    BEATS,
    FORWARD,
    LOGS,
    REACHED,
    REPLIED,
    START,
    answer,
    broken,
    gap,
    judged,
    logged,
    packet,
    told,
)
from .crossed import HUB, ONE, PUBLIC, TWO, A, B, Crossing
from .crossing import crossing, route
from .gateways_by_hand import gateway_routes
from .losses import loss
from .organisation import NOON


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
    [(-90, -61, True), (-90, -60, False), (350, 400, False), (351, 400, True), (100, 160, False)],
)
def test_a_gap_while_an_answer_is_waited_for_proves_nothing(
    begin: int, end: int, proves: bool
) -> None:
    found = judged(broken(), packet(), gap("eni-a", begin, end))
    assert (found is not None) == proves
    assert judged(broken(), packet(), gap("eni-a2", begin, end)) is not None


@pytest.mark.parametrize(
    ("seconds", "came"), [(-111, False), (-110, True), (350, True), (351, False)]
)
@pytest.mark.parametrize("action", ["ACCEPT", "REJECT"])
def test_what_came_back_was_not_lost(seconds: int, came: bool, action: str) -> None:
    back = answer("eni-a", "ingress", seconds, action=action)
    assert (judged(broken(), packet(), back) is None) == came


def test_only_the_reversed_flow_on_the_same_interface_came_back() -> None:
    for other in (
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
    ("flags", "is_start"), [(2, True), (3, False), (6, False), (7, False), (0, False), (18, False)]
)
def test_a_connection_must_start(flags: int, is_start: bool) -> None:
    assert (judged(broken(), packet(tcp_flags=flags)) is not None) == is_start


def test_without_flags_the_ports_tell_and_nothing_is_certain() -> None:
    found = judged(broken(), packet(tcp_flags=None))
    assert told(found) == ("route_missing", "probable", "rtb-a")
    assert found is not None and found.phase_source == "heuristic"
    assert judged(broken(), packet(tcp_flags=None, srcport=443, dstport=50000)) is None


def test_absence_needs_an_other_end_that_is_logged_with_refusals() -> None:
    for kind in ("ACCEPT", "REJECT", None):
        assert judged(logged(crossing(), b=kind), packet()) is None
    for begin, end, proves in ((-80, -61, True), (-80, -60, False), (110, 120, False)):
        found = judged(logged(crossing()), packet(), gap("eni-b", begin, end))
        assert (found is not None) == proves
    assert judged(logged(crossing()), packet(), gap("eni-b", 351, 360)) is not None


def test_silence_is_normal_for_all_but_tcp() -> None:
    for protocol in (17, 1, 47):
        flow = packet(protocol=protocol, tcp_flags=0)
        assert judged(broken(b=None), flow) is None
        # Where but one has the address, what it did not get came nowhere.
        assert told(judged(broken(), flow))[0] == "route_missing"
        assert told(judged(logged(crossing()), flow))[0] == "lost_unexplained"
        assert judged(logged(crossing()), flow, REACHED | {"protocol": protocol}) is None
        # Where the way goes on behind what blocks, the other end can prove it.
        made = logged(crossing())
        made.of("tgw-attach-a")["SubnetIds"] = ["subnet-a2"]
        assert told(judged(made, flow)) == ("tgw_zone", "certain", "tgw-attach-a")
        made = logged(crossing("pcx-1"))
        made.of("pcx-1")["Status"]["Code"] = "expired"
        assert told(judged(made, flow)) == ("peering_not_active", "certain", "pcx-1")


def test_where_the_sight_is_lost_nothing_is_known() -> None:
    made = logged(crossing())
    made.about.clear()
    made.things = {name: one for name, one in made.things.items() if one[0] != HUB}
    found = judged(made, packet())
    assert told(found) == ("tgw_table_unseen", "unknown", "tgw-attach-a")
    assert found is not None and found.blockers == ()
    made.of("rtb-a")["Routes"].append(route("10.1.1.0/24", "eni-a2"))
    assert told(judged(made, packet())) == ("beyond_middlebox", "unknown", "eni-a2")
    # That it is lost at all, the other end has to show.
    del made.things["fl-vpc-b"]
    assert judged(made, packet()) is None


def test_what_leaves_or_is_unknown_is_not_lost() -> None:
    made = logged(crossing("vgw-1"))
    assert judged(made, packet()) is None
    made = logged(crossing("pcx-gone"), b=None)
    assert judged(made, packet()) is None
    made = logged(crossing("pcx-gone"))
    assert told(judged(made, packet()))[0] == "lost_unexplained"
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
        found = loss(record, [broken().snapshot(when)], [record, *BEATS])
        assert told(found) == ("route_missing", certainty, "rtb-a")
        assert found is not None and found.stable is None


@pytest.mark.parametrize(
    ("later", "certainty", "stable"),
    [
        (broken(), "certain", True),
        (logged(crossing()), "conditional", False),
        # Whether it was logged the snapshot before the record says.
        (broken(a=None), "certain", True),
    ],
)
def test_another_answer_of_the_next_snapshot_makes_it_conditional(
    later: Crossing, certainty: str, stable: bool
) -> None:
    record, after = packet(), START + timedelta(minutes=5)
    found = loss(record, [broken().snapshot(), later.snapshot(after)], [record, *BEATS])
    assert told(found) == ("route_missing", certainty, "rtb-a")
    assert found is not None and (found.observed_after, found.stable) == (after, stable)


@pytest.mark.parametrize(("minutes", "certainty"), [((), "probable"), ((5,), "certain")])
def test_that_no_interface_is_there_is_certain_only_between_two_snapshots(
    minutes: tuple[int, ...], certainty: str
) -> None:
    record, made = packet(dstaddr="10.1.1.99"), logged(crossing())
    later = [made.snapshot(START + timedelta(minutes=one)) for one in minutes]
    found = loss(record, [made.snapshot(), *later], [record, *BEATS])
    assert told(found) == ("no_interface", certainty, "subnet-b")


def test_who_passes_on_is_not_the_source() -> None:
    passed = packet(srcaddr=A, pkt_srcaddr="10.0.77.7", pkt_dstaddr=B)
    assert judged(broken(), passed) is None
    assert judged(broken(), passed | {"pkt_srcaddr": A}) is not None


def test_what_neither_starts_nor_answers_is_not_judged() -> None:
    assert judged(logged(crossing()), REPLIED) is None
    assert judged(logged(crossing()), packet(tcp_flags=0)) is None
    assert judged(logged(crossing()), packet(tcp_flags=None, srcport=443, dstport=50000)) is None


def test_what_is_unknown_stays_so_without_a_snapshot_before() -> None:
    record, made = packet(), logged(crossing())
    found = loss(record, [made.snapshot(START)], [record, *BEATS])
    assert told(found) == ("lost_unexplained", "unknown", None)
    later = [made.snapshot(), broken().snapshot(START)]
    found = loss(record, later, [record, *BEATS])
    assert told(found) == ("lost_unexplained", "unknown", None)
    assert found is not None and found.stable is False


def test_what_is_unknown_stays_so_by_the_ports_alone() -> None:
    found = judged(logged(crossing()), packet(tcp_flags=None))
    assert told(found) == ("lost_unexplained", "unknown", None)
