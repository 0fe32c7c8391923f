"""What a remedy has to know: free numbers, groups that a reference reaches, every view."""

from collections.abc import Callable
from datetime import timedelta

import polars as pl
import pytest
from network_in_memory import standing
from reference.organisation import NOON, OURS, REGION, THEIRS, entry
from wide_network import E, F, Network, T, acl, of, plain, route, snapshot

from pipeline.attribution import packets
from pipeline.engines import duckdb, queries
from pipeline.remedies import surroundings

PEERED = route("10.1.0.0/16", "pcx-b")
OUT = {
    "interface_id": "eni-e",
    "direction": "egress",
    "src_ip": E,
    "dst_ip": F,
    "protocol": 6,
    "src_port": 50000,
    "dst_port": 443,
    "phase": "initial",
    "start_time": NOON + timedelta(minutes=2),
}


@pytest.fixture
def told(memory, tmp_path) -> Callable[..., list[dict]]:
    """What one of queries/remedies says of packets over networks, one a day."""

    def ask(name: str, made: list[dict], *networks: Network) -> list[dict]:
        taken = [snapshot(one, NOON + timedelta(days=n)) for n, one in enumerate(networks)]
        with (
            standing(memory, tmp_path, *taken),
            packets.judging(memory, pl.DataFrame(made)),
        ):
            return duckdb.select(memory, queries.text("remedies", name)).to_pylist()

    return ask


def test_a_group_of_a_peer_is_known_within_the_vpc_and_over_peering(told) -> None:
    made = [OUT, OUT | {"dst_ip": T}, OUT | {"dst_ip": "10.0.2.99"}]
    assert told("peer_groups", made, plain(PEERED)) == [
        {"packet_id": 0, "group_id": "sg-vpc-a", "account_id": OURS, "peer_account_id": OURS},
        {"packet_id": 1, "group_id": "sg-vpc-b", "account_id": OURS, "peer_account_id": THEIRS},
    ]


def elsewhere() -> Network:
    """The peering connection is one between Regions."""
    network = plain(PEERED)
    of(network, "pcx-b")["AccepterVpcInfo"]["Region"] = "us-east-1"
    return network


def inactive() -> Network:
    network = plain(PEERED)
    of(network, "pcx-b")["Status"] = {"Code": "deleting"}
    return network


@pytest.mark.parametrize("network", [elsewhere(), inactive(), plain(route("10.1.0.0/16", "tgw-1"))])
def test_a_reference_that_does_not_reach_is_not_proposed(told, network) -> None:
    del network[(OURS, REGION, "describe-vpc-peering-connections")][1:]
    if any("TransitGatewayId" in one for one in of(network, "rtb-e")["Routes"]):
        del network[(OURS, REGION, "describe-vpc-peering-connections")]
    assert told("peer_groups", [OUT | {"dst_ip": T}], network) == []


def test_a_group_that_a_peer_carries_at_another_time_does_not_count(told) -> None:
    later = plain()
    of(later, "eni-f")["Groups"].append({"GroupId": "sg-later", "GroupName": "later"})
    (row,) = told("peer_groups", [OUT], plain(), later)
    assert row["group_id"] == "sg-vpc-a"


CARRIED = {"group_id": "sg-all", "account_id": OURS, "peer_account_id": OURS}


@pytest.mark.parametrize(
    ("carried", "groups"),
    [
        ([CARRIED, CARRIED], [("sg-all", None)]),
        ([CARRIED], []),
        ([CARRIED, CARRIED | {"group_id": "sg-b"}], []),
        ([one | {"peer_account_id": THEIRS} for one in (CARRIED, CARRIED)], [("sg-all", THEIRS)]),
    ],
)
def test_only_a_group_that_every_peer_carries_stands_for_them(monkeypatch, carried, groups) -> None:
    rows = pl.DataFrame([{"packet_id": n} | one for n, one in enumerate(carried)])
    owners = pl.DataFrame({"packet_id": [0, 1], "finding": [7, 7]})
    found = surroundings._groups_of_all(rows, owners)
    assert found.select("group_id", "account_id").rows() == groups
    # Where not all packets are looked at, what the others carry is not known.
    monkeypatch.setattr(surroundings, "MOST", 2)
    assert surroundings._groups_of_all(rows, owners).is_empty()


def with_entries(*numbers: int) -> Network:
    network = plain()
    made = acl("acl-a", OURS, "subnet-e", "subnet-f", entries=[entry(n, "deny") for n in numbers])
    of(network, "acl-a").update(made)
    return network


def test_numbers_are_taken_that_stand_or_came_since(told) -> None:
    networks = [with_entries(1, 2), with_entries(2, 3), with_entries(3, 4)]
    made = OUT | {"start_time": NOON + timedelta(days=1, minutes=2)}
    rows = told("acl_entries", [made], *networks)
    assert {row["network_acl_id"] for row in rows} == {"acl-a"}
    numbers = [(row["direction"], row["rule_number"]) for row in rows]
    assert sorted(numbers) == [(way, n) for way in ("egress", "ingress") for n in (2, 3, 4)]


def test_every_view_of_what_is_changed_is_told(told) -> None:
    network = plain()
    for call, name in (
        ("describe-security-groups", "sg-vpc-a"),
        ("describe-network-acls", "acl-a"),
    ):
        network[(THEIRS, REGION, call)].append(of(network, name))
    groups = told("scopes_of_groups", [OUT], network)
    acls = told("scopes_of_acls", [OUT], network)
    assert [row["group_id"] for row in groups] == ["sg-vpc-a"] * 2
    assert [row["network_acl_id"] for row in acls] == ["acl-a"] * 2
    assert len({row["scope"] for row in groups + acls}) == 4
