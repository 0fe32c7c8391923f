"""Which snapshot judges a record, and what is said where two of them differ."""

from datetime import timedelta

import pytest
from network_on_disk import at, load, prepare, verdicts
from reference.connections import answered
from reference.dumps import write_log
from reference.model import Answer, Snapshot
from reference.organisation import (
    ALL_IN,
    ALLOW_ALL,
    NOON,
    THEIRS,
    entry,
    organisation,
    record,
)

from pipeline import api

CLOSED = organisation()
OPEN = organisation(ingress=[ALL_IN])
BY_ACL = organisation(ingress=[ALL_IN], acl=[entry(90, "deny")])
HOUR = timedelta(hours=1)


def started(after_noon: timedelta) -> dict:
    return record(start_time=NOON + after_noon, end_time=NOON + after_noon)


def test_the_last_snapshot_a_minute_before_the_record_judges_it(judge) -> None:
    records = [started(timedelta(seconds=seconds)) for seconds in (59, 60, 3659, 3660)]
    rows = judge(records, CLOSED, at(BY_ACL, NOON + HOUR))
    assert [row["observed_before"] for row in rows] == [None, NOON, NOON, NOON + HOUR]
    assert [row["observed_after"] for row in rows] == [NOON, NOON + HOUR, NOON + HOUR, None]
    assert [row["cause"] for row in rows] == ["sg_ingress_miss"] * 3 + ["nacl_ingress_deny"]


def test_the_same_answer_in_both_snapshots_is_stable(judge) -> None:
    (row,) = judge([record()], CLOSED, at(CLOSED, NOON + HOUR))
    assert (row["stable"], row["certainty"]) == (True, "certain")


def test_another_answer_in_the_next_snapshot_is_said_and_makes_it_conditional(judge) -> None:
    (row,) = judge([record()], CLOSED, at(BY_ACL, NOON + HOUR))
    assert (row["stable"], row["certainty"]) == (False, "conditional")
    assert "the next snapshot answers otherwise: nacl_ingress_deny acl-e 90" in row["note"]


def test_that_the_next_snapshot_has_no_such_interface_contradicts_nothing(judge) -> None:
    """Interfaces of what scales by itself are gone soon: what stood before still counts."""
    (row,) = judge([record()], CLOSED, at(organisation(without=["eni-e"]), NOON + HOUR))
    assert (row["cause"], row["certainty"], row["stable"]) == ("sg_ingress_miss", "certain", None)
    assert row["note"] == "the next snapshot has no such interface"
    assert row["observed_after"] == NOON + HOUR


def test_an_interface_that_neither_snapshot_has_is_unknown_in_both(judge) -> None:
    gone = organisation(without=["eni-e"])
    (row,) = judge([record()], gone, at(gone, NOON + HOUR))
    assert (row["cause"], row["stable"]) == ("interface_unknown", True)
    assert "has no such interface" not in row["note"]


def test_an_interface_that_only_the_next_snapshot_has_answers_otherwise(judge) -> None:
    (row,) = judge([record()], organisation(without=["eni-e"]), at(CLOSED, NOON + HOUR))
    assert (row["cause"], row["certainty"], row["stable"]) == (
        "interface_unknown",
        "unknown",
        False,
    )
    assert "the next snapshot answers otherwise: sg_ingress_miss sg-e" in row["note"]


def test_what_the_earlier_snapshot_allows_is_not_forced_onto_the_later_rule(judge) -> None:
    (row,) = judge([record()], OPEN, at(CLOSED, NOON + HOUR))
    assert (row["cause"], row["certainty"], row["element_id"]) == ("not_explained", "unknown", None)
    assert "the next snapshot answers otherwise: sg_ingress_miss sg-e" in row["note"]


def test_no_later_snapshot_leaves_stable_open(judge) -> None:
    (row,) = judge([record()], CLOSED)
    assert (row["stable"], row["observed_after"], row["certainty"]) == (None, None, "certain")


def test_without_an_earlier_snapshot_the_first_later_one_judges_at_most_probably(judge) -> None:
    (row,) = judge([started(-HOUR)], CLOSED, at(BY_ACL, NOON + HOUR))
    assert (row["observed_before"], row["observed_after"], row["stable"]) == (None, NOON, None)
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "probable")
    assert "taken after the record" in row["note"]


def test_without_any_snapshot_the_interface_is_unknown(judge) -> None:
    (row,) = judge([record()])
    assert (row["cause"], row["observed_before"], row["observed_after"]) == (
        "interface_unknown",
        None,
        None,
    )


@pytest.mark.parametrize("call", ["describe-network-acls", "describe-security-groups"])
def test_a_call_that_only_a_later_snapshot_holds_makes_no_verdict_certain(judge, call) -> None:
    (row,) = judge([record()], organisation(without=[call]), at(CLOSED, NOON + HOUR))
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "probable")


def test_judging_again_writes_nothing_until_a_snapshot_changes_the_answer(tmp_path) -> None:
    settings = prepare(tmp_path, [record(), record(dstport=80)], CLOSED)
    assert api.attribute(None, None, settings).written == 2
    assert api.attribute(None, None, settings).written == 0
    load(tmp_path, settings, at(BY_ACL, NOON + HOUR))
    again = api.attribute(None, None, settings)
    assert (again.written, again.replaced) == (2, 2)
    rows = verdicts(settings)
    assert [row["certainty"] for row in rows] == ["conditional"] * 2
    assert all("snapshot loaded since" in row["replaced_because"] for row in rows)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_only_later_records_show_is_not_put_down_to_a_snapshot(tmp_path, elsewhere) -> None:
    """A SYN-ACK that is refused, and the SYN that it answers, which comes late."""
    made = record(direction="egress", tcp_flags=18)
    shut = organisation(ingress=[ALL_IN], acl=[entry(90, "deny"), *ALLOW_ALL])
    settings = prepare(tmp_path, [made], shut)
    api.attribute(None, None, settings)
    write_log([answered(made, 1, tcp_flags=2)], tmp_path / "late.log")
    api.ingest_files([tmp_path / "late.log"], settings)
    if elsewhere:
        load(tmp_path, settings, by(THEIRS, at(shut, NOON + HOUR), 1, "describe-vpcs"))
    assert api.attribute(None, None, settings).replaced == 1
    (row,) = verdicts(settings)
    who = "what was logged or observed since" if elsewhere else "a record that arrived since"
    assert row["replaced_because"] == f"{who} gives another answer"


def test_only_the_window_is_judged(tmp_path) -> None:
    records = [started(HOUR * hours) for hours in (1, 2, 3)]
    settings = prepare(tmp_path, records, CLOSED)
    judged = api.attribute(NOON + HOUR * 2, NOON + HOUR * 3, settings)
    assert (judged.records, judged.written) == (1, 1)
    assert [row["start_time"] for row in verdicts(settings)] == [NOON + HOUR * 2]


def by(account: str, snapshot: Snapshot, at_hour: int, *commands: str) -> Snapshot:
    """Keep some of a snapshot's answers, as another account gave them at another time."""
    answers = [
        Answer(account, answer.region, answer.command, answer.body)
        for answer in snapshot.answers
        if answer.command in commands
    ]
    return Snapshot(NOON + HOUR * at_hour, tuple(answers))


def test_what_another_account_owns_is_taken_from_its_own_last_snapshot(judge) -> None:
    # A shared VPC: the participant lists the interface, the owner the ACL, hours apart.
    participant = organisation(ingress=[ALL_IN], without=["describe-network-acls"])
    shut = by(THEIRS, BY_ACL, 1, "describe-network-acls")
    opened = by(THEIRS, OPEN, 3, "describe-network-acls")
    records = [started(HOUR * 2), started(HOUR * 4)]
    rows = judge(records, participant, shut, opened)
    assert [row["cause"] for row in rows] == ["nacl_ingress_deny", "not_explained"]
    assert {row["observed_before"] for row in rows} == {NOON}
    assert {row["stable"] for row in rows} == {None}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_snapshots_may_be_loaded_in_any_order(judge, order) -> None:
    both = [CLOSED, at(BY_ACL, NOON + HOUR)]
    (row,) = judge([record()], *(both[place] for place in order))
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "conditional")
