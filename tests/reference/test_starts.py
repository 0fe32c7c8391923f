"""What was let begin, and what was answered, since the snapshot that judges, by hand."""

from datetime import timedelta

import pytest

from .connections import accepted, answered
from .conversation import BEATS, START, answer, broken, packet
from .losses import loss
from .model import Json, Record
from .organisation import (
    ALL_IN,
    ALLOW_ALL,
    NEIGHBOUR,
    NOON,
    PEERED,
    THEIRS,
    entry,
    organisation,
    record,
    rule,
    verdict,
)

MADE = record(end_time=NOON + timedelta(minutes=3))
DENY = [entry(90, "deny"), *ALLOW_ALL]
SURE = {True: "probable", False: "certain"}


@pytest.mark.parametrize(
    ("seconds", "is_past"), [(61, False), (60, True), (0, True), (-60, True), (-61, False)]
)
def test_what_was_let_begin_since_the_snapshot(seconds: int, is_past: bool) -> None:
    found = verdict(MADE, organisation(), log=[accepted(MADE, seconds, srcport=40000)])
    assert (found.cause, found.certainty) == ("sg_ingress_miss", SURE[is_past])


def test_what_began_after_the_next_snapshot_is_of_another_time() -> None:
    later = organisation(at=NOON + timedelta(seconds=90))
    for seconds, is_past in ((-29, True), (-30, False)):
        found = verdict(MADE, organisation(), later, log=[accepted(MADE, seconds)])
        assert found.certainty == SURE[is_past]


UNLIKE: list[Json] = [
    {"dstport": 444},
    {"dstport": None},
    {"flow_direction": "egress"},
    {"srcaddr": NEIGHBOUR},
    {"interface_id": "eni-n"},
    {"protocol": 17},
    {"action": "REJECT"},
    {"tcp_flags": 18},
    {"tcp_flags": 0},
    {"tcp_flags": None},
]


@pytest.mark.parametrize("more", UNLIKE)
def test_what_is_not_alike_proves_nothing(more: Json) -> None:
    log = [accepted(MADE, 30, **more), answered(MADE)]
    assert verdict(MADE, organisation(), log=log).certainty == "certain"


def test_both_stages_and_references() -> None:
    by_group = [rule("tcp", (443, 443), group="sg-p", account=THEIRS)]
    deleted = organisation(ingress=by_group, peering="deleted")
    out = record(direction="egress")
    cases = [
        (MADE, organisation(acl=DENY), 7),
        (MADE, organisation(ingress=[ALL_IN], acl=DENY), 5),
        (record(PEERED), deleted, 10),
        (out, organisation(acl=DENY), 17),
        (out, organisation(egress=[ALL_IN], acl=DENY), 16),
    ]
    for made, snapshot, row in cases:
        for log, is_past in (([], False), ([accepted(made, 30)], True)):
            found = verdict(made, snapshot, log=log)
            assert (found.row, found.certainty) == (row, SURE[is_past])


LOST = packet()


def lost_beside(*others: Record) -> str:
    found = loss(LOST, [broken().snapshot()], [LOST, *others, *BEATS])
    assert found is not None and found.cause == "route_missing"
    return found.certainty


def test_others_that_were_answered_got_past_what_blocks() -> None:
    since = int((NOON - START).total_seconds()) + 60
    for seconds, is_past in ((since - 1, False), (since, True), (50, True), (51, False)):
        one = answer("eni-a", "ingress", seconds, dstport=40000)
        assert lost_beside(one) == SURE[is_past]


NO_ANSWER: list[Json] = [
    {"srcport": 444},
    {"srcport": None},
    {"dstport": None},
    {"srcaddr": "10.1.0.99"},
    {"dstaddr": "10.0.0.99"},
    {"interface_id": "eni-b"},
    {"protocol": 17},
    {"tcp_flags": 2},
    {"tcp_flags": None},
    {"action": None},
    {"flow_direction": "egress"},
]


@pytest.mark.parametrize("more", NO_ANSWER)
def test_what_is_no_answer_from_there_proves_nothing(more: Json) -> None:
    made = answer("eni-a", "ingress", dstport=40000) | more
    assert lost_beside(made) == "certain"
