"""Random networks with ways repeat, lose packets by every cause, and are written as AWS writes."""

import json
from collections import Counter
from pathlib import Path

from .losses import loss
from .lossy_networks import lossy_network
from .model import ALL_KEYS, Expected
from .networks import Network, write_dump
from .shapes import check_answer

FORWARD = {
    "route_missing",
    "route_blackhole",
    "peering_not_active",
    "outside_peer_cidr",
    "peering_not_transitive",
    "tgw_attachment_state",
    "tgw_not_associated",
    "tgw_zone",
    "tgw_no_route",
    "tgw_blackhole",
    "tgw_table_unseen",
    "no_subnet",
    "no_interface",
    "no_public_ip",
    "beyond_middlebox",
    "host_silent",
    "host_refused",
    "lost_unexplained",
    "tgw_nacl_deny",
}
# What replies seldom meet, for who asked is there, and hosts that are silent do not reply.
SELDOM = {"no_subnet", "no_interface", "outside_peer_cidr", "peering_not_transitive"}
SELDOM |= {"tgw_blackhole", "tgw_nacl_deny", "host_silent", "host_refused"}
REPLIES = FORWARD - SELDOM | {"route_diverted"}


def losses(network: Network) -> list[Expected | None]:
    return [loss(one, network.snapshots, network.records) for one in network.records]


def test_the_same_seed_gives_the_same_network() -> None:
    assert lossy_network(7) == lossy_network(7)
    assert lossy_network(7) != lossy_network(8)


def test_packets_get_lost_by_every_cause() -> None:
    legs: Counter[tuple[str, str]] = Counter()
    answers: Counter[str] = Counter()
    for seed in range(60):
        network = lossy_network(seed)
        for one in losses(network):
            if one:
                legs[one.cause, str(one.leg)] += 1
                answers[one.certainty] += 1
    wanted = [(cause, "forward") for cause in FORWARD] + [(cause, "reply") for cause in REPLIES]
    assert {one: legs[one] for one in wanted if not legs[one]} == {}
    assert min(answers[one] for one in ("certain", "probable", "conditional", "unknown")) > 10


def test_only_what_left_accepted_is_lost() -> None:
    for seed in range(5):
        network = lossy_network(seed)
        lost = [one for one, told in zip(network.records, losses(network), strict=True) if told]
        assert {one["action"] for one in lost} == {"ACCEPT"}
        assert {one["flow_direction"] for one in lost} <= {"egress", None}
        kinds = Counter(one["action"] or one["log_status"] for one in network.records)
        assert kinds["REJECT"] > 5 and kinds["ACCEPT"] > 100


def test_answers_have_the_fields_that_the_api_has() -> None:
    commands = set()
    for seed in range(8):
        for snapshot in lossy_network(seed).snapshots:
            for answer in snapshot.answers:
                check_answer(answer)
                commands.add(answer.command)
    assert commands == set(ALL_KEYS)


def test_only_the_owner_of_a_gateway_sees_its_tables() -> None:
    seen = 0
    for seed in range(25):
        for snapshot in lossy_network(seed).snapshots:
            for answer in snapshot.answers:
                for table in answer.body.get("TransitGatewayRouteTables", []):
                    owners = {
                        one["OwnerId"]
                        for other in snapshot.answers
                        for one in other.body.get("TransitGateways", [])
                        if one["TransitGatewayId"] == table["TransitGatewayId"]
                    }
                    assert owners <= {answer.account}
                for body in answer.body.get("TransitGatewayAttachments", []):
                    if answer.account != body["TransitGatewayOwnerId"]:
                        assert "Association" not in body
                        seen += 1
    assert seen > 5


def test_what_is_told_of_a_table_is_in_a_file_named_by_it(tmp_path: Path) -> None:
    network = lossy_network(1)
    told = 0
    for folder, snapshot in zip(write_dump(network, tmp_path), network.snapshots, strict=True):
        for answer in snapshot.answers:
            if answer.command == "search-transit-gateway-routes":
                place = folder / "accounts" / answer.account / answer.region
                path = place / f"search-transit-gateway-routes--{answer.subject}.json"
                assert json.loads(path.read_text(encoding="utf-8")) == answer.body
                told += 1
    assert told
