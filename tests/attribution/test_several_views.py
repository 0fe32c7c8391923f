"""What several answers say of the same thing: owner's and participant's views, and rule ids.

Who takes part in a shared subnet sees it, its VPC, ACL and route table, in fewer words than their
owner. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from network_in_memory import holding
from reference.model import LIST_KEYS, Answer, Snapshot
from reference.organisation import (
    ALLOW_ALL,
    NOON,
    OURS,
    PUBLIC,
    REGION,
    THEIRS,
    entry,
    organisation,
    record,
    rule,
)

SHARED = {
    "describe-vpcs": ("VpcId",),
    "describe-subnets": ("SubnetId", "CidrBlock"),
    "describe-network-acls": ("NetworkAclId", "Associations", "Entries"),
    "describe-security-groups": ("GroupId",),
}
NEAR = [rule("tcp", (22, 22), cidr="0.0.0.0/0")]
DENY_443 = [entry(90, "deny", "6", ports=(443, 443)), *ALLOW_ALL]
OPEN = [rule("-1", cidr="0.0.0.0/0")]


def owned(snapshot: Snapshot) -> Snapshot:
    """Say of every object whose it is."""
    said = []
    for answer in snapshot.answers:
        key = LIST_KEYS[answer.command]
        objects = [one | {"OwnerId": answer.account} for one in answer.body[key]]
        is_marked = answer.command in SHARED
        said.append(replace(answer, body={key: objects}) if is_marked else answer)
    return replace(snapshot, answers=tuple(said))


def seen_by_a_participant(snapshot: Snapshot) -> Snapshot:
    """Add what another account sees of the same things, in fewer words."""
    views = []
    for answer in snapshot.answers:
        if answer.command in SHARED and answer.account == OURS:
            key, kept = LIST_KEYS[answer.command], ("OwnerId", *SHARED[answer.command])
            objects = [
                {name: one[name] for name in kept if name in one} for one in answer.body[key]
            ]
            views.append(Answer(THEIRS, REGION, answer.command, {key: objects}))
    return replace(snapshot, answers=(*snapshot.answers, *views))


ASIDE = {"run_id", "judged_at"}


def told(rows: list[dict]) -> list[dict]:
    return [{name: value for name, value in row.items() if name not in ASIDE} for row in rows]


@pytest.mark.parametrize(
    "given",
    [{}, {"acl": DENY_443}, {"ingress": OPEN}, {"ingress": NEAR}, {"block_mode": "block-ingress"}],
    ids=["no rule", "acl", "open", "near", "blocked"],
)
def test_the_owners_view_decides_and_nothing_is_told_twice(judge, memory, tmp_path, given) -> None:
    alone = owned(organisation(**given))
    both = seen_by_a_participant(alone)
    assert told(judge([record()], both)) == told(judge([record()], alone))
    with holding(memory, tmp_path, [], both):
        scopes = memory.execute("select scope from subnets where subnet_id = 'subnet-e'").fetchall()
    assert len(scopes) == 2, "both views are remembered"


def test_a_rule_that_almost_matched_is_told_with_its_id(judge) -> None:
    snapshot = organisation(ingress=NEAR)
    one = {"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-e", "GroupOwnerId": OURS}
    ports = {"IsEgress": False, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    ids = {"SecurityGroupRules": [one | ports | {"CidrIpv4": "0.0.0.0/0"}]}
    answer = Answer(OURS, REGION, "describe-security-group-rules", ids)
    (row,) = judge([record()], replace(snapshot, answers=(*snapshot.answers, answer)))
    assert row["nearest_miss"]["rule"] == "tcp 22 0.0.0.0/0 (sgr-1)"


# Views of several times. The VPC is THEIRS', and shared with us, who have the interface in it.

LATER = NOON + timedelta(days=10)
NEXT = LATER + timedelta(days=1)
ACLS, GROUPS = "describe-network-acls", "describe-security-groups"
LISTS, ENTRIES = "describe-managed-prefix-lists", "get-managed-prefix-list-entries"
MODE = ("BlockPublicAccessStates",)
BY_LIST = [rule("tcp", (443, 443), prefix_list="pl-x")]


def of_theirs(snapshot: Snapshot, call: str, *fewer: str) -> Answer:
    """The snapshot's answer to a call about things of THEIRS, without some of their fields."""
    (answer,) = (one for one in snapshot.answers if (one.command, one.account) == (call, OURS))
    key = LIST_KEYS[call]
    objects = [
        {name: value for name, value in one.items() if name not in fewer} | {"OwnerId": THEIRS}
        for one in answer.body[key]
    ]
    return replace(answer, body={key: objects})


def viewed(call: str, owners: Snapshot, ours: Snapshot, *fewer: str) -> Iterator[Snapshot]:
    """Yield what the owner saw at first, and what we see ten days later and on the next day."""
    yield Snapshot(NOON, (replace(of_theirs(owners, call), account=THEIRS),))
    rest = tuple(one for one in ours.answers if one.account == OURS and one.command != call)
    for when in (LATER, NEXT):
        yield Snapshot(when, (*rest, of_theirs(ours, call, *fewer)))


def made_at(when: datetime) -> dict:
    return record(start_time=when + timedelta(minutes=5))


OWNERS_DENY, OWNERS_ALLOW = organisation(ingress=OPEN, acl=DENY_443), organisation(ingress=OPEN)


def test_a_participants_newer_view_of_an_acl_counts(judge) -> None:
    closed = organisation(acl=DENY_443)
    (row,) = judge([made_at(LATER)], *viewed(ACLS, OWNERS_DENY, organisation()))
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "certain")
    (row,) = judge([made_at(LATER)], *viewed(ACLS, OWNERS_ALLOW, closed))
    assert (row["cause"], row["certainty"]) == ("sg_and_nacl", "certain")


def test_a_newer_view_of_an_acl_without_its_entries_leaves_the_older_in_doubt(judge) -> None:
    (row,) = judge([made_at(LATER)], *viewed(ACLS, OWNERS_DENY, OWNERS_ALLOW, "Entries"))
    assert (row["cause"], row["certainty"]) == ("nacl_ingress_deny", "probable")
    assert f"another account saw it since: {ACLS}" in row["note"]


def test_a_participants_newer_view_of_a_group_counts(judge) -> None:
    shut = organisation()
    (row,) = judge([made_at(LATER)], *viewed(GROUPS, shut, OWNERS_ALLOW))
    assert row["cause"] == "not_explained"
    (row,) = judge([made_at(LATER)], *viewed(GROUPS, OWNERS_ALLOW, shut))
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "certain")


@pytest.mark.parametrize("fewer", ["IpPermissions", "IpPermissionsEgress"])
def test_a_newer_view_of_a_group_without_its_rules_leaves_the_older_in_doubt(judge, fewer) -> None:
    shut = organisation()
    (row,) = judge([made_at(LATER)], *viewed(GROUPS, shut, shut, fewer))
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "probable")
    assert f"another account saw it since: {GROUPS}" in row["note"]


def with_list(account: str, *blocks: str) -> tuple[Answer, ...]:
    listed = {"PrefixListId": "pl-x", "PrefixListName": "x", "OwnerId": THEIRS, "Version": 1}
    entries = {"Entries": [{"Cidr": block} for block in blocks]}
    return (
        Answer(account, REGION, LISTS, {"PrefixLists": [listed]}),
        Answer(account, REGION, ENTRIES, entries, "pl-x"),
    )


def test_a_participants_newer_view_of_a_prefix_list_counts(judge) -> None:
    ours = organisation(ingress=BY_LIST)
    days = [replace(ours, instant=when) for when in (LATER, NEXT)]
    found = []
    for old, new in (("10.9.0.0/16", "10.0.2.0/24"), ("10.0.2.0/24", "10.9.0.0/16")):
        seen = [replace(one, answers=one.answers + with_list(OURS, new)) for one in days]
        (row,) = judge([made_at(LATER)], Snapshot(NOON, with_list(THEIRS, old)), *seen)
        found.append((row["cause"], row["certainty"]))
    assert found == [("not_explained", "unknown"), ("sg_ingress_miss", "certain")]


@pytest.mark.parametrize(("fewer", "cause"), [((), "block_public_access"), (MODE, "not_explained")])
def test_the_newest_word_on_block_public_access_counts(judge, fewer, cause) -> None:
    ours = organisation(ingress=OPEN, block_mode="block-ingress")
    seen = viewed("describe-vpcs", OWNERS_ALLOW, ours, *fewer)
    (row,) = judge([record(PUBLIC, start_time=LATER + timedelta(minutes=5))], *seen)
    assert row["cause"] == cause
