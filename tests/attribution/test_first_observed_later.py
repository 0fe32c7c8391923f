"""What a verdict rests on and was first observed after the record: it is then at most probable.

Each test has a snapshot before the record that lacks an answer, and one after it that has it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

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
    interface,
    organisation,
    record,
    rule,
)

DAY = timedelta(days=1)
BY_LIST = [rule("tcp", (443, 443), prefix_list="pl-known")]
BY_GROUP = [rule("tcp", (443, 443), group="sg-p", account=THEIRS)]
ENTRIES = "get-managed-prefix-list-entries"
PEERINGS = "describe-vpc-peering-connections"
INTERFACES = "describe-network-interfaces"
DENY_443 = [entry(90, "deny", "6", ports=(443, 443)), *ALLOW_ALL]

Judge = Callable[..., dict]


def without_theirs(snapshot: Snapshot) -> Snapshot:
    kept = (answer for answer in snapshot.answers if answer.account != THEIRS)
    return replace(snapshot, answers=tuple(kept))


def with_answers(snapshot: Snapshot, *more: Answer) -> Snapshot:
    return replace(snapshot, answers=(*snapshot.answers, *more))


def entries(*blocks: str, account: str = OURS) -> Answer:
    body = {"Entries": [{"Cidr": block} for block in blocks]}
    return Answer(account, REGION, ENTRIES, body, subject="pl-known")


def carrying(group: str) -> Answer:
    """The peer's interface, which carries this group."""
    listed = [interface("eni-p", "subnet-p", [PEERED], [group])]
    return Answer(THEIRS, REGION, INTERFACES, {"NetworkInterfaces": listed})


def lacks_entries(**more) -> Snapshot:
    return organisation(ingress=BY_LIST, without=[ENTRIES], **more)


def assert_late(row: dict, cause: str, call: str) -> None:
    assert (row["cause"], row["certainty"]) == (cause, "probable")
    assert f"first observed after the record, too: {call}" in row["note"]


def assert_in_time(row: dict, cause: str) -> None:
    assert (row["cause"], row["certainty"]) == (cause, "certain")
    assert "first observed" not in (row["note"] or "")


def test_a_list_whose_entries_came_later_and_do_not_have_the_peer(judged) -> None:
    later = with_answers(at(lacks_entries(), NOON + DAY), entries("10.9.0.0/16"))
    row = judged(record(FAR), lacks_entries(), later)
    assert_late(row, "sg_ingress_miss", ENTRIES)
    assert row["stable"] is True
    earlier = with_answers(lacks_entries(), entries("10.9.0.0/16"))
    assert_in_time(judged(record(FAR), earlier, later), "sg_ingress_miss")


def test_a_list_of_a_rule_for_other_ports_does_not_count(judged) -> None:
    later = with_answers(at(lacks_entries(), NOON + DAY), entries("10.9.0.0/16"))
    assert_in_time(judged(record(FAR, dstport=80), lacks_entries(), later), "sg_ingress_miss")


def test_a_list_whose_entries_came_later_and_match(judged) -> None:
    """That the groups let it pass makes the ACL the only one that refuses."""
    earlier = lacks_entries(acl=DENY_443)
    later = with_answers(at(earlier, NOON + DAY), entries("10.0.2.0/24"))
    assert_late(judged(record(FAR), earlier, later), "nacl_ingress_deny", ENTRIES)


def test_a_rule_that_matches_by_what_was_known_outweighs_a_late_one(judged) -> None:
    rules = [*BY_LIST, rule("tcp", (443, 443), cidr="10.0.2.0/24")]
    earlier = organisation(ingress=rules, acl=DENY_443, without=[ENTRIES])
    for blocks in (["10.0.2.0/24"], ["10.9.0.0/16"]):
        later = with_answers(at(earlier, NOON + DAY), entries(*blocks))
        assert_in_time(judged(record(FAR), earlier, later), "nacl_ingress_deny")


def test_of_two_views_of_a_list_the_one_that_was_there_in_time_counts(judged) -> None:
    """The owner's came later: it lets FAR in, what a participant saw before does not."""
    owned = {"PrefixListId": "pl-known", "PrefixListName": "known", "OwnerId": OURS}
    lists = Answer(
        OURS, REGION, "describe-managed-prefix-lists", {"PrefixLists": [owned | {"Version": 1}]}
    )
    shared = entries("10.9.0.0/16", account=THEIRS)
    earlier = with_answers(lacks_entries(), lists, shared)
    later = with_answers(
        at(lacks_entries(), NOON + DAY), lists, shared, entries("10.0.2.0/24", account=OURS)
    )
    assert judged(record(FAR), earlier, later)["cause"] == "sg_ingress_miss"


def test_members_that_are_listed_later_and_are_not_the_peer(judged) -> None:
    earlier = without_theirs(organisation(ingress=BY_GROUP))
    later = with_answers(at(earlier, NOON + DAY), carrying("sg-other"))
    assert_late(judged(record(PEERED), earlier, later), "sg_ingress_miss", INTERFACES)
    known = with_answers(earlier, carrying("sg-other"))
    assert_in_time(judged(record(PEERED), known, later), "sg_ingress_miss")


def test_a_peer_that_was_known_in_time_decides_a_reference_by_itself(judged) -> None:
    """The peer is in our own VPC and does not carry the group, whoever else does."""
    earlier = without_theirs(organisation(ingress=BY_GROUP))
    earlier = replace(earlier, answers=tuple(map(with_blocks, earlier.answers)))
    later = with_answers(at(earlier, NOON + DAY), carrying("sg-p"))
    assert_in_time(judged(record(FAR), earlier, later), "sg_ingress_miss")


def with_blocks(answer: Answer) -> Answer:
    """What a VPC's own blocks are."""
    if answer.command != "describe-vpcs":
        return answer
    held = [{"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}]
    vpcs = [vpc | {"CidrBlockAssociationSet": held} for vpc in answer.body["Vpcs"]]
    return replace(answer, body={"Vpcs": vpcs})


def test_members_that_are_listed_later_and_match(judged) -> None:
    """Whether the reference reaches the peer was known, but not whether it carries the group."""
    earlier = without_theirs(organisation(ingress=BY_GROUP, peering="deleted"))
    later = with_answers(at(earlier, NOON + DAY), carrying("sg-p"))
    assert_late(judged(record(PEERED), earlier, later), "sg_reference_ineffective", INTERFACES)


def test_a_peering_that_was_first_seen_later(judged) -> None:
    earlier = organisation(ingress=BY_GROUP, without=[PEERINGS])
    later = organisation(ingress=BY_GROUP, peering="deleted", at=NOON + DAY)
    assert_late(judged(record(PEERED), earlier, later), "sg_reference_ineffective", PEERINGS)
    known = organisation(ingress=BY_GROUP, peering="deleted")
    assert_in_time(judged(record(PEERED), known, later), "sg_reference_ineffective")


def over_gateway(at_time, *calls: str) -> Snapshot:
    """VPCs A and P over a transit gateway that does not support references."""
    ends = joined(attachment("vpc-a"), attachment("vpc-p"), by=gateway("disable"))
    return organisation(ingress=BY_GROUP, without=[PEERINGS, *calls], more=ends, at=at_time)


@pytest.mark.parametrize(
    "call", ["describe-transit-gateway-vpc-attachments", "describe-transit-gateways"]
)
def test_a_transit_gateway_that_was_first_seen_later(judged, call) -> None:
    told = judged(record(PEERED), over_gateway(NOON, call), over_gateway(NOON + DAY))
    assert_late(told, "sg_reference_ineffective", "describe-transit-gateway-vpc-attachments")
    told = judged(record(PEERED), over_gateway(NOON), over_gateway(NOON + DAY))
    assert_in_time(told, "sg_reference_ineffective")
