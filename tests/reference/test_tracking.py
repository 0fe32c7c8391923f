"""Flows that no security group tracks, worked out by hand: rows 11 and 21 instead of 14 and 19."""

import pytest

from .connections import answered
from .model import Json
from .organisation import ALL_IN, PUBLIC, PUBLIC_6, organisation, record, rule, verdict
from .test_evaluator import decided

ANYONE, ANYONE_6 = "0.0.0.0/0", "::/0"
HTTPS = rule("tcp", (443, 443), cidr=ANYONE)
CLIENTS = rule("6", (50000, 50010), cidr=ANYONE)
ALL_TCP = rule("tcp", (0, 65535), cidr=ANYONE)
ALL_UDP = rule("udp", (0, 65535), cidr=ANYONE)
HALF = rule("-1", cidr="0.0.0.0/1")
LISTED = rule("-1", prefix_list="pl-known")


@pytest.mark.parametrize(
    ("ours", "theirs", "is_untracked"),
    [
        ([ALL_IN], [ALL_IN], True),
        ([HTTPS], [ALL_IN], True),
        ([HTTPS], [ALL_TCP], True),
        ([ALL_IN], [CLIENTS], True),
        ([ALL_TCP], [CLIENTS], True),
        ([HTTPS, ALL_TCP], [HTTPS, CLIENTS], True),
        ([HTTPS], [CLIENTS], False),
        ([ALL_IN], [HTTPS], False),
        ([ALL_IN], [], False),
        ([HTTPS], [ALL_UDP], False),
        ([HTTPS], [rule("tcp", (1, 65535), cidr=ANYONE)], False),
        ([HTTPS], [HALF], False),
        ([HTTPS], [LISTED], False),
        ([HALF], [ALL_IN], False),
        ([LISTED], [ALL_IN], False),
        ([HTTPS], [rule("-1", cidr_6=ANYONE_6)], False),
    ],
)
def test_untracked_by_rules(ours: list[Json], theirs: list[Json], is_untracked: bool) -> None:
    """To port 443 from port 50000; `ours` are the rules of the packet's own direction."""
    found = verdict(record(tcp_flags=16), organisation(ours, theirs))
    tracked = (14, "late_packet", "probable", None, None)
    row_11 = (11, "not_explained", "unknown", None, None)
    assert decided(found) == (row_11 if is_untracked else tracked)
    found = verdict(record(direction="egress", tcp_flags=16), organisation(theirs, ours))
    tracked = (19, "no_tracked_connection", "probable", None, None)
    row_21 = (21, "not_explained", "unknown", None, None)
    assert decided(found) == (row_21 if is_untracked else tracked)


def test_untracked_by_the_packet_s_family() -> None:
    only_4, only_6 = rule("-1", cidr=ANYONE), rule("-1", cidr_6=ANYONE_6)
    made = record(PUBLIC_6, tcp_flags=16)
    assert verdict(made, organisation([only_6], [only_6])).row == 11
    assert verdict(made, organisation([only_6], [only_4])).row == 14
    assert verdict(record(PUBLIC, tcp_flags=16), organisation([only_4], [only_4])).row == 11


def test_untracked_by_all_groups_together() -> None:
    ours = organisation([HTTPS], [ALL_IN], groups=["sg-empty", "sg-e"])
    assert verdict(record(tcp_flags=16), ours).row == 11


def test_tracked_where_the_source_port_or_a_group_is_unknown() -> None:
    made = record(tcp_flags=16, srcport=None)
    assert verdict(made, organisation([ALL_IN], [CLIENTS])).row == 14
    assert verdict(made, organisation([HTTPS], [ALL_IN])).row == 11
    made = record(tcp_flags=16)
    assert verdict(made, organisation([ALL_IN], [ALL_IN], groups=["sg-e", "sg-gone"])).row == 14
    assert verdict(made, organisation(groups=[])).row == 14
    leaves = record(direction="egress", tcp_flags=16)
    assert verdict(leaves, organisation([ALL_IN], [ALL_IN], groups=None)).row == 19


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("nat_gateway", 14),
        ("network_load_balancer", 14),
        ("vpc_endpoint", 14),
        ("lambda", 14),
        ("global_accelerator_managed", 14),
        ("gateway_load_balancer_endpoint", 14),
        ("interface", 11),
        ("transit_gateway", 11),
        ("branch", 11),
    ],
)
def test_interfaces_that_always_track(kind: str, row: int) -> None:
    wide = organisation([ALL_IN], [ALL_IN], kind=kind)
    assert verdict(record(tcp_flags=16), wide).row == row


def test_icmp_is_always_tracked() -> None:
    ping = record(protocol=1, srcport=0, dstport=0, tcp_flags=0)
    assert verdict(ping, organisation([ALL_IN], [ALL_IN]), log=[answered(ping)]).row == 14
    made = record(protocol=17, tcp_flags=0)
    assert verdict(made, organisation([ALL_IN], [ALL_IN]), log=[answered(made)]).row == 11
