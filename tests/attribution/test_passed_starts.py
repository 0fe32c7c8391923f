"""What groups and ACL let begin since the snapshot that judges they do not surely refuse.

A record is refused two minutes after the snapshot of noon, which judges from a minute after it:
from then on, until the record ends, what was let begin counts.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from network_on_disk import at, prepare, verdicts
from reference.connections import accepted
from reference.connections import answered as reversed_flow
from reference.model import Json, Record, Snapshot
from reference.organisation import (
    ALL_IN,
    ALLOW_ALL,
    FAR,
    NEIGHBOUR,
    NOON,
    PEERED,
    THEIRS,
    E,
    entry,
    organisation,
    record,
    rule,
)

from pipeline import api

MADE = record(end_time=NOON + timedelta(minutes=3))
NOTE = "to the same port, was let begin since the snapshot"
DENY = [entry(90, "deny"), *ALLOW_ALL]
BY_GROUP = [rule("tcp", (443, 443), group="sg-p", account=THEIRS)]


@pytest.fixture
def verdict(judge) -> Callable[..., dict]:
    """Give what judges a log of which one record is refused."""

    def told(log: list[Record], *snapshots: Snapshot) -> dict:
        (row,) = judge(log, *snapshots or (organisation(),))
        return row

    return told


def begun(seconds: int, made: Record = MADE, **more) -> Record:
    """Another connection to the same port, let begin so many seconds before."""
    return accepted(made, seconds, **({"srcport": 40000} | more))


def assert_in_doubt(row: dict, is_in_doubt: bool) -> None:
    assert row["certainty"] == ("probable" if is_in_doubt else "certain")
    assert (NOTE in (row["note"] or "")) == is_in_doubt


@pytest.mark.parametrize(
    ("seconds", "is_in_doubt"),
    [(61, False), (60, True), (1, True), (0, True), (-60, True), (-61, False)],
)
def test_from_the_snapshot_on_until_the_record_ends(verdict, seconds, is_in_doubt) -> None:
    row = verdict([MADE, begun(seconds)])
    assert row["cause"] == "sg_ingress_miss"
    assert_in_doubt(row, is_in_doubt)


def test_one_before_the_snapshot_hides_none_after_it_in_the_same_hour(verdict) -> None:
    assert_in_doubt(verdict([MADE, begun(90), begun(30)]), True)


def test_a_record_without_an_end_ends_as_it_starts(verdict) -> None:
    for seconds in (0, -1):
        assert_in_doubt(verdict([MADE | {"end_time": None}, begun(seconds)]), seconds == 0)


@pytest.mark.parametrize(("flags", "port"), [(2, MADE["srcport"]), (3, 40000), (7, None)])
def test_any_flags_with_a_syn_and_no_ack_and_any_source_port(verdict, flags, port) -> None:
    assert_in_doubt(verdict([MADE, begun(30, tcp_flags=flags, srcport=port)]), True)


UNLIKE: dict[str, Json] = {
    "another port": {"dstport": 444},
    "no port": {"dstport": None},
    "the other direction": {"flow_direction": "egress"},
    "another peer": {"srcaddr": NEIGHBOUR},
    "another address of its own": {"dstaddr": "10.0.1.11"},
    "another peer's packet": {"pkt_srcaddr": NEIGHBOUR},
    "another interface": {"interface_id": "eni-n"},
    "another protocol": {"protocol": 17},
    "refused, too": {"action": "REJECT"},
    "an answer": {"tcp_flags": 18},
    "an answer that ended": {"tcp_flags": 19},
    "what comes later": {"tcp_flags": 16},
    "no SYN": {"tcp_flags": 0},
    "no flags": {"tcp_flags": None},
}


@pytest.mark.parametrize("name", UNLIKE)
def test_what_is_not_alike_proves_nothing(judge, name) -> None:
    """Nor does the answer of a connection that the interface began to the same ends."""
    row = judge([MADE, begun(30, **UNLIKE[name]), reversed_flow(MADE)], organisation())[0]
    assert row["line_number"] == 2
    assert_in_doubt(row, False)


ALIKE: dict[str, Json] = {
    "the packet's addresses are told": {"pkt_srcaddr": FAR, "pkt_dstaddr": E},
    "others are shown in their place": {
        "pkt_srcaddr": FAR, "pkt_dstaddr": E, "srcaddr": "10.0.0.7", "dstaddr": "10.0.1.11"
    },
    "no direction is told": {"flow_direction": None},
    "less is told of the interface": {"account_id": "1", "vpc_id": "vpc-x", "subnet_id": "s"},
}  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_a_log_of_another_format_tells_as_much(verdict, name) -> None:
    assert_in_doubt(verdict([MADE, begun(30, **ALIKE[name])]), True)


MISSING: dict[str, tuple[Record, Snapshot, str]] = {
    "row 4": (record(NEIGHBOUR), organisation(), "sg_ingress_miss"),
    "row 5": (record(), organisation(ingress=[ALL_IN], acl=DENY), "nacl_ingress_deny"),
    "row 6": (record(), organisation(), "sg_ingress_miss"),
    "row 7": (record(), organisation(acl=DENY), "sg_and_nacl"),
    "row 8": (record(), organisation(groups=[], acl=DENY), "nacl_ingress_deny"),
    "row 10": (
        record(PEERED),
        organisation(ingress=BY_GROUP, peering="deleted"),
        "sg_reference_ineffective",
    ),
    "row 15": (record(direction="egress"), organisation(), "sg_egress_miss"),
    "row 16": (
        record(direction="egress"),
        organisation(egress=[ALL_IN], acl=DENY),
        "nacl_egress_deny",
    ),
    "row 17": (record(direction="egress"), organisation(acl=DENY), "sg_and_nacl"),
}


@pytest.mark.parametrize("name", MISSING)
def test_whatever_groups_and_acl_decide(verdict, name) -> None:
    made, snapshot, cause = MISSING[name]
    for log, is_in_doubt in (([], False), ([begun(30, made)], True)):
        row = verdict([made, *log], snapshot)
        assert row["cause"] == cause
        assert_in_doubt(row, is_in_doubt)


@pytest.mark.parametrize("reason", ["BPA", "EC"])
def test_what_the_record_itself_says_stays_certain(verdict, reason) -> None:
    made = MADE | {"reject_reason": reason}
    assert_in_doubt(verdict([made, begun(30, made, reject_reason=None)]), False)


def test_what_began_before_the_snapshot_that_judges_is_not_of_its_time(verdict) -> None:
    """A later snapshot shows what stood after it: only what passed since then counts."""
    made = record(start_time=NOON + timedelta(hours=2), end_time=None)
    both = organisation(), at(organisation(), NOON + timedelta(hours=1))
    for seconds in (7000, 3600, 3541):
        assert_in_doubt(verdict([made, begun(seconds, made)], *both), False)
    for seconds in (3540, 60):
        assert_in_doubt(verdict([made, begun(seconds, made)], *both), True)


def test_each_record_is_told_once_however_many_began(judge) -> None:
    """The first of several counts; not of records before it, or that another snapshot judges."""
    again = timedelta(days=1)
    times = [timedelta(minutes=2), timedelta(minutes=30), again + timedelta(minutes=2)]
    refused = [record(start_time=NOON + one, end_time=NOON + one) for one in times]
    log = [begun(-seconds, srcport=seconds) for seconds in (1200, 600, 900, 80000)]
    rows = judge([*refused, *log], organisation(), at(organisation(), NOON + again))
    told = [(row["line_number"], row["certainty"]) for row in rows[:3]]
    assert told == [(2, "certain"), (3, "probable"), (4, "certain")]


def test_a_window_that_is_judged_alone_looks_back_two_days(tmp_path) -> None:
    made = record(start_time=NOON + timedelta(days=4), end_time=NOON + timedelta(days=4))
    for number, (days, certainty) in enumerate(((2, "probable"), (3, "certain"))):
        log = [made, begun(days * 86400, made)]
        settings = prepare(tmp_path / str(number), log, organisation())
        api.attribute(made["start_time"], made["start_time"] + timedelta(seconds=1), settings)
        (row,) = verdicts(settings)
        assert row["certainty"] == certainty
