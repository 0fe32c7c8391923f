"""Each row of the decision table, on the smallest network that brings it about.

What is expected stands here as the table says it; docs/decision-table.md numbers the rows.
"""

from collections.abc import Callable
from datetime import timedelta

import network_on_disk
import pytest
from reference.model import Json, Record, Snapshot
from reference.organisation import (
    ALL_IN,
    ALLOW_ALL,
    FAR,
    NEIGHBOUR,
    NOON,
    PEERED,
    PUBLIC,
    STRANGER,
    entry,
    organisation,
    record,
    rule,
)

DENY_443 = [entry(90, "deny", "6", ports=(443, 443)), *ALLOW_ALL]
NOTHING: list[Json] = []
# Egress rules have a list of their own; `organisation` gives E the same ACL in both directions.
OPEN = [ALL_IN]


def network(**more) -> Snapshot:
    """One snapshot before the record and, below, the same one after it: a stable answer."""
    return organisation(**more)


@pytest.fixture
def verdict(judge) -> Callable[[Record, Snapshot], dict]:
    def told(made: Record, snapshot: Snapshot) -> dict:
        (row,) = judge([made], *both(snapshot))
        return row

    return told


def both(snapshot: Snapshot) -> tuple[Snapshot, Snapshot]:
    return snapshot, Snapshot(NOON + timedelta(days=1), snapshot.answers)


GROUP = ("security-group", "sg-e", None)
ACL_90 = ("network-acl", "acl-e", "90")


@pytest.mark.parametrize(
    ("row", "made", "snapshot", "cause", "certainty", "element"),
    [
        (
            1,
            record(PUBLIC, reject_reason="BPA"),
            network(ingress=OPEN),
            "block_public_access",
            "certain",
            ("block-public-access", "vpc-a", None),
        ),
        (
            2,
            record(reject_reason="EC"),
            network(ingress=OPEN),
            "encryption_control",
            "certain",
            (None, None, None),
        ),
        (
            3,
            record(interface_id="eni-gone"),
            network(),
            "interface_unknown",
            "unknown",
            (None, None, None),
        ),
        (4, record(NEIGHBOUR), network(acl=DENY_443), "sg_ingress_miss", "certain", GROUP),
        (
            5,
            record(),
            network(ingress=OPEN, acl=DENY_443),
            "nacl_ingress_deny",
            "certain",
            ACL_90,
        ),
        (
            5,
            record(),
            network(ingress=OPEN, acl=[entry(100, "allow", "17")]),
            "nacl_ingress_deny",
            "certain",
            ("network-acl", "acl-e", "32767"),
        ),
        (6, record(), network(), "sg_ingress_miss", "certain", GROUP),
        (7, record(), network(acl=DENY_443), "sg_and_nacl", "certain", ACL_90),
        (
            8,
            record(),
            network(groups=[], acl=DENY_443),
            "nacl_ingress_deny",
            "certain",
            ACL_90,
        ),
        (11, record(), network(ingress=OPEN), "not_explained", "unknown", (None, None, None)),
        (15, record(direction="egress"), network(), "sg_egress_miss", "certain", GROUP),
        (
            15,
            record(NEIGHBOUR, "egress"),
            network(acl=DENY_443),
            "sg_egress_miss",
            "certain",
            GROUP,
        ),
        (
            16,
            record(direction="egress"),
            network(egress=OPEN, acl=DENY_443),
            "nacl_egress_deny",
            "certain",
            ACL_90,
        ),
        (
            17,
            record(direction="egress"),
            network(acl=DENY_443),
            "sg_and_nacl",
            "certain",
            GROUP,
        ),
        (
            21,
            record(direction="egress"),
            network(egress=OPEN),
            "not_explained",
            "unknown",
            (None, None, None),
        ),
    ],
)
def test_row(verdict, row, made, snapshot, cause, certainty, element) -> None:
    found = verdict(made, snapshot)
    assert (found["cause"], found["certainty"]) == (cause, certainty)
    assert (found["element_type"], found["element_id"], found["rule"]) == element


def test_row_0_has_no_verdict(tmp_path) -> None:
    quiet = [record(log_status=status, action=None) for status in ("NODATA", "SKIPDATA")]
    odd = [record(log_status="NODATA"), record(action="ACCEPT"), record()]
    rows = network_on_disk.judge(tmp_path, [*quiet, *odd], network())
    assert [row["line_number"] for row in rows] == [6]


@pytest.mark.parametrize(
    ("without", "rules", "named"),
    [
        (["describe-network-acls"], OPEN, "describe-network-acls"),
        (["sg-e"], NOTHING, "describe-security-groups"),
        (["describe-subnets"], OPEN, "describe-subnets"),
        ([], [rule("tcp", (443, 443), prefix_list="pl-unseen")], "get-managed-prefix-list-entries"),
        ([], [rule("-1", group="sg-x", account=STRANGER)], "describe-network-interfaces"),
    ],
)
def test_row_24_names_the_missing_call(verdict, without, rules, named) -> None:
    made = record("10.0.2.99") if STRANGER in str(rules) else record()
    found = verdict(made, network(ingress=rules, acl=DENY_443, without=without))
    assert (found["cause"], found["certainty"]) == ("stage_unknown", "unknown")
    assert named in found["note"]
    assert found["element_id"] is None


def test_what_is_missing_does_not_matter_where_another_group_rule_allows(verdict) -> None:
    rules = [rule("-1", prefix_list="pl-unseen"), ALL_IN]
    found = verdict(record(), network(ingress=rules, acl=DENY_443))
    assert found["cause"] == "nacl_ingress_deny"


ACCESS = ("block-public-access", "vpc-a", None)
NOBODY = (None, None, None)
ICMP = {"protocol": 1, "tcp_flags": None, "srcport": 0, "dstport": 0}


@pytest.mark.parametrize(
    ("made", "snapshot", "cause", "certainty", "element"),
    [
        (
            record(PUBLIC, log_version=5),
            network(ingress=OPEN, block_mode="block-ingress"),
            "block_public_access",
            "probable",
            ACCESS,
        ),
        (
            record(PUBLIC, log_version=8),
            network(ingress=OPEN, block_mode="block-ingress"),
            "not_explained",
            "unknown",
            NOBODY,
        ),
        (
            record(PEERED),
            network(ingress=[rule("-1", group="sg-p")], peering="pending-acceptance"),
            "sg_reference_ineffective",
            "certain",
            GROUP,
        ),
        (
            record(tcp_flags=18),
            network(acl=DENY_443),
            "nacl_ingress_deny_reply",
            "probable",
            ACL_90,
        ),
        (record(tcp_flags=0), network(), "no_tracked_connection", "probable", NOBODY),
        (record(tcp_flags=4), network(ingress=OPEN), "late_packet", "probable", NOBODY),
        (record(tcp_flags=4), network(groups=()), "late_packet", "probable", NOBODY),
        (
            record(direction="egress", tcp_flags=18),
            network(acl=DENY_443),
            "nacl_egress_deny_reply",
            "probable",
            ACL_90,
        ),
        (
            record(direction="egress", tcp_flags=1),
            network(),
            "no_tracked_connection",
            "probable",
            NOBODY,
        ),
        (
            record(PUBLIC, "egress", log_version=5),
            network(egress=OPEN, block_mode="block-bidirectional"),
            "block_public_access",
            "probable",
            ACCESS,
        ),
        (
            record(**ICMP),
            network(ingress=[rule("icmp", (8, -1), cidr="0.0.0.0/0")]),
            "depends_on_icmp_type",
            "conditional",
            NOBODY,
        ),
    ],
    ids=[
        "9",
        "9 of version 8",
        "10",
        "12",
        "13",
        "14",
        "14 without groups",
        "18",
        "19",
        "20",
        "23",
    ],
)
def test_row_of_what_is_no_plain_refusal(
    tmp_path, made, snapshot, cause, certainty, element
) -> None:
    (found,) = network_on_disk.judge(tmp_path, [made], *both(snapshot))
    assert (found["cause"], found["certainty"]) == (cause, certainty)
    assert (found["element_type"], found["element_id"], found["rule"]) == element
    assert (found["blockers"] == []) == (element == NOBODY)


def test_both_blockers_are_named_in_path_order(verdict) -> None:
    inbound = verdict(record(), network(acl=DENY_443))
    outbound = verdict(record(direction="egress"), network(acl=DENY_443))
    assert [b["stage"] for b in inbound["blockers"]] == [
        "network-acl-ingress",
        "security-group-ingress",
    ]
    assert [b["cause"] for b in inbound["blockers"]] == ["nacl_ingress_deny", "sg_ingress_miss"]
    assert [b["cause"] for b in outbound["blockers"]] == ["sg_egress_miss", "nacl_egress_deny"]


def test_rules_see_the_packets_own_addresses(verdict) -> None:
    # srcaddr is allowed, the packet behind it (FAR, through a middle interface) is not.
    only_neighbour = [rule("-1", cidr=f"{NEIGHBOUR}/32")]
    made = record(NEIGHBOUR, pkt_srcaddr=FAR, pkt_dstaddr="10.0.1.11")
    found = verdict(made, network(ingress=only_neighbour))
    assert found["cause"] == "sg_ingress_miss"
    assert (found["src_ip"], found["dst_ip"], found["peer_ip"]) == (FAR, "10.0.1.11", FAR)


@pytest.mark.parametrize(
    ("flags", "phase"),
    [(2, "initial"), (3, "initial"), (6, "initial"), (7, "initial"), (18, "reply"), (19, "reply"),
     (22, "reply"), (23, "reply"), (0, "late"), (1, "late"), (4, "late"), (5, "late")],
)  # fmt: skip
def test_phase_by_flags(verdict, flags, phase) -> None:
    found = verdict(record(tcp_flags=flags), network())
    assert (found["phase"], found["phase_source"]) == (phase, "flags")
    assert found["leg"] == ("reply" if phase == "reply" else "forward")


@pytest.mark.parametrize(
    ("acl", "cause", "leg"),
    [
        ([entry(90, "deny", "6"), *ALLOW_ALL], "nacl_ingress_deny_reply", "reply"),
        (ALLOW_ALL, "no_tracked_connection", "forward"),
    ],
)
def test_by_ports_what_comes_late_is_an_answer_to_acls_alone(verdict, acl, cause, leg) -> None:
    found = verdict(record(tcp_flags=0, srcport=443, dstport=50000), network(acl=acl))
    assert (found["phase"], found["cause"], found["leg"]) == ("late", cause, leg)


@pytest.mark.parametrize(
    ("src_port", "dst_port", "phase"),
    [(50000, 443, "initial"), (443, 50000, "reply"), (443, 1023, "initial"),
     (5432, 50000, "reply"), (5433, 50000, "initial"), (50000, 5432, "initial")],
)  # fmt: skip
def test_phase_by_ports(verdict, src_port, dst_port, phase) -> None:
    # E may call PostgreSQL: what comes in from that port to an ephemeral one is an answer.
    postgres = [rule("tcp", (5432, 5432), cidr="10.0.0.0/8"), ALL_IN]
    made = record(tcp_flags=None, srcport=src_port, dstport=dst_port)
    found = verdict(made, network(egress=postgres))
    assert (found["phase"], found["phase_source"]) == (phase, "heuristic")
    assert found["leg"] == ("reply" if phase == "reply" else "forward")
    assert found["certainty"] != "certain"


def test_udp_is_judged_as_initial_and_says_so(verdict) -> None:
    found = verdict(record(protocol=17, tcp_flags=None), network())
    assert (found["phase"], found["cause"]) == ("unknown", "sg_ingress_miss")
    assert found["certainty"] == "probable"
    assert "judged as the first packet" in found["note"]


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_groups_without_any_rule_in_that_direction_have_an_alias_of_their_own(
    verdict, direction
) -> None:
    """A rule in the other direction is none, and one of another group of the interface is one."""
    other = [rule("tcp", (22, 22), cidr="10.0.0.0/8")]
    ingress, egress = (other, NOTHING) if direction == "ingress" else (NOTHING, other)
    made = record(direction=direction)
    found = verdict(made, network(ingress=egress, egress=ingress, groups=["sg-e", "sg-empty"]))
    assert found["cause"] == f"sg_{direction}_miss"
    assert found["alias"] == "SG_HAS_NO_RULES"
    found = verdict(made, network(ingress=ingress, egress=egress, groups=["sg-e", "sg-empty"]))
    assert found["cause"] == f"sg_{direction}_miss"
    assert found["alias"] == "ENI_SG_RULES_MISMATCH"


@pytest.mark.parametrize("mode", ["enforce", "monitor", None])
def test_row_2_names_the_mode_of_the_vpcs_encryption_controls(verdict, mode) -> None:
    told = {"VpcId": "vpc-a"} | ({"EncryptionControl": {"Mode": mode}} if mode else {})
    found = verdict(record(reject_reason="EC"), network(more={"describe-vpcs": [told]}))
    assert (found["cause"], found["certainty"]) == ("encryption_control", "certain")
    said = f"encryption controls of vpc-a are in the mode {mode}" if mode else None
    assert found["note"] == said


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_two_rules_of_one_number_that_disagree_tell_nothing(verdict, direction) -> None:
    twice = [entry(90, "deny", "6", ports=(443, 443)), entry(90, "allow", "6"), *ALLOW_ALL]
    found = verdict(record(direction=direction), network(ingress=OPEN, egress=OPEN, acl=twice))
    assert (found["cause"], found["certainty"]) == ("stage_unknown", "unknown")
    assert found["element_id"] is None
    assert (
        "two rules of acl-e have one number and disagree: load describe-network-acls"
        in found["note"]
    )
    # For what only one of them is, the other is nothing.
    found = verdict(record(dstport=80), network(acl=twice))
    assert (found["cause"], found["certainty"]) == ("sg_ingress_miss", "certain")
