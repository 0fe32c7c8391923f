"""Whose addresses a group reference stands for, and over what it reaches, as the way tells it.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from datetime import timedelta

import pytest
from network_in_memory import answered, asking, holding
from reference.model import Json, Snapshot
from reference.organisation import (
    ALLOW_ALL,
    NOON,
    OURS,
    REGION,
    STRANGER,
    THEIRS,
    entry,
    record,
    rule,
)
from wide_network import (
    F,
    Network,
    T,
    acl,
    gone,
    of,
    peering,
    plain,
    route,
    snapshot,
    without,
)

DAY = timedelta(days=1)
PEERINGS = (OURS, REGION, "describe-vpc-peering-connections")
OF_B = rule("tcp", (443, 443), group="sg-vpc-b", account=THEIRS)
MISS = ("sg_ingress_miss", "certain")
SURE = ("sg_reference_ineffective", "certain")
DOUBTFUL = ("sg_reference_ineffective", "probable")
EFFECTIVE = ("not_explained", "unknown")
UNKNOWN = ("stage_unknown", "unknown")


def answer(row: dict) -> tuple[str, str]:
    return row["cause"], row["certainty"]


def referring(*routes: Json, egress: bool = False) -> Network:
    """E's rules let in, or out, what carries the group of VPC B, and nothing else."""
    network = plain(*routes)
    of(network, "sg-vpc-a")["IpPermissionsEgress" if egress else "IpPermissions"] = [OF_B]
    return network


def both(network: Network) -> tuple[Snapshot, Snapshot]:
    return snapshot(network), snapshot(network, NOON + DAY)


@pytest.mark.parametrize(
    ("target", "expected"), [("pcx-b", EFFECTIVE), ("pcx-c", MISS)], ids=["to B", "to C"]
)
def test_the_address_is_one_of_the_vpc_that_the_route_leads_to(judged, target, expected) -> None:
    """VPCs B and C have one block, and A is peered with both; what is in C does not carry it."""
    network = referring(route("10.1.0.0/16", target))
    of(network, "eni-c")["Groups"] = [{"GroupId": "sg-vpc-c"}]
    row = judged(record(T), *both(network))
    assert answer(row) == expected
    assert row["element_id"] == ("sg-vpc-a" if expected == MISS else None)


@pytest.mark.parametrize("end", ["b", "c"])
def test_of_references_the_one_that_reaches_is_what_allows(memory, tmp_path, end) -> None:
    """Interfaces of B and C have the address, each with a group that the rules refer to."""
    network = referring(route("10.1.0.0/16", f"pcx-{end}"))
    of(network, "eni-c")["Groups"] = [{"GroupId": "sg-vpc-c"}]
    of_c = rule("tcp", (443, 443), group="sg-vpc-c", account=STRANGER)
    of(network, "sg-vpc-a")["IpPermissions"] = [OF_B, of_c]
    asked = """
        select a.peer, g.groups_say
        from group_answers as g
        inner join allowances as a on g.match_place = a.place
    """
    made = [record(T)]
    with holding(memory, tmp_path, made, *both(network)):
        found = answered(memory, asking(made), asked)
    assert found == [{"peer": f"sg-vpc-{end}", "groups_say": "match"}] * 2


def test_that_another_vpc_has_the_address_is_as_sure_as_the_route(judged) -> None:
    network = referring(route("10.1.0.0/16", "pcx-c"))
    earlier = without(network, "describe-route-tables")
    assert answer(judged(record(T), snapshot(network), snapshot(network, NOON + DAY))) == MISS
    row = judged(record(T), snapshot(earlier), snapshot(network, NOON + DAY))
    assert answer(row) == ("sg_ingress_miss", "probable")
    assert "first observed after the record, too: describe-route-tables" in row["note"]


def test_an_interface_elsewhere_whose_groups_are_not_known_does_not_count(judged) -> None:
    network = referring(route("10.1.0.0/16", "pcx-c"))
    del of(network, "eni-t")["Groups"]
    assert answer(judged(record(T), *both(network))) == MISS
    network = referring(route("10.1.0.0/16", "pcx-b"))
    del of(network, "eni-t")["Groups"]
    row = judged(record(T), *both(network))
    assert answer(row) == UNKNOWN
    assert "which groups the peer carries: eni-t" in row["note"]


def by_gateway(option: str | None, *more: Json, egress: bool = False) -> Network:
    """A's route to B leads over tgw-1; `option` is its support of references."""
    network = referring(*(more or (route("10.1.0.0/16", "tgw-1"),)), egress=egress)
    support = {} if option is None else {"SecurityGroupReferencingSupport": option}
    made = {"TransitGatewayId": "tgw-1", "OwnerId": THEIRS, "Options": support}
    network[THEIRS, REGION, "describe-transit-gateways"] = [made]
    ours, theirs = (
        network[account, REGION, "describe-transit-gateway-vpc-attachments"]
        for account in (OURS, THEIRS)
    )
    for one in [*ours, *theirs]:
        one["Options"] = {"SecurityGroupReferencingSupport": "enable"}
    return network


@pytest.mark.parametrize(
    ("option", "peered", "expected"),
    [
        ("enable", True, EFFECTIVE),
        ("enable", False, EFFECTIVE),
        ("disable", False, SURE),
        # It may have come by the peering connection, whatever way the answer takes.
        ("disable", True, DOUBTFUL),
        (None, True, UNKNOWN),
        (None, False, UNKNOWN),
    ],
)
def test_over_a_transit_gateway_its_option_counts(judged, option, peered, expected) -> None:
    network = by_gateway(option)
    if not peered:
        network = gone(network, "pcx-b")
    row = judged(record(T), *both(network))
    assert answer(row) == expected
    if option == "disable":
        assert row["alias"] == "SG_REFERENCING_SUPPORT"
    if expected == DOUBTFUL:
        assert "but the route leads over a transit gateway" in row["note"]


@pytest.mark.parametrize(
    ("state", "expected"), [("modifying", EFFECTIVE), ("deleting", SURE)], ids=str
)
def test_an_attachment_that_is_being_modified_carries_references(judged, state, expected) -> None:
    """An old peering connection that is gone stands in the snapshot, too."""
    network = by_gateway("enable")
    of(network, "pcx-b")["Status"] = {"Code": "deleted"}
    for account in (OURS, THEIRS):
        for one in network[account, REGION, "describe-transit-gateway-vpc-attachments"]:
            if one["VpcId"] == "vpc-a":
                one["State"] = state
    assert answer(judged(record(T), *both(network))) == expected


def test_what_leaves_over_a_transit_gateway_needs_a_rule_without_a_reference(judged) -> None:
    row = judged(record(T, "egress"), *both(by_gateway("enable", egress=True)))
    assert (*answer(row), row["alias"]) == (*SURE, "SG_REFERENCES_NOT_PRESERVED")
    peered = referring(route("10.1.0.0/16", "pcx-b"), egress=True)
    assert answer(judged(record(T, "egress"), *both(peered))) == EFFECTIVE


@pytest.mark.parametrize("status", ["deleting", "deleted", "failed"])
@pytest.mark.parametrize(
    ("option", "expected"), [("enable", EFFECTIVE), ("disable", SURE), (None, UNKNOWN)]
)
def test_nothing_comes_in_over_a_peering_that_is_not_active(
    judged, status, option, expected
) -> None:
    """It came over the transit gateway, whatever way the answer takes."""
    network = by_gateway(option, route("10.1.0.0/16", "pcx-b"))
    of(network, "pcx-b")["Status"] = {"Code": status}
    assert answer(judged(record(T), *both(network))) == expected
    # A peering connection that no snapshot has leads nobody knows where.
    network = gone(network, "pcx-b")
    assert answer(judged(record(T), *both(network))) == expected


def test_over_a_peering_that_is_not_active_an_address_may_be_of_another_vpc(judged) -> None:
    """C has B's block, but nothing comes over pcx-c: what is in B may have sent it."""
    network = referring(route("10.1.0.0/16", "pcx-c"))
    of(network, "eni-c")["Groups"] = [{"GroupId": "sg-vpc-c"}]
    of(network, "pcx-c")["Status"] = {"Code": "deleted"}
    assert answer(judged(record(T), *both(network))) == EFFECTIVE


def test_to_a_vpc_that_no_snapshot_joins_a_reference_may_not_reach(judged) -> None:
    """Nothing says that A and B are peered; that the group's member is in B the snapshot shows."""
    network = referring()
    for call in ("describe-vpc-peering-connections", "describe-transit-gateway-vpc-attachments"):
        network = without(network, call)
    row = judged(record(T), *both(network))
    assert (*answer(row), row["alias"]) == (*DOUBTFUL, "UNKNOWN_PEERED_SGS")
    assert "whose member is in a VPC that no snapshot joins to this one" in row["note"]


def test_what_leaves_over_a_peering_that_is_not_active_meets_no_gateway(judged) -> None:
    network = by_gateway("enable", route("10.1.0.0/16", "pcx-b"), egress=True)
    of(network, "pcx-b")["Status"] = {"Code": "deleted"}
    assert answer(judged(record(T, "egress"), *both(network))) == SURE


def disputed() -> list[Snapshot]:
    """The other side listed the peering connection a day before, and not as active."""
    network = referring(route("10.1.0.0/16", "pcx-b"))
    theirs = {(THEIRS, *PEERINGS[1:]): [peering("pcx-b", "vpc-a", "vpc-b", status="provisioning")]}
    return [snapshot(theirs, NOON - DAY), *both(network)]


def test_two_sides_that_disagree_about_a_peering_make_a_reference_doubtful(judged) -> None:
    row = judged(record(T), *disputed())
    assert answer(row) == DOUBTFUL
    assert "of which the snapshots of its two sides disagree" in row["note"]


def test_two_sides_that_agree_that_it_is_not_active_make_it_sure(judged) -> None:
    early, *later = disputed()
    for one in later:
        for said in one.answers:
            if said.command == PEERINGS[2]:
                said.body["VpcPeeringConnections"][0]["Status"] = {"Code": "failed"}
            if said.command == "describe-transit-gateway-vpc-attachments":
                said.body["TransitGatewayVpcAttachments"].clear()
    assert answer(judged(record(T), early, *later)) == SURE


@pytest.mark.parametrize("target", ["vpce-gwlb", "eni-appliance", None])
def test_a_reference_does_not_hold_across_a_middlebox(judged, target) -> None:
    """E's route to F's subnet, within the VPC, leads by an appliance or an endpoint."""
    network = plain(*([route("10.0.2.0/24", target)] if target else []))
    of(network, "sg-vpc-a")["IpPermissions"] = [rule("tcp", (443, 443), group="sg-vpc-a")]
    row = judged(record(F), *both(network))
    if target is None:
        assert answer(row) == EFFECTIVE
        return
    assert answer(row) == DOUBTFUL
    assert (row["element_type"], row["element_id"]) == ("security-group", "sg-vpc-a")
    assert f"leads to by {target}: a reference does not hold across a middlebox" in row["note"]


@pytest.mark.parametrize("direction", ["ingress", "egress"])
@pytest.mark.parametrize("target", ["vpce-gwlb", "eni-appliance"])
def test_nor_does_one_to_a_peered_vpc(judged, target, direction) -> None:
    """The ACL refuses it, too: both are named."""
    network = referring(route("10.1.0.0/16", target), egress=direction == "egress")
    made = record(T, direction)
    row = judged(made, *both(network))
    assert answer(row) == DOUBTFUL
    assert f"leads to by {target}: a reference does not hold across a middlebox" in row["note"]
    denied = acl("acl-a", OURS, "subnet-e", entries=[entry(90, "deny", "6"), *ALLOW_ALL])
    of(network, "acl-a")["Entries"] = denied["Entries"]
    row = judged(made, *both(network))
    assert answer(row) == ("sg_and_nacl", "probable")
    causes = ["sg_reference_ineffective", f"nacl_{direction}_deny"]
    assert sorted(one["cause"] for one in row["blockers"]) == sorted(causes)


def test_across_a_middlebox_what_is_shut_stays_shut(judged) -> None:
    network = referring(route("10.1.0.0/16", "vpce-gwlb"), egress=True)
    of(network, "pcx-b")["Status"] = {"Code": "deleted"}
    assert answer(judged(record(T, "egress"), *both(network))) == SURE


def test_a_rule_for_addresses_holds_across_a_middlebox(judged) -> None:
    network = plain(route("10.0.2.0/24", "vpce-gwlb"))
    of(network, "sg-vpc-a")["IpPermissions"] = [rule("tcp", (443, 443), cidr="10.0.2.0/24")]
    assert answer(judged(record(F), *both(network))) == EFFECTIVE


def beside(*rules: Json, status: str = "deleted", deny: str = "6") -> Network:
    """E's rules refer to B's group over a peering connection that is gone; ACL 90 denies."""
    network = referring(route("10.1.0.0/16", "pcx-b"), egress=True)
    of(network, "pcx-b")["Status"] = {"Code": status}
    of(network, "sg-vpc-a")["IpPermissionsEgress"] = [*rules, OF_B]
    denied = acl("acl-a", OURS, "subnet-e", entries=[entry(90, "deny", deny), *ALLOW_ALL])
    of(network, "acl-a")["Entries"] = denied["Entries"]
    return network


@pytest.mark.parametrize("denies", ["6", "17"], ids=["ACL denies", "ACL allows"])
def test_what_may_allow_it_counts_before_a_reference_that_does_not(judged, denies) -> None:
    """A prefix list that no snapshot has, or a second group: the groups are unknown."""
    made = record(T, "egress")
    certain = {"6": ("sg_and_nacl", "certain"), "17": SURE}
    assert answer(judged(made, *both(beside(deny=denies)))) == certain[denies]
    row = judged(made, *both(beside(rule("tcp", prefix_list="pl-unknown"), deny=denies)))
    assert answer(row) == UNKNOWN
    assert "prefix lists in no snapshot: pl-unknown" in row["note"]
    assert "whose member is where the reference does not reach" in row["note"]
    network = beside(deny=denies)
    of(network, "eni-e")["Groups"].append({"GroupId": "sg-unseen"})
    row = judged(made, *both(network))
    assert answer(row) == UNKNOWN
    assert "groups in no snapshot: sg-unseen" in row["note"]


def test_so_does_a_rule_for_some_types_of_icmp(judged) -> None:
    ping = record(T, "egress", protocol=1, tcp_flags=None, srcport=0, dstport=0)
    everything = rule("-1", group="sg-vpc-b", account=THEIRS)
    by_type = rule("icmp", (8, -1), cidr="10.1.0.0/16")
    row = judged(ping, *both(beside(everything)))
    assert answer(row) == ("sg_reference_ineffective", "probable")
    row = judged(ping, *both(beside(everything, by_type)))
    assert answer(row) == ("depends_on_icmp_type", "conditional")
    assert "whose member is where the reference does not reach" in row["note"]


def test_a_rule_that_allows_it_counts_before_all_of_them(judged) -> None:
    allowing = rule("tcp", (443, 443), cidr="10.1.0.0/16")
    network = beside(rule("tcp", prefix_list="pl-unknown"), allowing, deny="17")
    assert answer(judged(record(T, "egress"), *both(network))) == EFFECTIVE
