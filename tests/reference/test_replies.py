"""Replies and late packets worked out by hand: what the log saw before, and whether it would have.

Rows 12-14, 18, 19 and 22 of the decision table.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from .connections import accepted, answered, flow_log, flow_logs, skipped
from .model import Blocker, Json, Record, Snapshot
from .organisation import (
    ALL_IN,
    ALLOW_ALL,
    E_SECOND,
    NEIGHBOUR,
    NOON,
    PUBLIC,
    THEIRS,
    E,
    entry,
    organisation,
    record,
    rule,
    verdict,
)
from .test_evaluator import DENY_443, decided

NO_FLAGS: Json = {"tcp_flags": None}
UDP: Json = {"protocol": 17, "tcp_flags": None}
PING: Json = {"protocol": 1, "srcport": 0, "dstport": 0, "tcp_flags": 0}
LATE = record(tcp_flags=16)
OLD = skipped(LATE, 3600, 3600, status="NODATA")
LOGGED = organisation(more=flow_logs(flow_log()))
DEPENDS_ON_TYPE = [entry(90, "deny", "1", kind=8), *ALLOW_ALL]


def far_reference() -> Json:
    return rule("-1", group="sg-p", account=THEIRS)


def of_another_account(snapshot: Snapshot) -> Snapshot:
    """The same snapshot, its flow logs listed by another account."""
    answers = (
        replace(one, account=THEIRS) if one.command == "describe-flow-logs" else one
        for one in snapshot.answers
    )
    return Snapshot(snapshot.instant, tuple(answers))


@pytest.mark.parametrize("more", [NO_FLAGS, UDP, PING])
def test_phase_by_the_reverse_flow(more: Json) -> None:
    made = record(**more)
    found = verdict(made, organisation(), log=[answered(made)])
    assert (found.phase, found.phase_source, found.row) == ("reply", "reverse-flow", 13)
    assert verdict(made, organisation()).phase_source != "reverse-flow"


def test_phase_by_flags_comes_before_the_reverse_flow() -> None:
    made = record()
    found = verdict(made, organisation(), log=[answered(made)])
    assert (found.phase, found.phase_source, found.row) == ("initial", "flags", 6)


@pytest.mark.parametrize(
    "more",
    [
        {"action": "REJECT"},
        {"interface_id": "eni-n"},
        {"protocol": 6},
        {"dstport": 50001},
        {"dstport": None},
        {"srcport": 444},
        {"srcaddr": E_SECOND},
        {"dstaddr": PUBLIC},
        {"pkt_srcaddr": E_SECOND},
        {"flow_direction": "ingress"},
    ],
)
def test_not_the_reverse_flow(more: Json) -> None:
    made = record(**UDP)
    assert verdict(made, organisation(), log=[answered(made, **more)]).phase == "unknown"


@pytest.mark.parametrize(
    ("more", "seconds"), [(NO_FLAGS, 3600), (UDP, 240), (PING, 660), ({"protocol": 47}, 660)]
)
def test_the_reverse_flow_began_within_the_timeout_before(more: Json, seconds: int) -> None:
    """An hour for TCP; for others what 2.3 has, and the minute that a record may be off."""
    made = record(**(NO_FLAGS | more))
    for ago, phase in ((0, "reply"), (seconds, "reply"), (seconds + 1, None), (-1, None)):
        found = verdict(made, organisation(), log=[answered(made, ago)])
        assert (found.phase == "reply") == (phase == "reply")


def test_a_reverse_flow_that_went_on_is_tracked_from_its_end() -> None:
    made = record(**UDP)
    for ago, phase in ((240, "reply"), (241, "unknown")):
        end = made["start_time"] - timedelta(seconds=ago)
        found = verdict(made, organisation(), log=[answered(made, 600, end_time=end)])
        assert found.phase == phase
    end = made["start_time"]
    found = verdict(made, organisation(), log=[answered(made, 3601, end_time=end)])
    assert found.phase == "unknown"


@pytest.mark.parametrize(
    ("more", "timeouts", "seconds"),
    [
        (UDP, {"UdpStreamTimeout": 60}, 120),
        (UDP, {"UdpTimeout": 60, "TcpEstablishedTimeout": 60}, 240),
        (NO_FLAGS, {"TcpEstablishedTimeout": 350}, 410),
        (PING, {"UdpStreamTimeout": 60, "TcpEstablishedTimeout": 60}, 660),
    ],
)
def test_the_timeout_is_that_of_the_interface(
    more: Json, timeouts: dict[str, int], seconds: int
) -> None:
    made, network = record(**(NO_FLAGS | more)), organisation(timeouts=timeouts)
    for ago, is_reply in ((seconds, True), (seconds + 1, False)):
        found = verdict(made, network, log=[answered(made, ago)])
        assert (found.phase_source == "reverse-flow") == is_reply


def test_the_timeout_is_that_of_the_snapshot_that_judges() -> None:
    made, short = record(**UDP), organisation(timeouts={"UdpStreamTimeout": 60})
    later = Snapshot(NOON + timedelta(hours=1), short.answers)
    log = [answered(made, 121)]
    assert verdict(made, organisation(), later, log=log).phase == "reply"
    assert verdict(made, short, log=log).phase == "unknown"
    assert verdict(made, later, log=log).phase == "unknown"


def test_a_flow_either_way_keeps_it_tracked() -> None:
    made = record(**UDP)
    log = [answered(made, 600), accepted(made, 240)]
    assert verdict(made, organisation(), log=log).phase == "reply"
    assert verdict(made, organisation(), log=log[:1]).phase == "unknown"
    elsewhere = [answered(made, 600), accepted(made, 240, flow_direction="egress")]
    assert verdict(made, organisation(), log=elsewhere).phase == "unknown"


@pytest.mark.parametrize(
    ("made", "ago", "timeouts", "certainty"),
    [
        (record(**UDP), 90, {}, "certain"),
        (record(**UDP), 91, {}, "probable"),
        (record(**UDP), 120, {"UdpTimeout": 60}, "certain"),
        (record(**UDP), 121, {"UdpTimeout": 60}, "probable"),
        (record(tcp_flags=18), 410, {"TcpEstablishedTimeout": 350}, "certain"),
        (record(tcp_flags=18), 411, {"TcpEstablishedTimeout": 350}, "probable"),
        (record(tcp_flags=18), 411, {}, "certain"),
    ],
)
def test_row_12_the_groups_may_refuse_what_was_idle_for_long(
    made: Record, ago: int, timeouts: dict[str, int], certainty: str
) -> None:
    log = [answered(made, ago), accepted(made, ago)]
    for rules, told in (([], certainty), ([ALL_IN], "certain")):
        shut = organisation(rules, acl=[entry(90, "deny"), *ALLOW_ALL], timeouts=timeouts)
        assert decided(verdict(made, shut, log=log)) == (
            *(12, "nacl_ingress_deny_reply", told),
            *("acl-e", "90"),
        )


def test_tcp_is_kept_until_it_is_closed_once_both_sides_spoke() -> None:
    made, kept = record(tcp_flags=18), {"TcpEstablishedTimeout": 350}
    acl = [entry(90, "deny"), *ALLOW_ALL]
    shut, lets_in = (organisation(rules, acl=acl, timeouts=kept) for rules in ([], [ALL_IN]))
    assert verdict(made, shut, log=[answered(made, 411)]).certainty == "certain"
    for log in (
        [answered(made, 100), accepted(made, 100, tcp_flags=1)],
        [answered(made, 411, tcp_flags=4), accepted(made, 411)],
    ):
        assert verdict(made, shut, log=log).certainty == "probable"
        assert verdict(made, lets_in, log=log).certainty == "certain"


def test_a_ping_may_be_a_question_of_its_own() -> None:
    made = record(direction="egress", protocol=1, tcp_flags=None, srcport=0, dstport=0)
    for rules, certainty in (([], "probable"), ([ALL_IN], "certain")):
        shut = organisation(egress=rules, acl=[entry(90, "deny", "1"), *ALLOW_ALL])
        found = decided(verdict(made, shut, log=[answered(made, 0)]))
        assert found == (18, "nacl_egress_deny_reply", certainty, "acl-e", "90")


def test_the_reverse_flow_by_the_packet_s_own_addresses() -> None:
    made = record(**UDP, pkt_srcaddr=PUBLIC, pkt_dstaddr=E_SECOND)
    bare = answered(made, srcaddr=E_SECOND, dstaddr=PUBLIC, pkt_srcaddr=None, pkt_dstaddr=None)
    assert verdict(made, organisation(), log=[answered(made)]).phase == "reply"
    assert verdict(made, organisation(), log=[bare]).phase == "reply"
    assert verdict(made, organisation(), log=[bare | {"srcaddr": E}]).phase == "unknown"


def test_the_reverse_flow_without_a_direction_in_one_of_the_records() -> None:
    made = record(**UDP)
    assert verdict(made, organisation(), log=[answered(made, flow_direction=None)]).phase == "reply"
    made = record(**UDP, flow_direction=None)
    ingress = answered(made, flow_direction="ingress")
    later = organisation(at=NOON + timedelta(hours=1))
    assert verdict(made, organisation(), log=[answered(made)]).phase == "reply"
    assert verdict(made, organisation(), later, log=[ingress]).stable is True


def test_row_12_the_acl_refuses_a_reply_inbound() -> None:
    refused = Blocker("acl", "network-acl", "acl-e", "90", "nacl_ingress_deny_reply")
    for made in (record(tcp_flags=18), record(**NO_FLAGS)):
        found = verdict(made, organisation(acl=DENY_443), log=[answered(made)])
        assert decided(found) == (12, "nacl_ingress_deny_reply", "certain", "acl-e", "90")
        assert (found.element_type, found.blockers) == ("network-acl", (refused,))


SYN, SYN_ACK = {"tcp_flags": 2}, {"tcp_flags": 18}


@pytest.mark.parametrize(
    ("log", "row", "certainty"),
    [
        # It is the server's own: it answered a SYN, or what began was the other way.
        ([answered(LATE, **SYN)], 12, "certain"),
        ([accepted(LATE, 61, **SYN_ACK), answered(LATE)], 12, "certain"),
        ([accepted(LATE, 61, **SYN_ACK)], 12, "probable"),
        # It is the client's: it sent the SYN, or got the answer to it.
        ([accepted(LATE, 61, **SYN)], 5, "certain"),
        ([answered(LATE, **SYN_ACK)], 5, "certain"),
        ([answered(LATE, **SYN_ACK), accepted(LATE, 61, tcp_flags=2)], 5, "certain"),
        # The snapshot is a minute older than what its ACL let pass: it is not what stood then.
        ([accepted(LATE, 60, **SYN_ACK), answered(LATE)], 12, "probable"),
        ([accepted(LATE, 60, **SYN)], 5, "probable"),
        # The log does not show it, or shows both: the ports tell, 443 being the server's.
        ([answered(LATE)], 5, "probable"),
        ([answered(LATE, tcp_flags=None)], 5, "probable"),
        ([answered(LATE, **SYN), accepted(LATE, 60, **SYN)], 5, "probable"),
        ([answered(LATE, 3601, **SYN)], 5, "probable"),
        ([answered(LATE, flow_direction="ingress", **SYN)], 5, "probable"),
        ([accepted(LATE, 61, flow_direction="egress", **SYN_ACK)], 5, "probable"),
        ([], 5, "probable"),
    ],
)
def test_which_side_a_late_packet_is_of(log: list[Record], row: int, certainty: str) -> None:
    for snapshot in (organisation(acl=DENY_443), organisation(acl=DENY_443, groups=None)):
        found = verdict(LATE, snapshot, log=log)
        cause = "nacl_ingress_deny" + ("_reply" if row == 12 else "")
        assert decided(found) == (row, cause, certainty, "acl-e", "90")


def test_which_side_a_late_packet_is_of_by_its_ports() -> None:
    shut = organisation(acl=[entry(90, "deny", "6"), *ALLOW_ALL])
    made = record(tcp_flags=0, srcport=443, dstport=50000)
    assert decided(verdict(made, shut))[:3] == (12, "nacl_ingress_deny_reply", "probable")
    found = verdict(made, shut, log=[answered(made)])
    assert decided(found)[:3] == (12, "nacl_ingress_deny_reply", "probable")
    out = record(direction="egress", tcp_flags=0)
    assert decided(verdict(out, shut))[:3] == (16, "nacl_egress_deny", "probable")


def test_row_13_no_tracked_connection() -> None:
    for snapshot in (organisation(), organisation(groups=None)):
        found = verdict(LATE, snapshot)
        assert decided(found) == (13, "no_tracked_connection", "probable", None, None)
        assert (found.element_type, found.blockers) == (None, ())
    assert verdict(record(NEIGHBOUR, tcp_flags=18), organisation(acl=[])).row == 13


def test_row_13_unsolicited() -> None:
    found = verdict(LATE, LOGGED, log=[OLD])
    assert decided(found) == (13, "unsolicited_packet", "probable", None, None)


@pytest.mark.parametrize(
    "log",
    [
        [],
        [skipped(LATE, 3599, 0, "NODATA")],
        [OLD | {"interface_id": "eni-n"}],
        [OLD, answered(LATE)],
        [OLD, accepted(LATE, 3600)],
        [OLD, skipped(LATE, 4000, 3600)],
        [OLD, skipped(LATE, 0, -60)],
    ],
)
def test_row_13_is_not_unsolicited(log: list[Record]) -> None:
    assert verdict(LATE, LOGGED, log=log).cause == "no_tracked_connection"


@pytest.mark.parametrize(
    "log",
    [
        [skipped(LATE, 3600, 0, "OK") | {"action": "REJECT"}],
        [OLD, accepted(LATE, 3601)],
        [OLD, skipped(LATE, 4000, 3601)],
        [OLD, skipped(LATE, -1, -60)],
        [OLD, skipped(LATE, 60, 0) | {"interface_id": "eni-n"}],
    ],
)
def test_row_13_is_unsolicited_still(log: list[Record]) -> None:
    assert verdict(LATE, LOGGED, log=log).cause == "unsolicited_packet"


@pytest.mark.parametrize(
    ("made", "cause"),
    [
        (flow_log(resource="eni-e"), "unsolicited_packet"),
        (flow_log("ACCEPT", "subnet-e"), "unsolicited_packet"),
        (flow_log(FlowLogStatus=None, DeliverLogsStatus=None), "unsolicited_packet"),
        (flow_log("REJECT"), "no_tracked_connection"),
        (flow_log(None), "no_tracked_connection"),
        (flow_log(resource="subnet-f"), "no_tracked_connection"),
        (flow_log(DeliverLogsStatus="FAILED"), "no_tracked_connection"),
        (flow_log(FlowLogStatus="INACTIVE"), "no_tracked_connection"),
    ],
)
def test_coverage_by_one_flow_log(made: Json, cause: str) -> None:
    assert verdict(LATE, organisation(more=flow_logs(made)), log=[OLD]).cause == cause


def test_coverage_by_another_account_s_view_proves_nothing() -> None:
    snapshot = organisation(more=flow_logs(flow_log()))
    assert verdict(LATE, of_another_account(snapshot), log=[OLD]).cause == "no_tracked_connection"


def test_unsolicited_needs_groups_that_are_known() -> None:
    unknown = organisation(groups=None, more=flow_logs(flow_log()))
    assert verdict(LATE, unknown, log=[OLD]).cause == "no_tracked_connection"


def test_row_14_late_packet() -> None:
    depends = [rule("icmp", (8, -1), cidr="0.0.0.0/0")]
    ping = record(**PING)
    for made, snapshot in (
        (LATE, organisation([ALL_IN])),
        (LATE, organisation(groups=[])),
        (record("10.1.0.20", tcp_flags=18), organisation([far_reference()], peering="failed")),
        (ping, organisation(depends)),
    ):
        found = verdict(made, snapshot, log=[answered(made)])
        assert decided(found) == (14, "late_packet", "probable", None, None)
        assert found.blockers == ()


def test_row_18_the_acl_refuses_a_reply_outbound() -> None:
    made = record(direction="egress", tcp_flags=18)
    found = verdict(made, organisation(acl=DENY_443), log=[answered(made)])
    assert decided(found) == (18, "nacl_egress_deny_reply", "certain", "acl-e", "90")
    refused = Blocker("acl", "network-acl", "acl-e", "90", "nacl_egress_deny_reply")
    assert found.blockers == (refused,)
    found = verdict(made, organisation(acl=DENY_443))
    assert decided(found) == (18, "nacl_egress_deny_reply", "probable", "acl-e", "90")


def test_row_19_no_tracked_connection_outbound() -> None:
    made = record(direction="egress", tcp_flags=18)
    for snapshot in (organisation(), organisation(egress=[ALL_IN]), organisation(groups=None)):
        found = verdict(made, snapshot)
        assert decided(found) == (19, "no_tracked_connection", "probable", None, None)
        assert found.blockers == ()


def test_rows_23_and_24_of_replies() -> None:
    ping = record(**PING)
    found = verdict(ping, organisation(acl=DEPENDS_ON_TYPE), log=[answered(ping)])
    assert decided(found) == (23, "depends_on_icmp_type", "conditional", None, None)
    assert verdict(LATE, organisation(without=["acl-e"])).row == 24


@pytest.mark.parametrize("more", [UDP, PING])
def test_row_22_nobody_could_have_seen_the_reverse_flow(more: Json) -> None:
    rejects = flow_logs(flow_log("REJECT"))
    for made, snapshot in (
        (record(NEIGHBOUR, **more), organisation(more=rejects)),
        (record(**more), organisation(more=rejects)),
        (
            record("10.1.0.20", **more),
            organisation([far_reference()], peering="failed", more=rejects),
        ),
        (record(direction="egress", **more), organisation(more=rejects)),
        (record(direction="egress", **more), organisation(acl=[], more=rejects)),
    ):
        found = verdict(made, snapshot)
        assert decided(found) == (22, "stage_unknown", "conditional", None, None)
        assert (found.element_type, found.blockers, found.phase) == (None, (), "unknown")


def test_row_22_leaves_other_rows_alone() -> None:
    made, rejects = record(**UDP), flow_logs(flow_log("REJECT"))
    assert verdict(made, organisation([ALL_IN], acl=[], more=rejects)).row == 5
    assert verdict(made, organisation(acl=[], more=rejects)).row == 7
    assert verdict(made, organisation([ALL_IN], more=rejects)).row == 11
    assert verdict(record(), organisation(more=rejects)).row == 6
    assert verdict(record(**NO_FLAGS), organisation(more=rejects)).row == 6
    assert verdict(made, organisation(more=rejects), log=[answered(made)]).row == 13


@pytest.mark.parametrize(
    ("made", "row"),
    [
        ([flow_log("REJECT", "eni-e")], 22),
        ([flow_log("REJECT", "subnet-e")], 22),
        ([flow_log(None)], 22),
        ([flow_log("REJECT", FlowLogStatus=None)], 22),
        ([flow_log("REJECT"), flow_log("ALL", "subnet-f")], 22),
        ([flow_log("REJECT"), flow_log("ALL", FlowLogStatus="INACTIVE")], 22),
        ([], 6),
        ([flow_log("REJECT", FlowLogStatus="INACTIVE")], 6),
        ([flow_log("REJECT", "subnet-f")], 6),
        ([flow_log("REJECT"), flow_log("ALL", "eni-e")], 6),
        ([flow_log("REJECT"), flow_log("ACCEPT", DeliverLogsStatus="FAILED")], 6),
    ],
)
def test_row_22_by_flow_logs(made: list[Json], row: int) -> None:
    assert verdict(record(**UDP), organisation(more=flow_logs(*made))).row == row


def test_row_22_by_whoever_lists_the_flow_logs() -> None:
    snapshot = of_another_account(organisation(more=flow_logs(flow_log("REJECT"))))
    assert verdict(record(**UDP), snapshot).row == 22


def test_a_reply_that_rests_on_a_later_snapshot_is_probable() -> None:
    later = organisation(acl=DENY_443, at=NOON + timedelta(hours=1))
    assert verdict(LATE, later, log=[answered(LATE, **SYN)]).certainty == "probable"
    found = verdict(LATE, organisation(acl=DENY_443), organisation(at=later.instant))
    assert (found.row, found.certainty, found.stable) == (5, "conditional", False)
