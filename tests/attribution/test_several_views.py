"""What several answers say of the same thing: owner's and participant's views, and rule ids.

Who takes part in a shared subnet sees it, its VPC, ACL and route table, in fewer words than their
owner. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
"""

from dataclasses import replace

import pytest
from network_in_memory import holding
from reference.model import LIST_KEYS, Answer, Snapshot
from reference.organisation import (
    ALLOW_ALL,
    OURS,
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
