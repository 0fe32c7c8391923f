"""Rules whose referenced group is gone, or the way to it: they stay, and match nothing.

What AWS says of them: its list of stale rules, the status of the peering connection in the rule,
and that a deleted group of another VPC has no account in it.
https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from reference.model import Answer, Json, Record, Snapshot
from reference.organisation import (
    ALLOW_ALL,
    NEIGHBOUR,
    OURS,
    PEERED,
    PUBLIC,
    PUBLIC_6,
    REGION,
    THEIRS,
    entry,
    interface,
    organisation,
    record,
    rule,
)
from refusals_in_memory import carrying, refusals

WEB = (443, 443)
ELSEWHERE = rule("tcp", WEB, cidr="10.9.0.0/16")
# An account that was asked for its interfaces, but not for its groups.
QUIET = "333333333333"


def pair(connection: str | None = None, account: str | None = THEIRS, **more) -> Json:
    """What a rule says of the group that it refers to."""
    told = {"UserId": account, "VpcPeeringConnectionId": connection}
    made = {"GroupId": "sg-gone"} | {name: value for name, value in told.items() if value}
    return made | more


def refers(to: Json, ports: tuple[int, int] = WEB) -> Json:
    return rule("tcp", ports) | {"UserIdGroupPairs": [to]}


DELETED = pair("pcx-gone", PeeringStatus="deleted")
AWS, OVER, GROUP = "AWS lists it as such", "its peering connection is ", "the group is gone"
# The pair in the rule, that in AWS's list, why it is stale, and who knocks.
STALE: dict[str, tuple[Json, Json | None, str, str]] = {
    "listed, its connection active": (
        pair("pcx-p", QUIET),
        pair("pcx-p", None, PeeringStatus="active"),
        GROUP,
        PEERED,
    ),
    "listed, over a transit gateway": (pair(account=QUIET), pair(account=None), AWS, PEERED),
    "by the status in the rule": (DELETED, None, OVER + "deleted", PEERED),
    "by the status in the list": (
        pair("pcx-p", QUIET),
        pair("pcx-p", None, PeeringStatus="rejected"),
        OVER + "rejected",
        PEERED,
    ),
    "by the connection": (pair("pcx-old", QUIET), None, OVER + "expired", PEERED),
    "its connection is not there": (pair("pcx-none", QUIET), None, OVER + "gone", PEERED),
    "without an account, over a connection": (pair("pcx-p", None), None, GROUP, PEERED),
    "without an account, of a VPC": (pair(account=None, VpcId="vpc-p"), None, GROUP, PEERED),
    "not among the groups of its account": (pair(), None, GROUP, PEERED),
    "of a peer in IPv6": (pair(), None, GROUP, PUBLIC_6),
    "of a group that was shared with the VPC": (pair(account=QUIET), pair(), AWS, NEIGHBOUR),
}
# The pair in the rule, who knocks, and at which port.
NOT_STALE: dict[str, tuple[Json, str, int]] = {
    "the group is there": (pair("pcx-p", GroupId="sg-there"), PEERED, 443),
    "without an account, there": (pair("pcx-p", None, GroupId="sg-there"), PEERED, 443),
    "its account was not asked for groups": (pair("pcx-p", QUIET), PEERED, 443),
    "the answer left the group out": (pair("pcx-p", GroupId="sg-odd"), PEERED, 443),
    "not there yet": (pair("pcx-p", QUIET, PeeringStatus="pending-acceptance"), PEERED, 443),
    "of its own VPC": (pair(account=None), PEERED, 443),
    "an interface carries it": (pair("pcx-old", GroupId="sg-p"), "10.1.0.99", 443),
    "another port": (DELETED, PEERED, 80),
    "a public peer": (DELETED, PUBLIC, 443),
    "a peer of another VPC": (DELETED | {"VpcId": "vpc-p"}, NEIGHBOUR, 443),
    "a peer of the interface's VPC": (DELETED, NEIGHBOUR, 443),
}


def listed(group: str, told: Json) -> Json:
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [told]}
    lists = {"StaleIpPermissions": [permission], "StaleIpPermissionsEgress": []}
    return {"GroupId": group, "VpcId": "vpc-a"} | lists


def connection(name: str, status: str) -> Json:
    ends = {"RequesterVpcInfo": {"VpcId": "vpc-a"}, "AccepterVpcInfo": {"VpcId": "vpc-p"}}
    return {"VpcPeeringConnectionId": name, "Status": {"Code": status}} | ends


def group(name: str, **more) -> Json:
    made = {"GroupId": name, "OwnerId": THEIRS, "IpPermissions": [], "IpPermissionsEgress": []}
    return made | more


def around(made: Snapshot, stale: Sequence[Json] = (), *without: str) -> Snapshot:
    """The snapshot with what the accounts say of groups and connections; `without` some calls."""
    statuses = {"pcx-p": "active", "pcx-old": "expired"}
    bodies = {
        (OURS, "describe-stale-security-groups"): {"StaleSecurityGroupSet": list(stale)},
        (OURS, "describe-vpc-peering-connections"): {
            "VpcPeeringConnections": [connection(*one) for one in statuses.items()]
        },
        (THEIRS, "describe-security-groups"): {
            # A name that is no text: such a group is left out of the answer.
            "SecurityGroups": [group("sg-there"), group("sg-odd", GroupName={"a": 1})]
        },
        (QUIET, "describe-network-interfaces"): {
            "NetworkInterfaces": [interface("eni-q", "subnet-p", ["10.1.0.30"], ["sg-q"])]
        },
    }
    kept = [one for one in made.answers if (one.account, one.command) not in bodies]
    told = [
        Answer(account, REGION, call, body, "vpc-a" if "stale" in call else None)
        for (account, call), body in bodies.items()
        if call not in without
    ]
    return replace(made, answers=(*kept, *told))


@pytest.fixture
def judged(memory, tmp_path):
    def judge(made: Snapshot, *records: Record) -> list[dict]:
        return refusals(memory, tmp_path, records, made)

    return judge


def many(pairs: Sequence[Json]) -> tuple[list[str], Snapshot]:
    """Interfaces with a group each, which has a rule for an address beside one for a group."""
    names = [f"eni-{number}" for number in range(len(pairs))]
    groups = {f"sg-{number}": [ELSEWHERE, refers(one)] for number, one in enumerate(pairs)}
    return names, carrying(dict(zip(names, map(lambda one: [one], groups), strict=True)), groups)


def near(row: dict) -> tuple:
    named = row["nearest_miss"]
    return named["element_id"], named["rule"], named["why"]


MISS = ("sg_ingress_miss", "certain")


def test_a_stale_rule_that_would_fit_is_the_nearest(judged) -> None:
    names, made = many([told for told, *_ in STALE.values()])
    stale = [listed(f"sg-{n}", told) for n, (_, told, *_) in enumerate(STALE.values()) if told]
    peers = [peer for *_, peer in STALE.values()]
    asked = [record(peer, interface_id=one) for one, peer in zip(names, peers, strict=True)]
    rows = judged(around(made, stale), *asked)
    for number, (row, (_, _, why, _)) in enumerate(zip(rows, STALE.values(), strict=True)):
        assert (row["cause"], row["certainty"]) == MISS
        assert near(row) == (f"sg-{number}", "tcp 443 sg-gone", "stale")
        assert row["note"] == f"sg-{number} refers to sg-gone, which is stale: {why}"


def test_a_rule_that_is_not_stale_or_would_not_fit_is_not_called_so(judged) -> None:
    names, made = many([told for told, *_ in NOT_STALE.values()])
    asked = [
        record(peer, interface_id=name, dstport=port)
        for name, (_, peer, port) in zip(names, NOT_STALE.values(), strict=True)
    ]
    stale = [listed("sg-0", pair(GroupId="sg-other")), listed("sg-other", pair(GroupId="sg-there"))]
    for case, row in zip(NOT_STALE, judged(around(made, stale), *asked), strict=True):
        # As certain as the verdicts above: what is stale makes nothing surer.
        assert (row["cause"], row["certainty"], row["note"]) == (*MISS, None), case
        assert row["nearest_miss"] is None or row["nearest_miss"]["why"] == "address", case


def test_a_connection_that_nobody_was_asked_for_is_not_gone(judged) -> None:
    _, made = many([pair("pcx-none", QUIET)])
    quiet = around(made, (), "describe-vpc-peering-connections")
    (row,) = judged(quiet, record(PEERED, interface_id="eni-0"))
    assert (row["note"], row["nearest_miss"]["why"]) == (None, "address")


def test_rules_of_the_other_direction_or_of_another_protocol_would_not_fit(judged) -> None:
    udp = refers(DELETED) | {"IpProtocol": "udp"}
    made = organisation([ELSEWHERE, udp], [refers(DELETED)])
    (row,) = judged(around(made), record(PEERED))
    assert (row["note"], row["nearest_miss"]["why"]) == (None, "address")


def test_outbound_rules_are_stale_too(judged) -> None:
    made = organisation(egress=[ELSEWHERE, refers(DELETED)])
    (row,) = judged(around(made), record(PEERED, "egress"))
    assert (row["cause"], row["certainty"]) == ("sg_egress_miss", "certain")
    assert near(row) == ("sg-e", "tcp 443 sg-gone", "stale")


SHUT = [entry(90, "deny", "6", ports=WEB), *ALLOW_ALL]


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_of_several_stale_rules_the_narrowest_is_the_nearest_and_all_are_told(
    judged, direction
) -> None:
    wide = refers(DELETED | {"GroupId": "sg-also"}, (1, 1000))
    made = organisation(acl=SHUT, **{direction: [wide, refers(DELETED)]})
    (row,) = judged(around(made), record(PEERED, direction))
    assert (row["cause"], row["certainty"]) == ("sg_and_nacl", "certain")
    assert near(row) == ("sg-e", "tcp 443 sg-gone", "stale")
    assert row["note"] == (
        "sg-e refers to sg-also, which is stale: its peering connection is deleted; "
        "sg-e refers to sg-gone, which is stale: its peering connection is deleted"
    )


def test_what_came_late_wants_no_rule_and_has_no_stale_one(judged) -> None:
    (row,) = judged(around(organisation([refers(DELETED)])), record(PEERED, tcp_flags=4))
    assert (row["cause"], row["nearest_miss"]) == ("no_tracked_connection", None)
    assert "stale" not in (row["note"] or "")


@pytest.mark.parametrize(
    ("acl", "cause"), [(ALLOW_ALL, "sg_reference_ineffective"), (SHUT, "sg_and_nacl")]
)
def test_why_a_reference_does_not_reach_its_member_is_told(judged, acl, cause) -> None:
    made = organisation([refers(pair("pcx-old", GroupId="sg-p"))], acl=acl)
    gone = [connection("pcx-old", "deleted")]
    told = Answer(OURS, REGION, "describe-vpc-peering-connections", {"VpcPeeringConnections": gone})
    kept = [one for one in made.answers if one.command != told.command]
    (row,) = judged(replace(made, answers=(*kept, told)), record(PEERED))
    assert (row["cause"], row["certainty"]) == (cause, "certain")
    # It fits: nothing is near it, and the blocker says that it does not reach.
    assert row["nearest_miss"] is None
    assert row["blockers"][-1]["cause"] == "sg_reference_ineffective"
    assert "sg-e refers to sg-p, which is stale: its peering connection is deleted" in row["note"]


def test_a_group_that_is_carried_is_not_gone_though_its_account_does_not_list_it(judged) -> None:
    made = organisation([refers(pair(GroupId="sg-p"))], peering="pending-acceptance")
    asked = around(made, (), "describe-vpc-peering-connections")
    pending = [one for one in made.answers if "peering" in one.command]
    (row,) = judged(replace(asked, answers=(*asked.answers, *pending)), record(PEERED))
    assert row["cause"] == "sg_reference_ineffective"
    assert "stale" not in row["note"]


def test_what_is_unknown_stays_so_though_a_rule_is_stale(judged) -> None:
    # Nobody asked THEIRS for its interfaces.
    made = around(organisation([refers(DELETED)]))
    mine = replace(made, answers=tuple(one for one in made.answers if one.account == OURS))
    (row,) = judged(mine, record(PEERED))
    assert (row["cause"], row["certainty"]) == ("stage_unknown", "unknown")
    assert (
        "sg-e refers to sg-gone, which is stale: its peering connection is deleted" in row["note"]
    )
    assert "describe-network-interfaces" in row["note"]


@pytest.mark.parametrize(
    ("without", "cause"), [([], "not_explained"), (["describe-network-acls"], "stage_unknown")]
)
def test_what_another_rule_allows_has_no_stale_one(judged, without, cause) -> None:
    made = organisation([refers(DELETED), rule("-1", cidr="0.0.0.0/0")], without=without)
    (row,) = judged(around(made), record(PEERED))
    assert (row["cause"], row["nearest_miss"]) == (cause, None)
    assert "stale" not in row["note"]
