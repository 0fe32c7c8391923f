"""What a verdict rests on and the snapshot that judges lacks: it is then at most probable.

The network was seen in full at first. Ten days later a snapshot lacks a call, by which the record
of that day is judged; so does the next one.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from network_on_disk import at
from reference.connections import attachment, gateway, joined
from reference.model import Answer, Snapshot
from reference.organisation import (
    ALLOW_ALL,
    FAR,
    NOON,
    OURS,
    PEERED,
    REGION,
    THEIRS,
    entry,
    organisation,
    record,
    rule,
)

LATER = NOON + timedelta(days=10)
NEXT = LATER + timedelta(days=1)
ACLS = "describe-network-acls"
GROUPS = "describe-security-groups"
INTERFACES = "describe-network-interfaces"
PEERINGS = "describe-vpc-peering-connections"
GATEWAYS = "describe-transit-gateways"
ATTACHMENTS = "describe-transit-gateway-vpc-attachments"
ENTRIES = "get-managed-prefix-list-entries"
OPEN = [rule("-1", cidr="0.0.0.0/0")]
DENY_443 = [entry(90, "deny", "6", ports=(443, 443)), *ALLOW_ALL]
BY_GROUP = [rule("tcp", (443, 443), group="sg-p", account=THEIRS)]
BY_LIST = [rule("tcp", (443, 443), prefix_list="pl-known")]

Judge = Callable[..., list[dict]]


def lacking(snapshot: Snapshot, when: datetime, call: str, account: str | None = None) -> Snapshot:
    """The snapshot at another time, without a call of all accounts or of one."""
    kept = (
        one for one in snapshot.answers if one.command != call or account not in (None, one.account)
    )
    return Snapshot(when, tuple(kept))


def judged(judge: Judge, full: Snapshot, call: str, peer: str = FAR) -> Iterator[dict]:
    """Yield what is said where the later snapshots have the call, and where they lack it."""
    made = record(peer, start_time=LATER + timedelta(minutes=5))
    for dropped in ("", call):
        after = [lacking(full, when, dropped) for when in (LATER, NEXT)]
        (row,) = judge([made], full, *after)
        assert (row["observed_before"], row["observed_after"]) == (LATER, NEXT)
        yield row


def over_gateway() -> Snapshot:
    """VPCs A and P over a transit gateway that does not support references."""
    ends = joined(attachment("vpc-a"), attachment("vpc-p"), by=gateway("disable"))
    return organisation(ingress=BY_GROUP, without=[PEERINGS], more=ends)


def listed() -> Snapshot:
    made = organisation(ingress=BY_LIST)
    body = {"Entries": [{"Cidr": "10.9.0.0/16"}]}
    kept = (one for one in made.answers if one.command != ENTRIES)
    return replace(made, answers=(*kept, Answer(OURS, REGION, ENTRIES, body, subject="pl-known")))


BY_CALL = {
    ACLS: ("nacl_ingress_deny", organisation(ingress=OPEN, acl=DENY_443), FAR),
    GROUPS: ("sg_ingress_miss", organisation(), FAR),
    INTERFACES: ("sg_ingress_miss", organisation(), FAR),
    ENTRIES: ("sg_ingress_miss", listed(), FAR),
    PEERINGS: (
        "sg_reference_ineffective",
        organisation(ingress=BY_GROUP, peering="deleted"),
        PEERED,
    ),
    ATTACHMENTS: ("sg_reference_ineffective", over_gateway(), PEERED),
    GATEWAYS: ("sg_reference_ineffective", over_gateway(), PEERED),
}


@pytest.mark.parametrize("call", BY_CALL)
def test_what_rests_on_an_older_answer_is_not_certain(judge, call) -> None:
    cause, full, peer = BY_CALL[call]
    fresh, old = judged(judge, full, call, peer)
    assert (fresh["cause"], fresh["certainty"]) == (cause, "certain")
    assert "answered" not in (fresh["note"] or "")
    assert (old["cause"], old["certainty"]) == (cause, "probable")
    assert f"{call} was last answered on 2025-06-01, before the snapshot that judges" in old["note"]


def test_members_that_only_an_older_answer_lists(judge) -> None:
    """The peer's account was asked again, but not for these: it may carry the group now."""
    full = organisation(ingress=[rule("tcp", (443, 443), group="sg-other", account=THEIRS)])
    theirs = Answer(THEIRS, REGION, ACLS, {"NetworkAcls": []})
    full = replace(full, answers=(*full.answers, theirs))
    after = [lacking(full, when, INTERFACES, THEIRS) for when in (LATER, NEXT)]
    (row,) = judge([record(PEERED, start_time=LATER + timedelta(minutes=5))], full, *after)
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "probable")
    assert f"{INTERFACES} was last answered on 2025-06-01" in row["note"]


def test_an_account_that_was_not_asked_again_makes_nothing_of_ours_old(judge) -> None:
    full = organisation(ingress=OPEN, acl=DENY_443)
    theirs = tuple(one for one in full.answers if one.account == THEIRS)
    made = record(start_time=LATER + timedelta(minutes=5))
    (row,) = judge([made], full, Snapshot(LATER, theirs))
    assert (row["certainty"], row["observed_before"]) == ("certain", NOON)


def test_a_call_that_is_answered_again_is_old_no_more(judge) -> None:
    full = organisation(ingress=OPEN, acl=DENY_443)
    made = record(start_time=NEXT + timedelta(minutes=5))
    (row,) = judge([made], full, lacking(full, LATER, ACLS), at(full, NEXT))
    assert row["certainty"] == "certain"


def test_two_snapshots_of_one_time_are_one(judge) -> None:
    """Half of the answers were loaded apart."""
    full = organisation(ingress=OPEN, acl=DENY_443)
    acls = tuple(one for one in full.answers if one.command == ACLS)
    (row,) = judge([record()], lacking(full, NOON, ACLS), Snapshot(NOON, acls))
    assert row["certainty"] == "certain"


def test_answers_of_several_ages_are_not_dated(judge) -> None:
    """Whose they are that count here the note does not tell."""
    full = organisation(ingress=OPEN, acl=DENY_443)
    between = NOON + timedelta(days=5)
    theirs = Answer(THEIRS, REGION, ACLS, {"NetworkAcls": []})
    full = replace(full, answers=(*full.answers, theirs))
    days = [
        lacking(full, between, ACLS, OURS),
        *(lacking(full, day, ACLS) for day in (LATER, NEXT)),
    ]
    (row,) = judge([record(start_time=LATER + timedelta(minutes=5))], full, *days)
    assert row["certainty"] == "probable"
    assert f"{ACLS} was not answered in the snapshot that judges" in row["note"]
