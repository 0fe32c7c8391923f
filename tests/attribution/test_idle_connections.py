"""How long a connection is tracked, as its interface is set: what is its answer, and what is late.

What is expected stands here as docs/decision-table.md has it, by the timeouts that AWS documents:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ConnectionTrackingConfiguration.html
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from network_in_memory import holding
from reference.connections import accepted, answered, skipped
from reference.model import Json, Record, Snapshot
from reference.organisation import (
    ALL_IN,
    ALLOW_ALL,
    NEIGHBOUR,
    NOON,
    entry,
    organisation,
    record,
)

from pipeline.attribution.judge import run_stages
from pipeline.attribution.stages import REFUSED, TIMES

HOUR = timedelta(hours=1)
DENY = [entry(90, "deny"), *ALLOW_ALL]
NO_FLAGS: Json = {"tcp_flags": None}
UDP: Json = {"protocol": 17, "tcp_flags": None}
PING: Json = {"protocol": 1, "tcp_flags": None, "srcport": 0, "dstport": 0}
LATE = record(tcp_flags=0)
KEPT = {"TcpEstablishedTimeout": 350}


@pytest.fixture
def verdict(judge) -> Callable[..., dict]:
    def told(made: Record, log: list[Record], *snapshots: Snapshot) -> dict:
        rows = judge([made, *log], *snapshots)
        return next(row for row in rows if row["line_number"] == 2)

    return told


def both_ways(made: Record, seconds: int, **more) -> list[Record]:
    """Packets of both sides, that many seconds before, and a log that was whole since an hour."""
    begun = accepted(made, 3600, srcaddr=NEIGHBOUR, srcport=40000)
    return [accepted(made, seconds, **more), answered(made, seconds, **more), begun]


TRACKED = [
    (UDP, {"UdpStreamTimeout": 60}, 120),
    (UDP, {"UdpStreamTimeout": 120}, 180),
    (UDP, {"UdpTimeout": 60}, 240),
    (UDP, {"TcpEstablishedTimeout": 60}, 240),
    (NO_FLAGS, {"TcpEstablishedTimeout": 60}, 120),
    (NO_FLAGS, {"TcpEstablishedTimeout": 350}, 410),
    (NO_FLAGS, {"TcpEstablishedTimeout": 432000}, 3600),
    (NO_FLAGS, {"UdpStreamTimeout": 60}, 3600),
    (PING, {"TcpEstablishedTimeout": 60, "UdpStreamTimeout": 60}, 660),
]


@pytest.mark.parametrize(("more", "timeouts", "seconds"), TRACKED)
def test_what_it_answers_is_tracked_as_its_interface_is_set(
    verdict, more, timeouts, seconds
) -> None:
    """For so long, and a minute, by which a record's times may be off."""
    made = record(**more)
    for ago, source in ((seconds, "reverse-flow"), (seconds + 1, None)):
        found = verdict(made, [answered(made, ago)], organisation(acl=DENY, timeouts=timeouts))
        is_reply = found["phase_source"] == "reverse-flow"
        assert is_reply == (source == "reverse-flow")


def test_a_packet_of_either_side_keeps_it_tracked(verdict) -> None:
    made = record(**UDP)
    asked, heard = answered(made, 600), accepted(made, 240)
    assert verdict(made, [asked, heard], organisation(acl=DENY))["phase"] == "reply"
    assert verdict(made, [asked], organisation(acl=DENY))["phase"] == "unknown"


def test_a_setting_counts_from_the_snapshot_that_first_has_it(verdict) -> None:
    """The record is judged by the snapshot that precedes it by a minute, if there is one."""
    made = record(**UDP)
    log = [answered(made, 200)]
    before, after = made["start_time"] - timedelta(seconds=60), made["start_time"] + HOUR
    short = {"UdpStreamTimeout": 60}
    plain, cut = organisation(acl=DENY, at=NOON - HOUR), organisation(acl=DENY, timeouts=short)
    at = [
        ([plain, Snapshot(before, cut.answers)], "unknown"),
        ([plain, Snapshot(before + timedelta(seconds=1), cut.answers)], "reply"),
        ([Snapshot(NOON - HOUR, cut.answers), Snapshot(before, plain.answers)], "reply"),
        ([Snapshot(after, cut.answers)], "unknown"),
        ([Snapshot(NOON, cut.answers), Snapshot(after, plain.answers)], "unknown"),
    ]
    for snapshots, phase in at:
        assert verdict(made, log, *snapshots)["phase"] == phase


EXPIRED = (
    "its last packets that were let pass ended longer before than the 350 s for which its "
    "interface keeps an idle TCP connection: it had expired"
)


@pytest.mark.parametrize(
    ("direction", "rules", "cause"),
    [
        ("ingress", [], "no_tracked_connection"),
        ("ingress", [ALL_IN], "late_packet"),
        ("egress", [], "no_tracked_connection"),
    ],
)
def test_what_was_idle_for_too_long_had_expired(verdict, direction, rules, cause) -> None:
    made = record(direction=direction, tcp_flags=0)
    network = organisation(ingress=rules, timeouts=KEPT)
    for ago, is_expired in ((410, False), (411, True)):
        found = verdict(made, both_ways(made, ago), network)
        assert (found["cause"], found["certainty"]) == (cause, "probable")
        assert (EXPIRED in (found["note"] or "").split("; ")) == is_expired
        near = {
            "element_type": "interface",
            "element_id": "eni-e",
            "rule": "TcpEstablishedTimeout=350",
            "why": "expired",
        }
        assert found["nearest_miss"] == (near if is_expired else None)
        assert found["element_id"] is None


def of_the_end(found: dict) -> list[str]:
    words = ("its last packets", "packets that close", "the connection was there")
    return [one for one in (found["note"] or "").split("; ") if one.startswith(words)]


CLOSED = "packets that close its connection (FIN or RST) were let pass within the hour before"
THERE = (
    "the connection was there within the hour before: it was closed, has expired, or its packets "
    "take two ways"
)
V6 = (
    "its last packets that were let pass ended longer before than the 350 s after which Nitro v6 "
    "instances and later drop an idle TCP connection by default: where it is one of these, it has "
    "expired or was closed"
)
NOT_EXPIRED = {
    "closed by FIN": (both_ways(LATE, 411, tcp_flags=1), KEPT, [CLOSED]),
    "closed by RST": (both_ways(LATE, 411, tcp_flags=4), KEPT, [CLOSED]),
    "one way alone": ([answered(LATE, 411)], KEPT, [THERE]),
    "the other way alone": ([accepted(LATE, 411)], KEPT, [THERE]),
    "by default": (both_ways(LATE, 411), None, [V6, THERE]),
    "not for so long": (both_ways(LATE, 410), None, [THERE]),
    "by default, one way": ([answered(LATE, 411)], None, [THERE]),
    "a longer one": (both_ways(LATE, 411), {"TcpEstablishedTimeout": 351}, [THERE]),
    "of UDP": (both_ways(LATE, 411), {"UdpStreamTimeout": 60}, [V6, THERE]),
    "a log of less than an hour": (
        both_ways(LATE, 411)[:2],
        KEPT,
        [f"{EXPIRED} or was closed, unless the log lacks some of them"],
    ),
    "a gap": (
        [*both_ways(LATE, 411), skipped(LATE, 100, 50)],
        KEPT,
        [f"{EXPIRED} or was closed, unless the log lacks some of them"],
    ),
}


@pytest.mark.parametrize("name", NOT_EXPIRED)
def test_what_may_have_ended_otherwise_is_not_said_to_have_expired(verdict, name) -> None:
    log, timeouts, notes = NOT_EXPIRED[name]
    found = verdict(LATE, log, organisation(timeouts=timeouts))
    assert found["cause"] == "no_tracked_connection"
    assert of_the_end(found) == notes
    assert found["nearest_miss"] is None


def test_what_has_no_flags_may_have_been_closed(verdict) -> None:
    """From port 443 to an ephemeral one: an answer by its ports, when no flow shows it."""
    made = record(srcport=443, dstport=50000, **NO_FLAGS)
    found = verdict(made, both_ways(made, 411), organisation(timeouts=KEPT))
    assert (found["cause"], found["phase_source"]) == ("no_tracked_connection", "heuristic")
    assert of_the_end(found) == [f"{EXPIRED} or was closed"]
    assert found["nearest_miss"] is None


@pytest.mark.parametrize("timeouts", [{}, {"UdpTimeout": 30}, {"UdpTimeout": 60}])
def test_udp_that_is_no_stream_may_have_expired(verdict, timeouts) -> None:
    made, seconds = record(**UDP), timeouts.get("UdpTimeout", 30)
    note = (
        f"its last packets that were let pass ended longer before than the {seconds} s for which "
        "its interface keeps a UDP flow of no more than one question and its answer: if it was "
        "one, it has expired"
    )
    for ago, notes in ((seconds + 60, [THERE]), (seconds + 61, [note, THERE])):
        found = verdict(made, [answered(made, ago)], organisation(timeouts=timeouts))
        assert (found["cause"], found["phase"]) == ("no_tracked_connection", "reply")
        assert sorted(of_the_end(found)) == sorted(notes)


JUDGED_TOO = "its connection may have expired, for it was idle: then the groups judge it, too"


@pytest.mark.parametrize(
    ("made", "timeouts", "ago", "rules", "certainty"),
    [
        # The groups would let it in: the ACL alone refuses it, expired or not.
        (record(**UDP), None, 91, [ALL_IN], "certain"),
        (record(**UDP), None, 91, [], "probable"),
        (record(**UDP), None, 90, [], "certain"),
        (LATE, KEPT, 411, [ALL_IN], "certain"),
        (LATE, KEPT, 411, [], "probable"),
        (LATE, KEPT, 410, [], "certain"),
        # By default it is kept for five days on most instances.
        (LATE, None, 411, [], "certain"),
    ],
)
def test_what_the_acl_refuses_the_groups_refuse_too_if_it_had_expired(
    verdict, made, timeouts, ago, rules, certainty
) -> None:
    began = accepted(made, ago, tcp_flags=18 if made["protocol"] == 6 else None)
    log = [began, answered(made, ago)]
    found = verdict(made, log, organisation(acl=DENY, ingress=rules, timeouts=timeouts))
    assert (found["cause"], found["certainty"]) == ("nacl_ingress_deny_reply", certainty)
    assert (found["element_id"], found["rule"]) == ("acl-e", "90")
    said = JUDGED_TOO in (found["note"] or "").split("; ")
    assert said == (certainty == "probable")


def test_an_interface_without_groups_refuses_nothing_itself(verdict) -> None:
    made = record(**UDP)
    found = verdict(made, [answered(made, 91)], organisation(acl=DENY, groups=[]))
    assert (found["cause"], found["certainty"]) == ("nacl_ingress_deny_reply", "certain")
    assert JUDGED_TOO not in (found["note"] or "").split("; ")


@pytest.mark.parametrize(("rules", "certainty"), [([ALL_IN], "certain"), ([], "probable")])
def test_what_was_closed_the_groups_judge_too(verdict, rules, certainty) -> None:
    made = record(tcp_flags=18)
    found = verdict(made, [answered(made, 100, tcp_flags=6)], organisation(acl=DENY, ingress=rules))
    assert (found["cause"], found["certainty"]) == ("nacl_ingress_deny_reply", certainty)
    said = f"{CLOSED}: then the groups judge it, too" in (found["note"] or "").split("; ")
    assert said == (certainty == "probable")


def test_a_late_packet_of_who_began_likewise(verdict) -> None:
    for rules, certainty in (([], "probable"), ([ALL_IN], "certain")):
        log = [accepted(LATE, 411, tcp_flags=2), answered(LATE, 411)]
        network = organisation(acl=DENY, ingress=rules, timeouts=KEPT)
        found = verdict(LATE, log, network)
        assert (found["cause"], found["certainty"]) == ("nacl_ingress_deny", certainty)


def test_what_is_an_answer_by_its_ports_is_never_certain(verdict) -> None:
    made = record(srcport=443, dstport=50000, **NO_FLAGS)
    log = [answered(made, 411)]
    found = verdict(made, log, organisation(acl=DENY, ingress=[ALL_IN], timeouts=KEPT))
    assert (found["cause"], found["phase_source"]) == ("nacl_ingress_deny_reply", "heuristic")
    assert found["certainty"] == "probable"


AS_NEW = (
    "packets of its addresses and ports were let pass within the hour before, but longer ago than "
    "what is idle is tracked: it may be of a connection that had expired"
)


@pytest.mark.parametrize("more", [UDP, PING])
def test_what_is_judged_as_new_may_be_of_what_had_expired(verdict, more) -> None:
    made = record(**more)
    found = verdict(made, [answered(made, 661)], organisation())
    assert (found["cause"], found["phase"]) == ("sg_ingress_miss", "unknown")
    assert AS_NEW in found["note"].split("; ")
    found = verdict(made, [accepted(made, 661)], organisation())
    assert AS_NEW not in found["note"].split("; ")


def test_a_packet_to_a_service_may_be_of_what_had_expired(verdict) -> None:
    made = record(**NO_FLAGS)
    found = verdict(made, both_ways(made, 411), organisation(timeouts=KEPT))
    assert (found["cause"], found["phase"]) == ("sg_ingress_miss", "initial")
    assert AS_NEW in found["note"].split("; ")


def test_the_seconds_make_no_decision_of_their_own(memory, tmp_path) -> None:
    """Or each record would be a question by itself: those of one connection ask the same."""
    made = [LATE | {"start_time": LATE["start_time"] + timedelta(seconds=n)} for n in range(9)]
    log = [*made, *both_ways(LATE, 500)]
    with holding(memory, tmp_path, log, organisation(timeouts=KEPT)):
        run_stages(memory, (*TIMES, *REFUSED), {"since": None, "until": None})
        assert memory.execute("select count(*), max(idle) from keys").fetchone() == (1, "expired")
