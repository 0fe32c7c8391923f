"""Where others were answered since the snapshot that judges, what it shows to block is not sure.

A SYN of E to T comes to nothing ten minutes after the snapshot of noon, for no route leads there;
what is answered since a minute after noon, until the record ends, got past that.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from losses_in_memory import (
    DAY,
    SENT,
    answer,
    at,
    flow,
    heartbeat,
    losses,
    watched,
)
from reference.model import Json, Record
from wide_network import D, E, F, Network, T, of, plain, route

LOST = flow("eni-e", E, T)
NOTE = "to the same port there were answered since the snapshot"


@pytest.fixture
def told(memory, tmp_path) -> Callable[..., dict]:
    def found(records: list[Record], network: Network | None = None, **more) -> dict:
        rows = losses(memory, tmp_path, records, watched(network or plain()), **more)
        return next(row for row in rows if row["record"] == 0)

    return found


def answered(seconds: int = 30, **more) -> Record:
    """The SYN-ACK of another connection, so many seconds before the SYN that was lost."""
    start = SENT - timedelta(seconds=seconds)
    return answer(LOST) | {"dstport": 40000, "start_time": start, "end_time": start} | more


def assert_in_doubt(row: dict, is_in_doubt: bool, cause: str = "route_missing") -> None:
    assert (row["cause"], row["leg"]) == (cause, "forward")
    assert row["certainty"] == ("probable" if is_in_doubt else "certain")
    assert (NOTE in row["note"]) == is_in_doubt if row["note"] else not is_in_doubt


@pytest.mark.parametrize(
    ("seconds", "is_in_doubt"),
    [(541, False), (540, True), (0, True), (-15, True), (-16, False)],
)
def test_from_the_snapshot_on_until_the_record_ends(told, seconds, is_in_doubt) -> None:
    assert_in_doubt(told([LOST, answered(seconds)]), is_in_doubt)


def test_one_before_the_snapshot_hides_none_after_it_in_the_same_hour(told) -> None:
    assert_in_doubt(told([LOST, answered(570), answered(30)]), True)


ALIKE: dict[str, Json] = {
    "ended": {"tcp_flags": 19},
    "refused": {"action": "REJECT"},
    "no direction": {"flow_direction": None},
    "no own addresses": {"pkt_srcaddr": None, "pkt_dstaddr": None},
}
UNLIKE: dict[str, Json] = {
    "another port": {"srcport": 444},
    "no port": {"srcport": None},
    "no port of its own": {"dstport": None},
    "another peer": {"srcaddr": D, "pkt_srcaddr": D},
    "another address of its own": {"dstaddr": F, "pkt_dstaddr": F},
    "another interface": {"interface_id": "eni-f"},
    "another protocol": {"protocol": 17},
    "the other direction": {"flow_direction": "egress"},
    "a question": {"tcp_flags": 2},
    "reset": {"tcp_flags": 4},
    "what comes later": {"tcp_flags": 16},
    "no flags": {"tcp_flags": None},
    "no flow": {"action": None, "log_status": "NODATA"},
}


@pytest.mark.parametrize("name", [*ALIKE, *UNLIKE])
def test_a_syn_ack_from_there_shows_that_the_way_was_open(told, name) -> None:
    more = (ALIKE | UNLIKE)[name]
    assert_in_doubt(told([LOST, answered(**more)]), name in ALIKE)


def test_whatever_blocks_the_way(told) -> None:
    shut = plain(route("10.1.0.0/16", "pcx-b"))
    of(shut, "pcx-b").update(Status={"Code": "expired"})
    assert_in_doubt(told([LOST], shut), False, "peering_not_active")
    assert_in_doubt(told([LOST, answered()], shut), True, "peering_not_active")


def test_a_later_snapshot_shows_what_stood_after_it(told) -> None:
    late = LOST | {"start_time": SENT + DAY, "end_time": SENT + DAY}
    beats = [heartbeat("eni-e", minutes) for minutes in (5, 1500)]
    for seconds, is_in_doubt in ((600, False), (540, True)):
        one = answered(seconds - 86400)
        assert_in_doubt(told([late, one], beats=beats), is_in_doubt)


def test_a_host_that_resets_is_told_by_the_logs(told) -> None:
    reset = {"tcp_flags": 4}
    heard = at(LOST, "eni-t")
    back = answer(heard) | reset
    open_ways = plain(route("10.1.0.0/16", "pcx-b"))
    row = told([LOST, heard, back, at(back, "eni-e"), answered()], open_ways)
    assert (row["cause"], row["certainty"]) == ("host_refused", "certain")
    assert NOTE not in row["note"]


def test_an_answer_is_lost_whatever_was_answered_before(told) -> None:
    """Its way is another: what E got before says nothing of what it sends back."""
    asked = flow("eni-e", E, T, "ingress", srcaddr=T, dstaddr=E, pkt_srcaddr=T, pkt_dstaddr=E)
    sent = answer(asked)
    begun = flow("eni-e", E, T, srcport=41000, dstport=50000)
    row = told([sent, asked, begun, answered(srcport=50000)])
    assert (row["cause"], row["certainty"], row["leg"]) == ("route_missing", "certain", "reply")


def test_each_port_is_told_by_its_own_answers(memory, tmp_path) -> None:
    log = [LOST, LOST | {"dstport": 444}, answered()]
    rows = losses(memory, tmp_path, log, watched(plain()))
    assert [(row["record"], row["certainty"]) for row in rows] == [(0, "probable"), (1, "certain")]


def test_each_record_is_told_once(memory, tmp_path) -> None:
    """The first answer counts, for one of two records alike."""
    again = LOST | {"start_time": SENT + timedelta(hours=1), "end_time": SENT + timedelta(hours=1)}
    log = [LOST, again, *(answered(-seconds) for seconds in (600, 900, 1200))]
    beats = [heartbeat("eni-e", minutes) for minutes in (5, 100)]
    rows = losses(memory, tmp_path, log, watched(plain()), beats=beats)
    assert [(row["record"], row["certainty"]) for row in rows] == [(0, "certain"), (1, "probable")]
