"""Answers worked out by hand for the finer readings: rules, references, phases and time."""

from datetime import timedelta

import pytest

from .model import Json
from .organisation import (
    ALL_IN,
    ALLOW_ALL,
    E_SECOND,
    FAR,
    NEIGHBOUR,
    NOON,
    PEERED,
    PUBLIC,
    PUBLIC_6,
    STRANGER,
    THEIRS,
    E,
    entry,
    organisation,
    record,
    rule,
    verdict,
)

MATCHED, MISSED, UNKNOWN = 11, 6, 24
UDP: Json = {"protocol": 17, "tcp_flags": None}
GRE: Json = {"protocol": 47, "srcport": 0, "dstport": 0, "tcp_flags": 0}
PING: Json = {"protocol": 1, "srcport": 0, "dstport": 0, "tcp_flags": 0}


@pytest.mark.parametrize(
    ("one", "more", "row"),
    [
        (rule("tcp", (443, 443), cidr="10.0.2.20/32"), {}, MATCHED),
        (rule("6", (443, 443), cidr="10.0.2.0/24"), {}, MATCHED),
        (rule("tcp", (444, 65535), cidr="0.0.0.0/0"), {}, MISSED),
        (rule("tcp", (0, 442), cidr="0.0.0.0/0"), {}, MISSED),
        (rule("tcp", (443, 443), cidr="10.0.2.21/32"), {}, MISSED),
        (rule("tcp", (443, 443), cidr_6="::/0"), {}, MISSED),
        (rule("udp", (443, 443), cidr="0.0.0.0/0"), {}, MISSED),
        (rule("17", (443, 443), cidr="0.0.0.0/0"), UDP, MATCHED),
        (rule("47", (1, 2), cidr="0.0.0.0/0"), GRE, MATCHED),
        (rule("50", cidr="0.0.0.0/0"), GRE, MISSED),
        (rule("icmp", (-1, -1), cidr="0.0.0.0/0"), PING, MATCHED),
        (rule("icmpv6", (-1, -1), cidr="0.0.0.0/0"), PING, MISSED),
        (rule("icmp", (8, -1), cidr="10.9.0.0/16"), PING, MISSED),
        (rule("tcp", (443, 443), prefix_list="pl-known"), {}, MATCHED),
        (rule("tcp", (80, 80), prefix_list="pl-unseen"), {}, MISSED),
        (rule("-1", group="sg-far"), {}, MATCHED),
        (rule("-1", group="sg-near"), {}, MISSED),
        (rule("-1", group="sg-gone"), {}, MISSED),
        (rule("tcp", (80, 80), group="sg-x", account=STRANGER), {}, MISSED),
    ],
)
def test_one_group_rule(one: Json, more: Json, row: int) -> None:
    assert verdict(record(**more), organisation([one])).row == row


def test_a_reference_to_strangers_is_unknown_unless_the_peer_is_known() -> None:
    strangers = [rule("-1", group="sg-x", account=STRANGER)]
    assert verdict(record("10.0.2.99"), organisation(strangers)).row == UNKNOWN
    assert verdict(record(FAR), organisation(strangers)).row == MISSED
    assert verdict(record(PEERED), organisation(strangers)).row == UNKNOWN
    assert verdict(record(FAR), organisation(strangers, far_groups=None)).row == UNKNOWN


def test_a_sure_match_outweighs_what_is_unknown() -> None:
    rules = [rule("-1", prefix_list="pl-unseen"), ALL_IN]
    assert verdict(record(), organisation(rules)).row == MATCHED
    assert verdict(record(), organisation([ALL_IN], groups=["sg-e", "sg-gone"])).row == MATCHED
    assert verdict(record(), organisation(groups=["sg-e", "sg-gone"])).row == UNKNOWN


def test_the_unknown_outweighs_a_doubt() -> None:
    rules = [
        rule("-1", group="sg-p", account=THEIRS),
        rule("-1", prefix_list="pl-unseen"),
    ]
    assert verdict(record(PEERED), organisation(rules, peering="failed")).row == UNKNOWN


def test_a_group_without_rules_is_a_miss() -> None:
    assert verdict(record(), organisation(groups=["sg-empty"])).row == MISSED


@pytest.mark.parametrize(
    ("entries", "rule_number"),
    [
        ([entry(200, "allow"), entry(100, "deny", "6", ports=(443, 443))], "100"),
        ([entry(100, "allow", "6", ports=(442, 442)), entry(110, "deny")], "110"),
        ([entry(100, "allow", "6", ports=(444, 444)), entry(110, "deny", "6")], "110"),
        ([entry(100, "allow", "17"), entry(101, "allow", cidr="::/0")], "32767"),
        ([entry(100, "allow", cidr="10.0.2.0/28"), entry(32767, "deny")], "32767"),
    ],
)
def test_the_lowest_matching_entry_decides(entries: list[Json], rule_number: str) -> None:
    found = verdict(record(), organisation([ALL_IN], acl=entries))
    assert (found.row, found.rule) == (5, rule_number)


def test_unusual_protocols_ignore_an_entry_s_ports() -> None:
    entries = [entry(80, "deny", "47", ports=(1, 2)), *ALLOW_ALL]
    assert verdict(record(**GRE), organisation([ALL_IN], acl=entries)).rule == "80"


def test_of_icmp_entries_that_all_deny_none_is_named() -> None:
    entries = [entry(80, "deny", "1", kind=8), entry(90, "deny", "1", kind=-1), *ALLOW_ALL]
    found = verdict(record(**PING), organisation([ALL_IN], acl=entries))
    assert (found.row, found.rule, found.certainty) == (5, None, "probable")
    every_type = [entry(80, "deny", "1", kind=-1), *ALLOW_ALL]
    assert verdict(record(**PING), organisation([ALL_IN], acl=every_type)).rule == "80"
    entries = [entry(80, "allow", "1", kind=8), *ALLOW_ALL]
    assert verdict(record(**PING), organisation([ALL_IN], acl=entries)).row == MATCHED


def test_same_subnet_by_ended_ipv6_association_does_not_count() -> None:
    assert verdict(record(PUBLIC_6), organisation([ALL_IN], acl=[])).row == 5


def test_a_transit_gateway_takes_in_through_the_inbound_rules_of_its_own_subnet() -> None:
    taken = organisation([ALL_IN], [ALL_IN], acl=[], kind="transit_gateway")
    found = verdict(record(NEIGHBOUR), taken)
    assert (found.row, found.element_id) == (5, "acl-e")
    assert verdict(record(NEIGHBOUR, "egress"), taken).row == 21
    assert verdict(record(NEIGHBOUR), organisation([ALL_IN], acl=[], kind="lambda")).row == 11
    lacking = organisation([ALL_IN], acl=[], kind="transit_gateway", without=["subnet-e"])
    assert verdict(record("10.0.1.99"), lacking).row == 5


def test_same_subnet_when_the_dump_lacks_the_subnet() -> None:
    lacking = organisation(acl=[], without=["subnet-e"])
    assert verdict(record(NEIGHBOUR), lacking).row == 4
    assert verdict(record("10.0.1.99"), lacking).row == UNKNOWN
    assert verdict(record(), organisation(without=["subnet-e"])).row == MISSED


@pytest.mark.parametrize(
    ("flags", "phase"),
    [(2, "initial"), (3, "initial"), (7, "initial"), (18, "reply"), (23, "reply")]
    + [(flags, "late") for flags in (0, 1, 4, 5, 16)],
)
def test_phase_by_flags(flags: int, phase: str) -> None:
    found = verdict(record(tcp_flags=flags), organisation())
    assert (found.phase, found.phase_source) == (phase, "flags")


@pytest.mark.parametrize(
    ("source", "target", "phase"),
    [
        (443, 1024, "reply"),
        (443, 1023, "initial"),
        (1023, 50000, "reply"),
        (1024, 50000, "initial"),
        (8000, 8001, "reply"),
        (8100, 50000, "reply"),
        (8101, 50000, "initial"),
        (8050, 8050, "initial"),
        (9000, 50000, "initial"),
        (7000, 50000, "initial"),
    ],
)
def test_phase_by_ports(source: int, target: int, phase: str) -> None:
    """Opposite rules: TCP 8000-8100, all TCP ports, all traffic, and UDP 7000; ours: 9000."""
    opposite = [
        rule("tcp", (8000, 8100), cidr="192.0.2.0/24"),
        rule("tcp", (0, 65535), cidr="0.0.0.0/0"),
        rule("udp", (7000, 7000), cidr="0.0.0.0/0"),
        ALL_IN,
    ]
    own = [rule("tcp", (9000, 9000), cidr="0.0.0.0/0")]
    made = record(tcp_flags=None, srcport=source, dstport=target)
    found = verdict(made, organisation(own, egress=opposite))
    assert (found.phase, found.phase_source) == (phase, "heuristic")


def test_certainty_without_flags_is_probable_at_most() -> None:
    assert verdict(record(tcp_flags=None), organisation()).certainty == "probable"
    found = verdict(record(**(UDP | {"tcp_flags": 0})), organisation())
    assert (found.row, found.certainty) == (MISSED, "probable")
    assert (found.phase, found.phase_source) == ("unknown", None)


def test_direction_by_addresses_when_the_record_does_not_say() -> None:
    made = record(flow_direction=None)
    assert verdict(made, organisation()).direction == "ingress"
    made = record(direction="egress", flow_direction=None, srcaddr=E_SECOND)
    assert verdict(made, organisation()).direction == "egress"
    both_or_neither: list[Json] = [{"dstaddr": "10.0.9.9"}, {"srcaddr": E_SECOND}]
    for ends in both_or_neither:
        found = verdict(record(flow_direction=None, **ends), organisation())
        assert (found.cause, found.row, found.direction) == ("stage_unknown", 24, None)


def test_the_packet_s_own_addresses_are_judged() -> None:
    rules = [rule("tcp", (443, 443), cidr=f"{PUBLIC}/32")]
    made = record(NEIGHBOUR, pkt_srcaddr=PUBLIC, pkt_dstaddr=E)
    assert verdict(made, organisation(rules)).row == MATCHED


def test_time_an_observation_settles_after_a_minute() -> None:
    early, late = organisation(), organisation([ALL_IN], at=NOON + timedelta(hours=1))
    at: Json = {"start_time": NOON + timedelta(seconds=60)}
    found = verdict(record(**at), late, early)
    assert (found.row, found.observed_before, found.observed_after) == (MISSED, NOON, late.instant)
    assert (found.stable, found.certainty) == (False, "conditional")
    found = verdict(record(start_time=NOON + timedelta(seconds=59)), late, early)
    assert (found.observed_before, found.observed_after) == (None, NOON)
    assert (found.stable, found.certainty) == (None, "probable")


def test_time_two_observations_agree() -> None:
    later = organisation(at=NOON + timedelta(hours=1))
    found = verdict(record(), organisation(), later)
    assert (found.stable, found.certainty) == (True, "certain")


def test_time_an_interface_that_is_gone_contradicts_nothing() -> None:
    later = organisation(at=NOON + timedelta(hours=1), without=["eni-e"])
    found = verdict(record(), organisation(), later)
    assert (found.stable, found.certainty, found.observed_after) == (None, "certain", later.instant)


def test_time_an_unknown_answer_stays_unknown() -> None:
    later = organisation(at=NOON + timedelta(hours=1))
    found = verdict(record(), organisation(groups=None), later)
    assert (found.stable, found.certainty) == (False, "unknown")
