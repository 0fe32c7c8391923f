"""What the log itself says of a refused packet: whether it answers something, or was there before.

What is expected stands here as rows 12 to 14, 18, 19 and 22 of the decision table say it.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from network_in_memory import answered as in_memory
from network_in_memory import holding
from network_on_disk import prepare, verdicts
from reference.connections import accepted, answered, flow_log, flow_logs, skipped
from reference.evaluator import evaluate
from reference.model import Json, Record, Snapshot
from reference.organisation import (
    ALL_IN,
    ALLOW_ALL,
    NEIGHBOUR,
    NOON,
    OURS,
    REGION,
    answer,
    entry,
    organisation,
    record,
    rule,
)

from pipeline import api
from pipeline.attribution.stages import STAGES

DENY_443 = [entry(90, "deny", "6", ports=(443, 443)), *ALLOW_ALL]
NO_ICMP = [entry(90, "deny", "1"), *ALLOW_ALL]
# An echo reply is of type 0, so 32767 decides; a question is of type 8, of which 90 speaks.
BY_TYPE = [entry(90, "deny", "1", kind=8), entry(95, "allow", "6")]
PING = {"protocol": 1, "tcp_flags": None, "srcport": 0, "dstport": 0}
UDP = {"protocol": 17, "tcp_flags": None}


def network(logs: list[Json] | None = None, **more) -> list[Snapshot]:
    """Two snapshots that agree, with the flow logs that there are."""
    made = organisation(**more)
    extra = [answer(OURS, REGION, call, body, ()) for call, body in flow_logs(*logs or []).items()]
    answers = (*made.answers, *extra)
    return [Snapshot(at, answers) for at in (NOON, NOON + timedelta(days=1))]


@pytest.fixture
def verdict(judge) -> Callable[..., dict]:
    def told(made: Record, log: list[Record], snapshots: list[Snapshot]) -> dict:
        rows = judge([made, *log], *snapshots)
        return next(row for row in rows if row["line_number"] == 2)

    return told


def test_a_ping_that_came_in_makes_what_goes_out_its_answer(verdict) -> None:
    made = record(direction="egress", **PING)
    found = verdict(made, [answered(made, 0)], network(acl=NO_ICMP, egress=[ALL_IN]))
    assert (found["phase"], found["phase_source"]) == ("reply", "reverse-flow")
    assert (found["cause"], found["certainty"]) == ("nacl_egress_deny_reply", "certain")
    assert (found["element_id"], found["rule"]) == ("acl-e", "90")


def test_a_ping_may_be_a_question_of_its_own_that_the_groups_refuse_too(verdict) -> None:
    made = record(direction="egress", **PING)
    found = verdict(made, [answered(made, 0)], network(acl=NO_ICMP))
    assert (found["cause"], found["certainty"]) == ("nacl_egress_deny_reply", "probable")
    assert "no log has the type of ICMP" in found["note"]


@pytest.mark.parametrize(("ago", "certainty"), [(60, "probable"), (61, "certain")])
def test_what_the_acl_let_pass_since_the_snapshot_it_may_not_refuse(
    verdict, ago, certainty
) -> None:
    made = record(direction="egress", tcp_flags=0)
    shut = network(acl=[entry(90, "deny"), *ALLOW_ALL])
    found = verdict(made, [accepted(made, ago, **SYN)], shut)
    assert (found["cause"], found["certainty"]) == ("nacl_egress_deny", certainty)
    said = "were let pass since the snapshot" in (found["note"] or "")
    assert said == (certainty == "probable")


MIXED = "the same flow was let pass within the window of the record, too"


@pytest.mark.parametrize(
    ("ago", "lasts", "is_mixed"),
    [(-60, 0, True), (-61, 0, False), (30, 30, True), (30, 29, False), (0, 0, True)],
)
def test_one_flow_accepted_and_refused_in_one_window_leaves_doubt(
    verdict, ago, lasts, is_mixed
) -> None:
    made = record(end_time=NOON + timedelta(minutes=3), **UDP)
    passed = accepted(made, ago)
    passed["end_time"] = passed["start_time"] + timedelta(seconds=lasts)
    found = verdict(made, [passed], network())
    assert (found["cause"], found["certainty"]) == ("sg_ingress_miss", "probable")
    assert (MIXED in found["note"]) == is_mixed


def test_icmp_that_passed_in_the_window_may_be_of_another_type(verdict) -> None:
    made = record(end_time=NOON + timedelta(minutes=3), **PING)
    found = verdict(made, [accepted(made, 0)], network())
    assert (found["cause"], found["certainty"]) == ("sg_ingress_miss", "probable")
    assert "too: of another type, which no record has" in found["note"]
    assert MIXED not in found["note"]


@pytest.mark.parametrize("acl", [DENY_443, ALLOW_ALL])
def test_what_an_acl_let_pass_in_the_window_it_does_not_surely_refuse(verdict, acl) -> None:
    made = record(end_time=NOON + timedelta(minutes=3), tcp_flags=16)
    back = answered(made, 100, tcp_flags=18)
    alike = accepted(made, -30)
    logs = [back], [back, alike]
    sure, mixed = (verdict(made, log, network(acl=acl)) for log in logs)
    for log, found in zip(logs, (sure, mixed), strict=True):
        expected = evaluate(made, network(acl=acl), [made, *log])
        assert (expected.cause, expected.certainty) == (found["cause"], found["certainty"])
    assert sure["cause"] == mixed["cause"]
    if acl is DENY_443:
        assert (sure["certainty"], mixed["certainty"]) == ("certain", "probable")
        assert MIXED in mixed["note"] and MIXED not in (sure["note"] or "")
    else:
        # That late packets are refused of what passed before is what the cause says.
        assert mixed["cause"] == "no_tracked_connection" and MIXED not in (mixed["note"] or "")


def test_what_passed_in_the_window_was_not_unsolicited(verdict) -> None:
    made = record(end_time=NOON + timedelta(minutes=3), tcp_flags=16)
    log = [skipped(made, 4000, 3990, "NODATA")]
    watched = network([flow_log()])
    assert verdict(made, log, watched)["cause"] == "unsolicited_packet"
    log.append(accepted(made, -30))
    assert verdict(made, log, watched)["cause"] == "no_tracked_connection"


def test_a_start_that_is_not_explained_says_where_another_passed(verdict) -> None:
    made = record()
    shut = network(ingress=[ALL_IN])
    found = verdict(made, [accepted(made, 30, srcport=40000)], shut)
    assert found["cause"] == "not_explained"
    assert "was let begin since the snapshot, too" in found["note"]
    assert "let begin" not in (verdict(made, [], shut)["note"] or "")


NOT_ANSWERED = {
    "later": {"seconds": -1},
    "long before": {"seconds": 661},
    "refused": {"action": "REJECT"},
    "another interface's": {"interface_id": "eni-n"},
    "another protocol": {"protocol": 17},
    "the same direction": {"flow_direction": "egress"},
}


def test_a_record_without_ports_is_of_no_flow_that_is_known(verdict) -> None:
    made = record(dstport=0, **UDP)
    other = answered(made, 0, srcport=None)
    found = verdict(made, [other], network(acl=[entry(90, "deny"), *ALLOW_ALL]))
    assert found["phase"] == "unknown"
    other["srcport"] = 0
    assert verdict(made, [other], network(acl=[entry(90, "deny"), *ALLOW_ALL]))["phase"] == "reply"


@pytest.mark.parametrize("name", NOT_ANSWERED)
def test_what_no_packet_can_be_the_answer_of_makes_none(verdict, name) -> None:
    made = record(direction="egress", **PING)
    more = dict(NOT_ANSWERED[name])
    other = answered(made, more.pop("seconds", 0), **more)
    found = verdict(made, [other], network(acl=NO_ICMP, egress=[ALL_IN]))
    assert (found["phase"], found["cause"]) == ("unknown", "nacl_egress_deny")


FOLLOWED = {
    "udp": (UDP, 240),
    "ping": (PING, 660),
    "gre": ({"protocol": 47, "tcp_flags": None, "srcport": 0, "dstport": 0}, 660),
    "tcp": ({"tcp_flags": None}, 3600),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_it_answers_is_tracked_for_so_long(verdict, name) -> None:
    """Three minutes, ten, or for TCP the hour that is looked at, and the minute of a late start."""
    more, seconds = FOLLOWED[name]
    deny = [entry(90, "deny"), *ALLOW_ALL]
    made = record(**more)
    for ago, answers in ((seconds, True), (seconds + 1, False)):
        log = [answered(made, ago)]
        shut = network(acl=deny, ingress=[ALL_IN])
        found = verdict(made, log, shut)
        expected = ("nacl_ingress_deny_reply", "certain")
        assert (found["cause"], found["certainty"]) == (
            expected if answers else ("nacl_ingress_deny", "probable")
        )


def test_what_it_answers_is_tracked_from_its_last_packet(verdict) -> None:
    made = record(**UDP)
    for ago, cause in ((240, "nacl_ingress_deny_reply"), (241, "nacl_ingress_deny")):
        end = made["start_time"] - timedelta(seconds=ago)
        log = [answered(made, 600, end_time=end)]
        shut = network(acl=[entry(90, "deny"), *ALLOW_ALL], ingress=[ALL_IN])
        assert verdict(made, log, shut)["cause"] == cause


def test_a_syn_ack_whose_syn_was_seen_is_certainly_an_answer(verdict) -> None:
    made = record(direction="egress", tcp_flags=18)
    seen = verdict(made, [answered(made, 1)], network(acl=DENY_443))
    unseen = verdict(made, [], network(acl=DENY_443))
    assert (seen["cause"], seen["certainty"]) == ("nacl_egress_deny_reply", "certain")
    assert (unseen["cause"], unseen["certainty"]) == ("nacl_egress_deny_reply", "probable")
    assert "was not logged within the hour before" in unseen["note"]


LATE = record(tcp_flags=16)
SYN, SYN_ACK = {"tcp_flags": 2}, {"tcp_flags": 18}
SIDES = {
    "it answered the SYN": ([answered(LATE, **SYN)], "nacl_ingress_deny_reply", "certain"),
    "it sent the SYN-ACK": (
        [accepted(LATE, 61, **SYN_ACK), answered(LATE)],
        "nacl_ingress_deny_reply",
        "certain",
    ),
    "it sent the SYN": ([accepted(LATE, 61, **SYN)], "nacl_ingress_deny", "certain"),
    "it got the SYN-ACK": ([answered(LATE, **SYN_ACK)], "nacl_ingress_deny", "certain"),
    "no start": ([answered(LATE)], "nacl_ingress_deny", "probable"),
    "no flags": ([answered(LATE, tcp_flags=None)], "nacl_ingress_deny", "probable"),
    "both": (
        [answered(LATE, **SYN), accepted(LATE, 60, **SYN)],
        "nacl_ingress_deny",
        "probable",
    ),
    "nothing": ([], "nacl_ingress_deny", "probable"),
}


@pytest.mark.parametrize("name", SIDES)
def test_a_late_packet_is_an_answer_where_the_other_side_began(verdict, name) -> None:
    """From a client's port to 443: where the log does not show who began, the ports tell."""
    log, cause, certainty = SIDES[name]
    found = verdict(LATE, log, network(acl=DENY_443))
    assert (found["cause"], found["certainty"]) == (cause, certainty)
    assert (found["element_id"], found["rule"], found["phase"]) == ("acl-e", "90", "late")
    assert found["leg"] == ("reply" if cause.endswith("_reply") else "forward")
    said = "which side began the connection is told from the ports" in (found["note"] or "")
    assert said == (certainty == "probable")


BY_PORTS = [
    (443, 50000, "_reply"),
    (50000, 443, ""),
    (5432, 50000, "_reply"),
    (5433, 50000, ""),
    (443, 1023, ""),
]


@pytest.mark.parametrize(("src_port", "dst_port", "suffix"), BY_PORTS)
def test_which_side_a_late_packet_is_of_by_its_ports(
    memory, tmp_path, src_port, dst_port, suffix
) -> None:
    """E may call PostgreSQL, at 5432; a port of all addresses and ports names none."""
    postgres = [rule("tcp", (5432, 5432), cidr="10.0.0.0/8"), ALL_IN]
    made = record(tcp_flags=0, srcport=src_port, dstport=dst_port)
    shut = organisation(acl=[entry(90, "deny"), *ALLOW_ALL], egress=postgres)
    with holding(memory, tmp_path, [made], shut):
        (found,) = in_memory(memory, STAGES, "from decisions_made")
    assert (found["cause"], found["certainty"]) == (f"nacl_ingress_deny{suffix}", "probable")


def test_what_goes_out_late_is_told_likewise(memory, tmp_path) -> None:
    made = record(direction="egress", tcp_flags=0)
    log = [made, accepted(made, 61, **SYN)]
    with holding(memory, tmp_path, log, organisation(acl=[entry(90, "deny"), *ALLOW_ALL])):
        (found,) = in_memory(memory, STAGES, "from decisions_made")
    assert (found["cause"], found["certainty"]) == ("nacl_egress_deny", "certain")


def watched(made: Record) -> list[Record]:
    """Another flow of the interface, begun an hour before: the log was whole since."""
    return [accepted(made, 3600, srcaddr=NEIGHBOUR, srcport=40000)]


UNASKED = record(tcp_flags=0, srcport=443, dstport=50000)


def test_what_nobody_asked_for_is_unsolicited_where_the_log_would_show_it(verdict) -> None:
    found = verdict(UNASKED, watched(UNASKED), network([flow_log("ALL")]))
    assert (found["cause"], found["certainty"]) == ("unsolicited_packet", "probable")


UNPROVEN = {
    "no flow log": ([], []),
    "refused flows alone": ([flow_log("REJECT")], []),
    "no delivery": ([flow_log("ALL", DeliverLogsStatus="FAILED")], []),
    "another's flow log": ([flow_log("ALL", resource="vpc-b")], []),
    "a gap": (
        [flow_log("ALL")],
        [skipped(UNASKED, 60, 30)],
    ),
    "a flow before": ([flow_log("ALL")], [accepted(UNASKED, 60)]),
    "a question before": ([flow_log("ALL")], [answered(UNASKED, 60)]),
}


@pytest.mark.parametrize("name", UNPROVEN)
def test_without_proof_it_may_be_of_a_connection_that_was_there(verdict, name) -> None:
    logs, more = UNPROVEN[name]
    found = verdict(UNASKED, [*watched(UNASKED), *more], network(logs))
    assert found["cause"] == "no_tracked_connection"


def test_without_an_hour_of_log_before_it_nothing_is_proven(verdict) -> None:
    short = [accepted(UNASKED, 3599, srcaddr=NEIGHBOUR, srcport=40000)]
    found = verdict(UNASKED, short, network([flow_log("ALL")]))
    assert found["cause"] == "no_tracked_connection"


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_what_no_group_tracks_cannot_come_late(verdict, direction) -> None:
    made = record(direction=direction, tcp_flags=1)
    found = verdict(made, [], network(ingress=[ALL_IN], egress=[ALL_IN]))
    assert (found["cause"], found["certainty"]) == ("not_explained", "unknown")


def test_where_only_refused_flows_are_logged_both_readings_stay(verdict) -> None:
    made = record(**UDP)
    blind = verdict(made, [], network([flow_log("REJECT")]))
    assert (blind["cause"], blind["certainty"]) == ("stage_unknown", "conditional")
    assert "if it is new the groups decide, if it answers something" in blind["note"]
    assert (blind["element_id"], blind["blockers"]) == (None, [])
    seeing = verdict(made, [], network([flow_log("ALL")]))
    assert (seeing["cause"], seeing["certainty"]) == ("sg_ingress_miss", "probable")


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_where_the_rule_depends_on_the_type_of_icmp_none_is_named(verdict, direction) -> None:
    made = record(direction=direction, **PING)
    opened = {"ingress": [ALL_IN], "egress": [ALL_IN]}
    found = verdict(made, [answered(made, 0)], network(acl=BY_TYPE, **opened))
    assert (found["cause"], found["certainty"]) == (f"nacl_{direction}_deny_reply", "probable")
    assert (found["element_id"], found["rule"], found["stable"]) == ("acl-e", None, True)
    assert [one["rule"] for one in found["blockers"]] == [None]
    assert "which of the ACL's rules denies it depends on the ICMP type" in found["note"]
    # Behind an entry for every type those for some never decide.
    found = verdict(made, [answered(made, 0)], network(acl=[entry(80, "deny"), *BY_TYPE], **opened))
    assert (found["certainty"], found["rule"]) == ("certain", "80")


def test_of_what_is_no_answer_no_such_rule_is_named_either(verdict) -> None:
    found = verdict(record(**PING), [], network(acl=BY_TYPE, ingress=[ALL_IN]))
    assert (found["cause"], found["certainty"]) == ("nacl_ingress_deny", "probable")
    assert (found["element_id"], found["rule"]) == ("acl-e", None)


def test_row_22_names_the_acl_without_a_rule_that_depends_on_the_type(verdict) -> None:
    made = record(direction="egress", **PING)
    found = verdict(made, [], network([flow_log("REJECT")], acl=BY_TYPE))
    assert found["cause"] == "stage_unknown"
    assert "if it answers something acl-e: log accepted traffic" in found["note"]


def test_what_was_there_before_the_window_counts(tmp_path) -> None:
    made = record(direction="egress", **PING)
    open_groups = network(acl=NO_ICMP, egress=[ALL_IN])
    settings = prepare(tmp_path, [made, answered(made, 60)], *open_groups)
    api.attribute(made["start_time"], made["start_time"] + timedelta(seconds=1), settings)
    (found,) = verdicts(settings)
    assert (found["cause"], found["certainty"]) == ("nacl_egress_deny_reply", "certain")
