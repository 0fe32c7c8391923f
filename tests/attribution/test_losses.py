"""Silent losses: each row of the pair table, and each cause, on a network that has that one fault.

What is expected stands here as docs/decision-table.md says it. S is E of the plain network of
wide_network.py, T the interface at the other end of a peering.
"""

from datetime import timedelta

import pytest
from losses_in_memory import (
    DAY,
    MINUTE,
    SENT,
    WATCHED,
    answer,
    at,
    flow,
    heartbeat,
    log,
    losses,
    watched,
)
from reference.organisation import ALLOW_ALL, NOON, OURS, REGION, STRANGER, THEIRS, entry
from wide_network import (
    ALL,
    E_6,
    PUBLIC,
    PUBLIC_6,
    T_6,
    D,
    E,
    F,
    Network,
    T,
    acl,
    gateway_route,
    gone,
    of,
    peering,
    plain,
    route,
    without,
)

PEERED = route("10.1.0.0/16", "pcx-b")
TRANSIT = route("10.0.0.0/8", "tgw-1")
BACK = route("10.0.0.0/16", "pcx-b")
ASKED = flow("eni-e", E, T)
HEARD = at(ASKED, "eni-t")
ANSWERED = answer(HEARD)
CAME_BACK = at(ANSWERED, "eni-e")


@pytest.fixture
def told(memory, tmp_path):
    def found(records, *networks, **more) -> list[dict]:
        return losses(memory, tmp_path, records, *map(watched, networks), **more)

    return found


def there_and_back(network: Network | None = None) -> Network:
    """The plain network with routes over the peering, both ways."""
    made = plain(PEERED) if network is None else network
    of(made, "rtb-t")["Routes"].append(dict(BACK))
    return made


def change(network: Network, name: str, **fields) -> Network:
    of(network, name).update(fields)
    return network


def brief(rows: list[dict]) -> list[tuple]:
    return [(row["record"], row["leg"], row["cause"], row["certainty"]) for row in rows]


PAIRS = [
    # What S and T show, and what is told of it: the row of the pair table.
    ("all is well", [ASKED, HEARD, ANSWERED, CAME_BACK], []),
    ("refused at T", [ASKED, HEARD | {"action": "REJECT"}], []),
    ("lost between", [ASKED], [(0, "forward", "lost_unexplained", "unknown")]),
    ("T says nothing", [ASKED, HEARD], [(0, "forward", "host_silent", "probable")]),
    (
        "T resets it",
        [ASKED, HEARD, ANSWERED | {"tcp_flags": 4}, CAME_BACK | {"tcp_flags": 4}],
        [(0, "forward", "host_refused", "certain")],
    ),
    ("the answer is refused at T", [ASKED, HEARD, ANSWERED | {"action": "REJECT"}], []),
    ("the answer is refused at S", [ASKED, HEARD, ANSWERED, CAME_BACK | {"action": "REJECT"}], []),
    (
        "the answer is lost between",
        [ASKED, HEARD, ANSWERED],
        [(2, "reply", "lost_unexplained", "unknown")],
    ),
    ("not sent", [HEARD], []),
]


@pytest.mark.parametrize(
    ("records", "expected"), [one[1:] for one in PAIRS], ids=[one[0] for one in PAIRS]
)
def test_the_pair_table(told, records, expected) -> None:
    assert brief(told(records, there_and_back())) == expected


def test_the_element_of_what_a_host_does_is_its_interface(told) -> None:
    (row,) = told([ASKED, HEARD], there_and_back())
    assert (row["element_type"], row["element_id"], row["blockers"]) == ("interface", "eni-t", [])
    assert row["note"] == "it arrived at eni-t, which did not answer"


def test_what_may_be_is_said_of_what_the_configuration_lets_pass(told) -> None:
    (row,) = told([ASKED], there_and_back())
    assert "a packet too large" in row["note"]
    assert (row["element_type"], row["element_id"], row["rule"]) == (None, None, None)


def attachments(network: Network, name: str, **fields) -> Network:
    for objects in network.values():
        for one in objects:
            if one.get("TransitGatewayAttachmentId") == name and "SubnetIds" in one:
                one.update(fields)
    return network


def gateway_table(*routes) -> Network:
    network = plain(TRANSIT)
    network[THEIRS, REGION, "search-transit-gateway-routes--tgw-rtb-1"] = list(routes)
    return network


def unassociated() -> Network:
    network = plain(TRANSIT)
    call = (THEIRS, REGION, "get-transit-gateway-route-table-associations--tgw-rtb-1")
    network[call] = network[call][1:]
    return network


TO_A, TO_B = "tgw-attach-a", "tgw-attach-b"
DROP = {"DestinationCidrBlock": "10.1.1.0/24", "Type": "static", "State": "blackhole"}
OUT = [route(ALL, "igw-1"), route("::/0", "igw-1")]
TABLE, GATEWAY_TABLE = "route-table", "transit-gateway-route-table"
ATTACHED = "transit-gateway-attachment"
CAUSES = [
    ("route_missing", plain(), T, (TABLE, "rtb-e", None)),
    ("route_missing", plain(PEERED), T_6, (TABLE, "rtb-e", None)),
    (
        "route_blackhole",
        plain(route("10.1.0.0/16", "nat-gone", "blackhole")),
        T,
        (TABLE, "rtb-e", "10.1.0.0/16"),
    ),
    (
        "peering_not_active",
        change(plain(PEERED), "pcx-b", Status={"Code": "expired"}),
        T,
        ("peering", "pcx-b", None),
    ),
    (
        "outside_peer_cidr",
        plain(route("10.0.0.0/8", "pcx-b")),
        "10.7.0.1",
        ("peering", "pcx-b", None),
    ),
    ("peering_not_transitive", plain(route(ALL, "pcx-b")), PUBLIC, ("peering", "pcx-b", None)),
    (
        "tgw_attachment_state",
        attachments(plain(TRANSIT), TO_B, State="deleting"),
        T,
        (ATTACHED, TO_B, None),
    ),
    ("tgw_not_associated", unassociated(), T, (ATTACHED, TO_A, None)),
    ("tgw_zone", change(plain(TRANSIT), "subnet-e", AvailabilityZoneId="z3"), T, (ATTACHED, TO_A)),
    (
        "tgw_no_route",
        gateway_table(gateway_route("10.0.0.0/16", TO_A, "vpc-a")),
        T,
        (GATEWAY_TABLE, "tgw-rtb-1", None),
    ),
    (
        "tgw_blackhole",
        gateway_table(gateway_route("10.1.0.0/16", TO_B, "vpc-b"), DROP),
        T,
        (GATEWAY_TABLE, "tgw-rtb-1", "10.1.1.0/24"),
    ),
    ("no_subnet", plain(PEERED), "10.1.200.1", ("vpc", "vpc-b", None)),
    ("no_interface", plain(PEERED), "10.1.1.99", ("subnet", "subnet-t", None)),
    ("no_public_ip", plain(*OUT), PUBLIC, ("internet-gateway", "igw-1", None)),
    ("no_public_ip", plain(*OUT), "10.9.0.1", ("internet-gateway", "igw-1", None)),
]


def sent_to(peer: str, **more) -> dict:
    return flow("eni-e", E_6 if ":" in peer else E, peer, **more)


@pytest.mark.parametrize(
    ("cause", "network", "peer", "element"),
    CAUSES,
    ids=[f"{one[0]} {one[2]}" for one in CAUSES],
)
def test_what_the_configuration_shows_is_told_where_nothing_came_back(
    told, cause, network, peer, element
) -> None:
    (row,) = told([sent_to(peer)], network)
    assert (row["cause"], row["certainty"], row["leg"]) == (cause, "certain", "forward")
    named = (row["element_type"], row["element_id"], row["rule"])
    assert named[: len(element)] == element
    first = row["blockers"][0]
    assert (first["cause"], first["element_id"]) == (cause, row["element_id"])
    assert (row["stable"], row["phase"], row["phase_source"]) == (True, "initial", "flags")


def test_that_no_interface_is_there_takes_a_later_snapshot_to_be_certain(told) -> None:
    found = [
        told([sent_to("10.1.1.99")], plain(PEERED), at=when)
        for when in ((NOON,), (NOON, NOON + DAY))
    ]
    assert [row["certainty"] for rows in found for row in rows] == ["probable", "certain"]


ALIASES = {
    "10.9.0.1": "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
    PUBLIC: "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
}


@pytest.mark.parametrize("peer", ALIASES)
def test_the_alias_tells_whose_address_is_not_public(told, peer) -> None:
    (row,) = told([sent_to(peer)], plain(*OUT))
    assert row["alias"] == ALIASES[peer]


def test_all_that_would_have_blocked_is_told_in_path_order(told) -> None:
    network = attachments(plain(TRANSIT), TO_B, State="deleting")
    change(network, "subnet-e", AvailabilityZoneId="z3")
    (row,) = told([ASKED], network)
    assert [one["cause"] for one in row["blockers"]] == ["tgw_zone", "tgw_attachment_state"]
    assert (row["cause"], row["alias"]) == ("tgw_zone", "TGW_ROUTE_AZ_RESTRICTION")


def test_a_zone_gap_of_the_target_is_probable(told) -> None:
    (row,) = told([ASKED], change(plain(TRANSIT), "subnet-t", AvailabilityZoneId="z2"))
    assert brief([row]) == [(0, "forward", "tgw_zone", "probable")]
    assert row["alias"] == "TGW_ROUTE_AZ_RESTRICTION"


def test_behind_a_stage_that_is_not_known_nothing_is_certain(told) -> None:
    network = attachments(plain(TRANSIT), TO_B, State="deleting")
    change(network, "subnet-gate-a", AvailabilityZoneId=None)
    (row,) = told([ASKED], network)
    assert brief([row]) == [(0, "forward", "tgw_attachment_state", "probable")]
    assert "its Availability Zones are not known: load" in row["note"]


def shut_gate(port: int) -> Network:
    network = plain(TRANSIT)
    entries = [entry(90, "deny", "6", ports=(port, port)), *ALLOW_ALL]
    return change(
        network, "acl-gate-a", **acl("acl-gate-a", OURS, "subnet-gate-a", entries=entries)
    )


def test_an_acl_of_a_gateways_subnet_is_named_for_no_interface_of_anyones_shows_it(told) -> None:
    (row,) = told([ASKED], shut_gate(443))
    assert brief([row]) == [(0, "forward", "tgw_nacl_deny", "certain")]
    assert (row["element_id"], row["rule"]) == ("acl-gate-a", "90")
    assert row["blockers"] == [
        {
            "stage": "network-acl-ingress",
            "element_type": "network-acl",
            "element_id": "acl-gate-a",
            "rule": "90",
            "cause": "tgw_nacl_deny",
        }
    ]
    assert row["alias"] == "SUBNET_ACL_RESTRICTION"
    assert "log its interface there" in row["note"]


def test_of_a_gateways_acl_no_rule_is_named_that_depends_on_the_type_of_icmp(told) -> None:
    network = plain(TRANSIT)
    ping = flow("eni-e", E, T, protocol=1, tcp_flags=None, srcport=0, dstport=0)
    for kinds, rule, certainty in (({"kind": 8}, None, "probable"), ({}, "90", "certain")):
        entries = [entry(90, "deny", "1", **kinds), entry(95, "deny", "1"), *ALLOW_ALL]
        changed = acl("acl-gate-a", OURS, "subnet-gate-a", entries=entries)
        (row,) = told([ping], change(network, "acl-gate-a", **changed))
        assert brief([row]) == [(0, "forward", "tgw_nacl_deny", certainty)]
        assert (row["element_id"], row["rule"]) == ("acl-gate-a", rule)


def test_an_acl_of_a_gateways_subnet_is_asked_for_an_address_of_a_prefix(told) -> None:
    network = shut_gate(443)
    of(network, "eni-e")["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.1.64/28"}]
    pod = flow("eni-e", E, T, pkt_srcaddr="10.0.1.70")
    (row,) = told([pod], network)
    assert [one["element_id"] for one in row["blockers"]] == ["acl-gate-a"]


def test_an_address_of_a_prefix_has_no_public_one(told) -> None:
    network = plain(*OUT)
    own = of(network, "eni-e")
    own["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.1.64/28"}]
    own["PrivateIpAddresses"].append(
        {"PrivateIpAddress": "10.0.1.11", "Association": {"PublicIp": "54.1.2.3"}}
    )
    (row,) = told([flow("eni-e", E, PUBLIC, pkt_srcaddr="10.0.1.70")], network)
    assert row["cause"] == "no_public_ip"


def test_an_acl_of_a_gateways_subnet_is_asked_for_the_packets_own_port(told) -> None:
    (row,) = told([ASKED], shut_gate(80))
    assert (row["cause"], row["blockers"]) == ("lost_unexplained", [])


UNSEEN = [
    (
        "tgw_table_unseen",
        without(plain(TRANSIT), "search-transit-gateway-routes"),
        (GATEWAY_TABLE, "tgw-rtb-1", None),
    ),
    (
        "beyond_middlebox",
        plain(route("10.1.0.0/16", "vpce-gwlb")),
        ("vpc-endpoint", "vpce-gwlb", None),
    ),
]


def test_an_answer_that_appliances_may_lose_says_that_their_mode_is_off(told) -> None:
    network = plain(PEERED)
    change(network, "subnet-t", AvailabilityZoneId="z2")
    change(network, "rtb-gate-a", Routes=[route("10.0.1.0/24", "eni-f")])
    of(network, "rtb-t")["Routes"].append(TRANSIT)
    of(network, "tgw-attach-b")["SubnetIds"].append("subnet-t")
    of(network, "tgw-attach-a")["Options"] = {"ApplianceModeSupport": "disable"}
    (row,) = told([ASKED, HEARD, ANSWERED], network)
    assert (row["leg"], row["cause"], row["element_id"]) == ("reply", "beyond_middlebox", "eni-f")
    assert "the appliance mode of tgw-attach-a is off" in row["note"]


@pytest.mark.parametrize(("cause", "network", "element"), UNSEEN, ids=[one[0] for one in UNSEEN])
def test_what_is_lost_beyond_what_is_known_is_told_where_it_surely_did_not_arrive(
    told, cause, network, element
) -> None:
    network = gone(network, "eni-c")
    (row,) = told([ASKED], network)
    assert brief([row]) == [(0, "forward", cause, "unknown")]
    assert (row["element_type"], row["element_id"], row["rule"]) == element
    assert row["peer_vpc_id"] is None


@pytest.mark.parametrize("network", [one[1] for one in UNSEEN], ids=[one[0] for one in UNSEEN])
def test_where_two_interfaces_have_the_address_nothing_is_proven(told, network) -> None:
    assert told([ASKED], network) == []


def test_which_call_would_tell_is_in_the_note(told) -> None:
    network = gone(without(plain(TRANSIT), "search-transit-gateway-routes"), "eni-c")
    (row,) = told([ASKED], network)
    assert "load its search-transit-gateway-routes" in row["note"]


def test_where_routes_do_not_say_it_the_other_ends_record_names_the_vpc(told) -> None:
    unseen = without(plain(TRANSIT), "search-transit-gateway-routes")
    (row,) = told([ASKED, HEARD], unseen)
    assert (row["cause"], row["path"]) == ("host_silent", "transit-gateway")
    named = ("peer_vpc_id", "peer_account_id", "peer_interface_id", "peer_candidates")
    assert [row[name] for name in named] == ["vpc-b", THEIRS, "eni-t", None]


# The way back.


def test_an_answer_that_has_no_route_is_told_on_the_answer(told) -> None:
    (row,) = told([ASKED, HEARD, ANSWERED], plain(PEERED))
    assert brief([row]) == [(2, "reply", "route_missing", "certain")]
    assert (row["element_id"], row["interface_id"], row["phase"]) == ("rtb-t", "eni-t", "reply")


def test_an_answer_without_a_route_needs_no_log_at_the_other_end(told) -> None:
    (row,) = told([HEARD, ANSWERED], plain(PEERED))
    assert brief([row]) == [(1, "reply", "route_missing", "certain")]


def test_what_an_interface_in_between_shows_has_not_arrived(told) -> None:
    passed = at(ANSWERED, "eni-nat")
    rows = told([ASKED, HEARD, ANSWERED, passed], plain(PEERED))
    assert brief(rows) == [(2, "reply", "route_missing", "probable")]
    assert "it was seen at eni-nat" in rows[0]["note"]


def test_what_goes_on_was_answered_whatever_the_snapshot_says(told) -> None:
    grown = HEARD | {"tcp_flags": 3, "bytes": 9000}
    assert told([grown, ANSWERED], plain(PEERED)) == []


def astray() -> Network:
    """VPC B is peered with a VPC that has A's block, and its table leads there."""
    network = there_and_back()
    join = peering("pcx-x", "vpc-b", "vpc-x", STRANGER)
    network[THEIRS, REGION, "describe-vpc-peering-connections"] = [join]
    state = {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}
    other = {"VpcId": "vpc-x", "OwnerId": STRANGER, "CidrBlockAssociationSet": [state]}
    network[STRANGER, REGION, "describe-vpcs"].append(other)
    of(network, "rtb-t")["Routes"][-1]["VpcPeeringConnectionId"] = "pcx-x"
    return network


def test_an_answer_to_another_vpc_with_the_same_block_went_astray(told) -> None:
    (row,) = told([ASKED, HEARD, ANSWERED], astray())
    assert (row["record"], row["leg"], row["cause"]) == (2, "reply", "route_diverted")
    named = (row["element_type"], row["element_id"], row["rule"])
    assert named == (TABLE, "rtb-t", "10.0.0.0/16")
    # Who asked is the peer, and not who has the same address where the answer is led.
    named = ("peer_vpc_id", "peer_account_id", "peer_interface_id", "peer_candidates")
    assert [row[name] for name in named] == ["vpc-a", OURS, "eni-e", None]
    assert "another VPC than that of eni-e, which it answers: vpc-x" in row["note"]


def test_whom_an_answer_is_for_is_known_from_the_question_alone(told) -> None:
    (row,) = told([HEARD, ANSWERED], astray())
    assert brief([row]) == [(1, "reply", "no_subnet", "certain")]


def test_a_zone_without_an_attachment_loses_the_answers(told) -> None:
    network = attachments(plain(TRANSIT), TO_B, SubnetIds=["subnet-gate-b"])
    change(network, "rtb-t", Routes=[route("10.1.0.0/16", "local"), TRANSIT])
    change(network, "subnet-t", AvailabilityZoneId="z2")
    (row,) = told([ASKED, HEARD, ANSWERED], network)
    assert brief([row]) == [(2, "reply", "tgw_zone", "certain")]


# What is proven, and what is not.

NOT_WATCHED = {
    "no flow log": [],
    "refused flows alone": [log("vpc-a", "REJECT")],
    "no delivery": [log("vpc-a", DeliverLogsStatus="FAILED")],
    "another's flow log": [log("vpc-z")],
}


@pytest.mark.parametrize("name", NOT_WATCHED)
def test_where_no_log_would_show_an_answer_nothing_is_lost(memory, tmp_path, name) -> None:
    network = watched(plain())
    network[OURS, REGION, "describe-flow-logs"] = NOT_WATCHED[name]
    assert losses(memory, tmp_path, [ASKED], network) == []


def test_a_log_that_another_account_alone_lists_proves_nothing(memory, tmp_path) -> None:
    network = watched(plain(), "vpc-a")
    network[THEIRS, REGION, "describe-flow-logs"] = [log("vpc-a"), log("vpc-b")]
    assert losses(memory, tmp_path, [ASKED], network) == []


@pytest.mark.parametrize("kind", ["ALL", "ACCEPT"])
def test_accepted_traffic_alone_shows_that_nothing_came_back(memory, tmp_path, kind) -> None:
    network = watched(plain())
    network[OURS, REGION, "describe-flow-logs"] = [log("eni-e", kind)]
    (row,) = losses(memory, tmp_path, [ASKED], network)
    assert row["cause"] == "route_missing"


def test_that_it_did_not_arrive_wants_a_log_of_all_traffic_there(memory, tmp_path) -> None:
    network = watched(there_and_back())
    network[THEIRS, REGION, "describe-flow-logs"] = [log("vpc-b", "ACCEPT")]
    assert losses(memory, tmp_path, [ASKED], network) == []


def skip(interface: str, minutes: int) -> dict:
    return heartbeat(interface, minutes) | {"log_status": "SKIPDATA"}


@pytest.mark.parametrize("beside", [[skip("eni-e", 10)], [skip("eni-e", 14)]])
def test_where_records_were_skipped_nothing_is_proven(told, beside) -> None:
    assert told([ASKED, *beside], plain()) == []


def test_what_was_skipped_at_another_time_does_not_count(told) -> None:
    assert len(told([ASKED, skip("eni-e", 5), skip("eni-e", 30), skip("eni-f", 10)], plain())) == 1


def test_what_was_skipped_at_the_other_end_may_have_arrived(told) -> None:
    assert told([ASKED, skip("eni-t", 10)], there_and_back()) == []


@pytest.mark.parametrize("minutes", [(5,), (40,), (5, 14)])
def test_the_log_must_have_begun_and_go_on(told, minutes) -> None:
    beats = [heartbeat(one, minute) for one in WATCHED for minute in minutes]
    assert told([ASKED], plain(), beats=beats) == []


def test_an_answer_within_five_minutes_is_one(told) -> None:
    late = answer(ASKED, start_time=ASKED["end_time"] + 5 * MINUTE)
    later = answer(ASKED, start_time=ASKED["end_time"] + 5 * MINUTE + timedelta(seconds=1))
    assert told([ASKED, late], plain()) == []
    assert len(told([ASKED, later], plain())) == 1


@pytest.mark.parametrize("action", ["ACCEPT", "REJECT"])
def test_what_was_answered_was_not_lost(told, action) -> None:
    assert told([ASKED, answer(ASKED, action=action)], plain()) == []


def test_a_long_flow_is_no_start(told) -> None:
    assert told([ASKED | {"tcp_flags": 3}], plain()) == []
    assert told([ASKED | {"bytes": 9000}], plain()) == []


def test_what_arrived_is_not_lost_though_the_snapshot_has_no_route(told) -> None:
    (row,) = told([ASKED, HEARD], plain())
    assert row["cause"] == "host_silent"


UDP = {"protocol": 17, "tcp_flags": None, "dstport": 514}


def test_one_way_udp_is_no_loss_without_proof_that_it_did_not_arrive(memory, tmp_path) -> None:
    sent = ASKED | UDP
    network = watched(there_and_back(), "vpc-b")
    assert losses(memory, tmp_path, [sent], network) == []


def test_udp_that_arrives_and_is_not_answered_is_no_loss(told) -> None:
    assert told([ASKED | UDP, HEARD | UDP], there_and_back()) == []


def test_udp_that_surely_did_not_arrive_is_lost_be_it_the_first_packet_or_not(told) -> None:
    rows = told([ASKED | UDP], gone(plain(), "eni-c"))
    assert brief(rows) == [(0, "forward", "route_missing", "certain")]
    assert "no flags to tell" in rows[0]["note"]


def test_answers_of_udp_are_told_by_what_they_answer(told) -> None:
    asked, heard = ASKED | UDP, HEARD | UDP
    back = answer(heard)
    rows = told([asked, heard, back], plain(PEERED))
    assert brief(rows) == [(2, "reply", "route_missing", "certain")]


NOW = {"start_time": SENT, "end_time": SENT + MINUTE}


@pytest.mark.parametrize(("timeouts", "seconds"), [(None, 240), ({"UdpStreamTimeout": 60}, 120)])
def test_what_they_answer_is_tracked_as_the_interface_is_set(told, timeouts, seconds) -> None:
    """What comes later begins something: its way back is its way there."""
    network = plain(PEERED)
    if timeouts:
        of(network, "eni-t")["ConnectionTrackingConfiguration"] = timeouts
    for ago, leg in ((seconds, "reply"), (seconds + 1, "forward")):
        before = {"start_time": SENT - 10 * MINUTE, "end_time": SENT - timedelta(seconds=ago)}
        rows = told([ASKED | UDP, HEARD | UDP | before, answer(HEARD | UDP, **NOW)], network)
        assert brief(rows)[-1] == (2, leg, "route_missing", "certain")


def test_a_ping_that_is_not_answered_is_lost_only_where_it_surely_did_not_arrive(told) -> None:
    ping = ASKED | {"protocol": 1, "tcp_flags": None, "srcport": 0, "dstport": 0}
    assert told([ping], plain(route("10.1.0.0/16", "nat-gone", "blackhole"))) == []
    rows = told([ping], there_and_back())
    assert brief(rows) == [(0, "forward", "lost_unexplained", "unknown")]


V2 = {"tcp_flags": None, "flow_direction": None, "pkt_srcaddr": None, "pkt_dstaddr": None}


def test_without_flags_and_direction_it_is_told_from_sizes_ports_and_addresses(told) -> None:
    rows = told([ASKED | V2], plain())
    assert brief(rows) == [(0, "forward", "route_missing", "probable")]
    assert "told from the ports" in rows[0]["note"]
    assert told([ASKED | V2 | {"bytes": 4000}], plain()) == []


def test_what_is_no_own_address_was_only_passed_on(told) -> None:
    passed = ASKED | {"interface_id": "eni-f", "srcaddr": F, "pkt_srcaddr": E}
    assert told([passed], plain()) == []


def test_a_gateways_interface_loses_nothing(told) -> None:
    through = flow("eni-nat", "10.0.8.8", T)
    assert told([through, heartbeat("eni-nat", 5), heartbeat("eni-nat", 40)], plain()) == []


def packets_shown(network: Network) -> Network:
    """Let the flow log of T's VPC have the packets' own addresses."""
    made = watched(network)
    shown = log("vpc-b", LogFormat="${interface-id} ${pkt-srcaddr} ${pkt-dstaddr}")
    return made | {(THEIRS, REGION, "describe-flow-logs"): [shown]}


def test_addresses_of_a_prefix_are_the_interfaces_own(memory, tmp_path) -> None:
    network = packets_shown(there_and_back())
    of(network, "eni-t")["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.1.1.64/28"}]
    of(network, "eni-e")["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.1.64/28"}]
    pod = flow("eni-e", E, "10.1.1.70", pkt_srcaddr="10.0.1.70")
    refused = at(pod, "eni-t", action="REJECT", dstaddr=T)
    assert losses(memory, tmp_path, [pod, refused], network) == []
    rows = losses(memory, tmp_path, [pod], network)
    assert brief(rows) == [(0, "forward", "lost_unexplained", "unknown")]


TWO = [{"PrivateIpAddress": "10.1.1.20", "Primary": True}, {"PrivateIpAddress": "10.1.1.21"}]
SECOND = flow("eni-e", E, "10.1.1.21")


def test_a_log_without_the_packets_addresses_shows_another_one(memory, tmp_path) -> None:
    network = there_and_back()
    of(network, "eni-t")["PrivateIpAddresses"] = TWO
    assert losses(memory, tmp_path, [SECOND], watched(network)) == []
    assert len(losses(memory, tmp_path, [ASKED], watched(network))) == 1
    assert len(losses(memory, tmp_path, [SECOND], packets_shown(network))) == 1


def test_a_record_that_shows_the_primary_address_may_be_of_another(told) -> None:
    network = there_and_back()
    own = of(network, "eni-e")["PrivateIpAddresses"]
    own.append({"PrivateIpAddress": "10.0.1.11"})
    assert told([ASKED | {"pkt_srcaddr": None}], network) == []
    assert len(told([ASKED], network)) == 1


def test_without_the_packets_address_which_public_one_it_has_is_not_known(told) -> None:
    network = plain(*OUT)
    own = of(network, "eni-e")["PrivateIpAddresses"]
    own.append({"PrivateIpAddress": "10.0.1.11", "Association": {"PublicIp": "54.1.2.3"}})
    assert told([flow("eni-e", E, PUBLIC, pkt_srcaddr=None)], network) == []


def test_an_interface_that_no_snapshot_has_may_be_the_one_at_the_address(told) -> None:
    network = gone(plain(PEERED), "eni-t", "eni-c")
    assert [row["cause"] for row in told([ASKED], network)] == ["no_interface"]
    assert told([ASKED, HEARD], network) == []


def test_of_two_vpcs_with_one_block_only_the_one_of_the_way_counts(told) -> None:
    network = there_and_back(gone(plain(PEERED), "eni-t"))
    (row,) = told([ASKED], network)
    assert (row["cause"], row["peer_vpc_id"], row["peer_interface_id"]) == (
        "no_interface",
        "vpc-b",
        None,
    )


# What depends on the protocol, the port and what stands at the other end.


def test_a_nat_gateway_carries_only_some_protocols(told) -> None:
    gre = sent_to(PUBLIC, protocol=47, tcp_flags=None, srcport=0, dstport=0)
    (row,) = told([gre], plain(route(ALL, "nat-1")))
    assert (row["cause"], row["certainty"]) == ("nat_protocol_unsupported", "certain")
    assert (row["element_type"], row["element_id"]) == ("nat-gateway", "nat-1")
    assert told([sent_to(PUBLIC)], plain(route(ALL, "nat-1"))) == []


def test_its_own_public_address_counts_and_no_other(told) -> None:
    network = plain(*OUT)
    own = of(network, "eni-e")["PrivateIpAddresses"]
    own.append({"PrivateIpAddress": "10.0.1.11", "Association": {"PublicIp": "54.1.2.3"}})
    assert told([flow("eni-e", "10.0.1.11", PUBLIC)], network) == []
    (row,) = told([flow("eni-e", E, PUBLIC)], network)
    assert (row["cause"], row["certainty"]) == ("no_public_ip", "certain")


def test_what_leaves_is_nobodys_loss(told) -> None:
    assert told([sent_to(PUBLIC_6)], plain(*OUT)) == []


BALANCER = (
    "arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer/app/shop/50dc6c495c0c9188"
)


def balanced(*ports: int) -> Network:
    network = there_and_back()
    of(network, "eni-t")["Description"] = "ELB app/shop/50dc6c495c0c9188"
    network[THEIRS, REGION, "describe-load-balancers"] = [
        {"LoadBalancerArn": BALANCER, "LoadBalancerName": "shop", "Type": "application"}
    ]
    network[THEIRS, REGION, f"describe-listeners--{BALANCER.replace('/', '%2F')}"] = [
        {
            "ListenerArn": f"{BALANCER}/{port}",
            "LoadBalancerArn": BALANCER,
            "Port": port,
            "Protocol": "HTTPS",
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": "arn:tg"}],
        }
        for port in ports
    ]
    return network


def test_a_load_balancer_that_does_not_listen_is_named(told) -> None:
    (row,) = told([ASKED, HEARD], balanced(80))
    assert (row["cause"], row["certainty"]) == ("load_balancer_no_listener", "certain")
    assert (row["element_type"], row["element_id"]) == ("load-balancer", BALANCER)


def test_a_load_balancer_that_listens_is_a_host_like_others(told) -> None:
    (row,) = told([ASKED, HEARD], balanced(443))
    assert row["cause"] == "host_silent"


def test_the_public_address_of_what_is_peered_is_a_sign_of_dns(told) -> None:
    network = there_and_back(plain(PEERED, *OUT))
    for name, public in (("eni-e", "54.0.0.1"), ("eni-t", "54.0.0.2")):
        of(network, name)["PrivateIpAddresses"][0]["Association"] = {"PublicIp": public}
    (row,) = told([sent_to("54.0.0.2")], network)
    assert (row["cause"], row["certainty"]) == ("dns_resolved_elsewhere", "probable")
    assert "the public one of eni-t" in row["note"]
    assert told([sent_to("54.0.0.3")], network) == []


# What the transit gateway's own log counts.


def counted(**lost) -> dict:
    fields = {
        "packets_lost_no_route": 0,
        "packets_lost_blackhole": 0,
        "packets_lost_mtu_exceeded": 0,
        "packets_lost_ttl_expired": 0,
    }
    keys = ("srcaddr", "dstaddr", "srcport", "dstport", "protocol", "start_time", "end_time")
    return {key: ASKED[key] for key in keys} | {"tgw_id": "tgw-1"} | fields | lost


NO_ROUTE = gateway_table(gateway_route("10.0.0.0/16", TO_A, "vpc-a"))
NO_ROUTES_SEEN = gone(without(plain(TRANSIT), "search-transit-gateway-routes"), "eni-c")
LOST, DROPPED = {"packets_lost_no_route": 3}, {"packets_lost_blackhole": 3}
FIRST = (GATEWAY_TABLE, "tgw-rtb-1")
GATEWAY = ("transit-gateway", "tgw-1")
COUNTS = [
    ("confirmed", NO_ROUTE, LOST, ("tgw_no_route", "certain", *FIRST)),
    ("passed on", NO_ROUTE, {}, ("tgw_no_route", "probable", *FIRST)),
    ("another reason", NO_ROUTE, DROPPED, ("tgw_blackhole", "certain", *FIRST)),
    (
        "none shows a route to it",
        plain(),
        LOST,
        ("tgw_no_route", "certain", "transit-gateway", "tgw-1"),
    ),
    ("no routes are seen", NO_ROUTES_SEEN, LOST, ("tgw_no_route", "certain", *FIRST)),
    (
        "too large",
        plain(TRANSIT),
        {"packets_lost_mtu_exceeded": 3},
        ("lost_unexplained", "unknown", None, None),
    ),
]


@pytest.mark.parametrize(
    ("network", "lost", "expected"), [one[1:] for one in COUNTS], ids=[one[0] for one in COUNTS]
)
def test_the_counters_of_a_transit_gateway(told, network, lost, expected) -> None:
    (row,) = told([ASKED], network, counters=[counted(**lost)])
    named = (row["cause"], row["certainty"], row["element_type"], row["element_id"])
    assert named == expected
    assert "the transit gateway" in row["note"]


def test_of_two_gateways_the_one_that_counted_it_is_named(told) -> None:
    sent = flow("eni-e", E, D)
    for gateway, table in (("tgw-1", "tgw-rtb-1"), ("tgw-2", "tgw-rtb-2")):
        counter = counted(**LOST) | {"dstaddr": D, "tgw_id": gateway}
        (row,) = told([sent], plain(TRANSIT), counters=[counter])
        assert (row["cause"], row["element_id"]) == ("tgw_no_route", table)


def test_where_two_gateways_counted_it_neither_is_named(told) -> None:
    counters = [counted(**LOST) | {"tgw_id": name} for name in ("tgw-1", "tgw-2")]
    (row,) = told([ASKED], plain(TRANSIT), counters=counters)
    assert (row["cause"], row["element_id"]) == ("tgw_no_route", None)


# Which snapshot judges.


def test_another_answer_in_the_next_snapshot_makes_it_conditional(told) -> None:
    (row,) = told([ASKED], plain(), there_and_back())
    assert brief([row]) == [(0, "forward", "route_missing", "conditional")]
    assert (row["stable"], row["observed_before"]) == (False, NOON)
    assert "the next snapshot answers otherwise: lost_unexplained" in row["note"]


def test_that_the_next_snapshot_has_no_such_interface_contradicts_nothing(told) -> None:
    (row,) = told([ASKED], plain(), gone(plain(), "eni-e"))
    assert brief([row]) == [(0, "forward", "route_missing", "certain")]
    assert row["stable"] is None
    assert row["note"].endswith("; the next snapshot has no such interface")


def test_no_later_snapshot_leaves_stable_open(told) -> None:
    (row,) = told([ASKED], plain(), at=(NOON,))
    assert (row["stable"], row["certainty"]) == (None, "certain")


def test_without_an_earlier_snapshot_it_is_at_most_probable(told) -> None:
    (row,) = told([ASKED], plain(), at=(NOON + DAY,))
    assert (row["certainty"], row["observed_before"]) == ("probable", None)
    assert "taken after the record" in row["note"]


def test_without_a_snapshot_and_without_records_nothing_is_judged(told) -> None:
    assert told([ASKED], plain(), at=()) == []
    assert told([], plain(), beats=[]) == []


@pytest.mark.parametrize(
    "network",
    [plain(), plain(route(ALL, "igw-1")), plain(route(ALL, "nat-1"))],
    ids=["", "igw", "nat"],
)
def test_what_a_load_balancer_brought_from_the_internet_it_takes_back(told, network) -> None:
    """E has no public address, so no route says how its answer goes.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
    """
    asked = flow("eni-e", PUBLIC, E, direction="ingress")
    assert told([asked, answer(asked)], network) == []


def test_with_a_public_address_the_lack_of_a_route_is_not_certain(told) -> None:
    network = plain()
    (held,) = of(network, "eni-e")["PrivateIpAddresses"]
    held["Association"] = {"PublicIp": "54.1.2.3"}
    asked = flow("eni-e", PUBLIC, E, direction="ingress")
    (row,) = told([asked, answer(asked)], network)
    assert (row["cause"], row["certainty"], row["leg"]) == ("route_missing", "probable", "reply")


def test_of_an_address_that_no_route_is_asked_of_nothing_is_named(told) -> None:
    """https://docs.aws.amazon.com/vpc-lattice/latest/ug/how-it-works.html"""
    found = told([sent_to("169.254.171.9")], plain(route(ALL, "igw-1")))
    assert {row["cause"] for row in found} <= {"lost_unexplained"}


# What was last answered before the snapshot that judges.

BY_CALL = [
    ("route_missing", "describe-route-tables", plain(), T),
    (
        "route_blackhole",
        "describe-nat-gateways",
        change(plain(route(ALL, "nat-1")), "nat-1", State="failed"),
        PUBLIC,
    ),
    (
        "peering_not_active",
        "describe-vpc-peering-connections",
        change(plain(PEERED), "pcx-b", Status={"Code": "expired"}),
        T,
    ),
    ("outside_peer_cidr", "describe-vpcs", plain(route("10.0.0.0/8", "pcx-b")), "10.7.0.1"),
    (
        "tgw_attachment_state",
        "describe-transit-gateway-vpc-attachments",
        attachments(plain(TRANSIT), TO_B, State="deleting"),
        T,
    ),
    (
        "tgw_attachment_state",
        "describe-transit-gateway-vpc-attachments",
        gone(without(plain(TRANSIT), "get-transit-gateway-route-table-associations"), TO_A),
        T,
    ),
    (
        "tgw_attachment_state",
        "describe-transit-gateway-peering-attachments",
        change(plain(TRANSIT), "tgw-attach-p", State="deleting"),
        D,
    ),
    ("tgw_not_associated", "get-transit-gateway-route-table-associations", unassociated(), T),
    (
        "tgw_no_route",
        "search-transit-gateway-routes",
        gateway_table(gateway_route("10.0.0.0/16", TO_A, "vpc-a")),
        T,
    ),
    (
        "tgw_no_route",
        "get-transit-gateway-route-table-associations",
        gateway_table(gateway_route("10.0.0.0/16", TO_A, "vpc-a")),
        T,
    ),
    ("tgw_nacl_deny", "describe-network-acls", shut_gate(443), T),
    ("no_subnet", "describe-subnets", plain(PEERED), "10.1.200.1"),
    ("no_interface", "describe-network-interfaces", plain(PEERED), "10.1.1.99"),
]


@pytest.fixture
def told_later(memory, tmp_path_factory):
    """Give what is told ten days after a network was seen, by snapshots that have another."""

    def found(records, network: Network, then: Network) -> dict:
        beats = [heartbeat(one, 10 * 1440 + minutes) for one in WATCHED for minutes in (5, 40)]
        moved = [one | {"start_time": one["start_time"] + 10 * DAY} for one in records]
        moved = [one | {"end_time": one["start_time"]} for one in moved]
        networks = [watched(one) for one in (network, then, then)]
        days, folder = (NOON, NOON + 10 * DAY, NOON + 11 * DAY), tmp_path_factory.mktemp("dumps")
        (row,) = losses(memory, folder, moved, *networks, beats=beats, at=days)
        assert row["observed_before"] == NOON + 10 * DAY
        return row

    return found


def assert_older(told_later, records, network: Network, cause: str, call: str) -> None:
    """It is certain where the snapshot that judges has the call, and else it is not."""
    fresh = told_later(records, network, network)
    assert (fresh["cause"], fresh["certainty"]) == (cause, "certain")
    old = told_later(records, network, without(network, call))
    assert (old["cause"], old["certainty"]) == (cause, "probable")


@pytest.mark.parametrize(
    ("cause", "call", "network", "peer"), BY_CALL, ids=[f"{one[0]} {one[1]}" for one in BY_CALL]
)
def test_what_a_call_told_that_the_snapshot_lacks_is_not_certain(
    told_later, cause, call, network, peer
) -> None:
    assert_older(told_later, [sent_to(peer)], network, cause, call)


def test_a_listener_that_was_last_listed_before_is_not_certain(told_later) -> None:
    cause = "load_balancer_no_listener"
    assert_older(told_later, [ASKED, HEARD], balanced(80), cause, "describe-listeners")


def test_a_route_to_a_list_whose_blocks_are_older_is_not_certain(told_later) -> None:
    network = plain(route("pl-b", "pcx-b"), route("10.0.0.0/8", "nat-gone", "blackhole"))
    call = "get-managed-prefix-list-entries"
    network[OURS, REGION, f"{call}--pl-b"] = [{"Cidr": "10.1.200.0/24"}]
    assert_older(told_later, [ASKED], network, "route_blackhole", call)


def test_since_when_a_call_was_not_answered_is_in_the_note(told_later) -> None:
    lacking = without(plain(), "describe-route-tables")
    said = "describe-route-tables was last answered on 2025-06-01, before the snapshot that judges"
    assert said in told_later([ASKED], plain(), lacking)["note"]
    assert "answered" not in told_later([ASKED], plain(), plain())["note"]


VIEWED = [
    ("route_missing", "describe-route-tables", THEIRS, plain(PEERED), plain(), T),
    (
        "route_blackhole",
        "describe-nat-gateways",
        OURS,
        plain(route(ALL, "nat-1")),
        change(plain(route(ALL, "nat-1")), "nat-1", State="failed"),
        PUBLIC,
    ),
]


@pytest.mark.parametrize(
    ("cause", "call", "owner", "before", "then", "peer"), VIEWED, ids=[one[1] for one in VIEWED]
)
def test_another_accounts_newer_view_counts(
    told_later, cause, call, owner, before, then, peer
) -> None:
    """The owner was asked ten days before, another account by the snapshot that judges."""
    other = OURS if owner == THEIRS else THEIRS
    told = before[OURS, REGION, call], then[OURS, REGION, call]
    older, newer = ([one | {"OwnerId": owner} for one in objects] for objects in told)
    first = without(before, call) | {(owner, REGION, call): older}
    row = told_later([sent_to(peer)], first, without(then, call) | {(other, REGION, call): newer})
    assert (row["cause"], row["certainty"]) == (cause, "certain")


FAR = "us-east-1"


@pytest.mark.parametrize("told_by", ["tables", "attachments", "either side"])
def test_a_region_that_a_transit_gateway_joins_ends_a_stretch(
    memory, tmp_path_factory, told_by
) -> None:
    """On the day after, the far Region alone is observed again: the route is there."""
    network = joined_by(told_by)
    back = (THEIRS, FAR, "search-transit-gateway-routes--tgw-rtb-2")
    far = {place: objects for place, objects in network.items() if place[1] == FAR}
    shut = watched(network | {back: network[back][1:]})
    asked = flow("eni-e", E, D, start_time=SENT + DAY, end_time=SENT + DAY)
    beats = [heartbeat(one, day + m) for one in WATCHED for day in (0, 1440) for m in (5, 40)]
    (mended,), (broken,) = [
        losses(memory, tmp_path_factory.mktemp("dumps"), [asked], shut, then, beats=beats)
        for then in (watched(far), shut)
    ]
    assert (broken["cause"], broken["certainty"]) == ("tgw_no_route", "certain")
    assert mended["cause"] == "lost_unexplained"


def joined_by(told_by: str) -> Network:
    """The network, in which this alone says which Regions its transit gateways join."""
    network = plain(TRANSIT)
    peerings = "describe-transit-gateway-peering-attachments"
    if told_by == "tables":
        del network[THEIRS, FAR, "describe-transit-gateway-vpc-attachments"]
    if told_by == "attachments":
        del network[THEIRS, FAR, "describe-transit-gateway-route-tables"]
        led = {"TransitGatewayAttachmentId": "tgw-attach-p", "TransitGatewayId": "tgw-2"}
        led |= {"TransitGatewayOwnerId": THEIRS, "State": "available"}
        led["Association"] = {"TransitGatewayRouteTableId": "tgw-rtb-2", "State": "associated"}
        network[THEIRS, FAR, "describe-transit-gateway-attachments"] = [led]
    if told_by == "either side":
        led = {"TransitGatewayAttachmentId": "tgw-attach-p", "TransitGatewayId": "tgw-1"}
        led |= {"ResourceType": "peering", "ResourceId": "tgw-2", "State": "available"}
        network = without(network, peerings)
        network[THEIRS, REGION, "describe-transit-gateway-attachments"] = [led]
    return network
