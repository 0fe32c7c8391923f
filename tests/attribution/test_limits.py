"""Right however many there are: groups to an interface, rules, entries of ACLs and prefix lists.

AWS's quotas are lower by default and can be raised, so none of them is a limit of ours.
https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html

The ACL of E's subnet denies port 443 by entry 90 and allows all else, so whether groups let a
packet pass shows in what is told of it. Where one of many decides it stands first, in the middle
and last, by number and in the dump: who looks at a part of them misses one of these.
"""

from collections.abc import Sequence
from itertools import chain

import pytest
from reference.model import Answer, Json, Record, Snapshot
from reference.organisation import (
    ALLOW_ALL,
    FAR,
    NOON,
    OURS,
    REGION,
    entry,
    record,
    rule,
)
from refusals_in_memory import carrying, refusals

MANY = 1000
PLACES = (0, MANY // 2, MANY - 1)
WEB, OTHER = (443, 443), "172.31.255.0/24"


@pytest.fixture
def judged(memory, tmp_path):
    def judge(records: Sequence[Record], made: Snapshot) -> list[dict]:
        return refusals(memory, tmp_path, records, made)

    return judge


DENY_WEB = [entry(90, "deny", "6", ports=WEB), *ALLOW_ALL]


def to(name: str, port: int = 443, peer: str = FAR) -> Record:
    return record(peer, interface_id=name, dstport=port)


def causes(rows: list[dict]) -> list[tuple]:
    return [(row["cause"], row["certainty"]) for row in rows]


def near(row: dict) -> tuple:
    named = row["nearest_miss"]
    return named["element_id"], named["rule"], named["why"]


BY_THE_ACL, BY_BOTH = ("nacl_ingress_deny", "certain"), ("sg_and_nacl", "certain")
BY_GROUPS = ("sg_ingress_miss", "certain")
UNEXPLAINED = ("not_explained", "unknown")


def test_one_of_twenty_groups_allows(judged) -> None:
    # Sixteen is the most that AWS raises its quota to.
    carried, groups = {}, {}
    for place in (0, 10, 19):
        names = [f"sg-{place}-{n:02}" for n in range(20)]
        groups |= {name: [rule("tcp", (22, 22), cidr=OTHER)] for name in names}
        groups[names[place]] = [rule("tcp", WEB, cidr=f"{FAR}/32")]
        carried[f"eni-{place}"] = names
    asked = [to(name, port) for port in (443, 444) for name in carried]
    rows = judged(asked, carrying(carried, groups, acl=DENY_WEB))
    assert causes(rows) == [BY_THE_ACL] * 3 + [BY_GROUPS] * 3
    assert [row["element_id"] for row in rows[3:]] == [",".join(one) for one in carried.values()]
    assert [near(row) for row in rows[3:]] == [
        (f"sg-{place}-{place:02}", f"tcp 443 {FAR}/32", "port") for place in (0, 10, 19)
    ]


def others() -> list[Json]:
    """Rules for the port, each of another address."""
    return [
        rule("tcp", WEB, cidr=f"{(9, 172)[n % 2]}.16.{n // 250}.{n % 250}/32") for n in range(MANY)
    ]


def with_one(rules: list[Json], place: int, one: Json) -> list[Json]:
    return [*rules[:place], one, *rules[place + 1 :]]


def test_one_of_a_thousand_rules_allows(judged) -> None:
    allows = rule("tcp", WEB, cidr=f"{FAR}/32")
    groups = {f"sg-{place}": with_one(others(), place, allows) for place in PLACES}
    groups |= {"sg-none": others()}
    carried = {name.replace("sg", "eni"): [name] for name in groups}
    rows = judged(list(map(to, carried)), carrying(carried, groups, acl=DENY_WEB))
    assert causes(rows) == [BY_THE_ACL] * 3 + [BY_BOTH]


def test_of_a_thousand_rules_that_do_not_fit_the_nearest_is_told(judged) -> None:
    far_ports = [rule("tcp", (2000 + 2 * n,) * 2, cidr=f"{FAR}/32") for n in range(MANY)]
    blocks = [
        rule("tcp", (444, 444), cidr=f"172.{16 + n // 250}.{n % 250}.0/24") for n in range(MANY)
    ]
    small = rule("tcp", (444, 444), cidr="172.20.0.0/28")
    groups = {"sg-ports": far_ports}
    groups |= {f"sg-{place}": with_one(blocks, place, small) for place in PLACES}
    groups |= {
        f"sg-address-{place}": with_one(far_ports, place, rule("tcp", (444, 444), cidr=OTHER))
        for place in PLACES
    }
    carried = {name.replace("sg", "eni"): [name] for name in groups}
    asked = [to("eni-ports", port) for port in (1000, 3001, 9000)]
    asked += [to(name, 444) for name in list(carried)[1:]]
    rows = judged(asked, carrying(carried, groups, acl=DENY_WEB))
    assert causes(rows) == [BY_GROUPS] * len(asked)
    # The nearest port; of addresses the smallest block; and an address is nearer than a port.
    assert [near(row) for row in rows[:3]] == [
        ("sg-ports", f"tcp {port} {FAR}/32", "port") for port in (2000, 3000, 3998)
    ]
    assert [near(row) for row in rows[3:6]] == [
        (f"sg-{place}", "tcp 444 172.20.0.0/28", "address") for place in PLACES
    ]
    assert [near(row) for row in rows[6:]] == [
        (f"sg-address-{place}", f"tcp 444 {OTHER}", "address") for place in PLACES
    ]


def test_the_first_of_a_thousand_entries_that_fits_decides(judged) -> None:
    # Each port has an entry that denies and one that allows, and the lower number decides, wherever
    # in the dump it stands.
    fillers = [
        entry(2 * n + 1, "deny", "6", cidr=f"172.16.{n // 250}.{n % 250}/32") for n in range(MANY)
    ]
    deciding = {2: "deny", 4: "allow", 998: "deny", 1000: "allow", 1996: "deny", 1998: "allow"}
    telling = chain.from_iterable(
        (
            entry(number, action, "6", ports=(5000 + number,) * 2),
            entry(2000 + number, _other(action), "6", ports=(5000 + number,) * 2),
        )
        for number, action in deciding.items()
    )
    acl = sorted([*fillers, *telling], key=lambda one: -one["RuleNumber"])
    made = carrying({"eni-1": ["sg-1"]}, {"sg-1": [rule("-1", cidr="0.0.0.0/0")]}, acl=acl)
    rows = judged([to("eni-1", 5000 + number) for number in deciding] + [to("eni-1", 443)], made)
    denied = [("nacl_ingress_deny", "acl-e", str(number)) for number in (2, 998, 1996)]
    assert [(row["cause"], row["element_id"], row["rule"]) for row in rows] == [
        denied[0],
        ("not_explained", None, None),
        denied[1],
        ("not_explained", None, None),
        denied[2],
        ("not_explained", None, None),
        ("nacl_ingress_deny", "acl-e", "32767"),
    ]
    # What would have allowed the packet had the lower number not denied it.
    assert [near(row) for row in rows[:5:2]] == [
        ("acl-e", str(2000 + number), "order") for number in (2, 998, 1996)
    ]


def _other(action: str) -> str:
    return {"allow": "deny", "deny": "allow"}[action]


def test_a_rule_by_a_prefix_list_of_three_thousand_entries(judged) -> None:
    covered = [f"10.{200 + n // 250}.{n % 250}.0" for n in range(3 * MANY)]
    entries = [{"Cidr": f"{address}/31"} for address in covered]
    body, cut = {"Entries": entries}, {"Entries": entries, "NextToken": "more"}
    call = "get-managed-prefix-list-entries"
    lists = {"pl-wide": body, "pl-cut": cut}
    made = carrying(
        {name.replace("pl", "eni"): [name.replace("pl", "sg")] for name in lists},
        {name.replace("pl", "sg"): [rule("tcp", (1, 443), prefix_list=name)] for name in lists},
        acl=DENY_WEB,
    )
    told = [Answer(OURS, REGION, call, one, subject=name) for name, one in lists.items()]
    made = Snapshot(NOON, (*made.answers, *told))
    inside = [covered[place] for place in (0, MANY, 2 * MANY, 3 * MANY - 1)]
    asked = [to("eni-wide", peer=peer) for peer in inside]
    asked += [to("eni-wide", peer="10.212.0.2"), to("eni-wide", 442, FAR), to("eni-cut", 442, FAR)]
    rows = judged(asked, made)
    assert causes(rows[:5]) == [BY_THE_ACL] * 4 + [BY_BOTH]
    assert causes(rows[5:6]) == [BY_GROUPS]
    assert near(rows[5])[0::2] == ("sg-wide", "address")
    # Who was told a part of a list does not know what is not in it.
    assert causes(rows[6:]) == [("stage_unknown", "unknown")]
    assert "pl-cut: load get-managed-prefix-list-entries" in rows[6]["note"]


def test_groups_that_say_different_things_allow_what_one_of_them_allows(judged) -> None:
    # Rules only allow, and those of all groups count together: none takes back what another gives.
    # https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    groups = {
        "sg-web": [rule("tcp", (440, 450), cidr="10.0.2.0/24")],
        "sg-not-web": [rule("tcp", (444, 450), cidr="10.0.2.0/24"), rule("udp", cidr="0.0.0.0/0")],
        "sg-nothing": [],
    }
    carried = {
        "eni-1": ["sg-not-web", "sg-nothing", "sg-web"],
        "eni-2": ["sg-nothing", "sg-not-web"],
    }
    rows = judged(
        [to("eni-1"), to("eni-2"), to("eni-1", 445), to("eni-2", 443 - 2)],
        carrying(carried, groups, acl=DENY_WEB),
    )
    assert causes(rows) == [BY_THE_ACL, BY_BOTH, UNEXPLAINED, BY_GROUPS]
    assert near(rows[3]) == ("sg-not-web", "tcp 444-450 10.0.2.0/24", "port")
