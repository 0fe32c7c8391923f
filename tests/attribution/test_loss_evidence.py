"""What proves a silent loss and what leaves it open, where records and snapshots say less.

S is E of the plain network of wide_network.py, T the interface at the other end of a peering.
"""

from datetime import timedelta

import pytest
from losses_in_memory import MINUTE, answer, at, flow, log, losses, watched
from reference.organisation import NOON, OURS, REGION, THEIRS
from wide_network import ALL, E_6, D, E, Network, T, gone, interface, of, plain, route, without

PEERED = route("10.1.0.0/16", "pcx-b")
TRANSIT = route("10.0.0.0/8", "tgw-1")
BACK = route("10.0.0.0/16", "pcx-b")
ASKED = flow("eni-e", E, T)
HEARD = at(ASKED, "eni-t")
ANSWERED = answer(HEARD)
V2 = {"tcp_flags": None, "flow_direction": None, "pkt_srcaddr": None, "pkt_dstaddr": None}


@pytest.fixture
def told(memory, tmp_path):
    def found(records, *networks, **more) -> list[tuple]:
        rows = losses(memory, tmp_path, records, *map(watched, networks), **more)
        return [(row["record"], row["cause"], row["certainty"], row["element_id"]) for row in rows]

    return found


def there_and_back() -> Network:
    network = plain(PEERED)
    of(network, "rtb-t")["Routes"].append(dict(BACK))
    return network


def test_where_an_answer_has_no_way_back_who_asked_is_the_other_end(memory, tmp_path) -> None:
    network = watched(plain(PEERED))
    (row,) = losses(memory, tmp_path, [ASKED, HEARD, ANSWERED], network)
    assert (row["record"], row["cause"], row["leg"]) == (2, "route_missing", "reply")
    assert (row["peer_vpc_id"], row["peer_account_id"], row["peer_interface_id"]) == (
        "vpc-a",
        OURS,
        "eni-e",
    )


# Which records may be of a loss.


@pytest.mark.parametrize("ports", [(443, 50000), (8443, 50000)])
def test_without_flags_what_goes_to_a_higher_port_may_be_an_answer(told, ports) -> None:
    sent = ASKED | V2 | dict(zip(("srcport", "dstport"), ports, strict=True))
    assert told([sent], plain()) == []
    turned = sent | {"srcport": ports[1], "dstport": ports[0]}
    assert told([turned], plain()) == [(0, "route_missing", "probable", "rtb-e")]


def test_an_answer_without_flags_is_told_by_what_it_answers(memory, tmp_path) -> None:
    records = [HEARD | V2, ANSWERED | V2]
    (row,) = losses(memory, tmp_path, records, watched(plain(PEERED)))
    assert (row["record"], row["phase"], row["phase_source"]) == (1, "reply", "reverse-flow")
    assert row["certainty"] == "probable"


@pytest.mark.parametrize(("minutes", "is_tracked"), [(4, True), (5, False)])
def test_udp_answers_no_longer_than_it_is_tracked(told, minutes, is_tracked) -> None:
    # Three minutes, and one that a record's times may be off.
    sent = ANSWERED | {"protocol": 17, "tcp_flags": None}
    ended = sent["start_time"] - minutes * MINUTE
    heard = HEARD | {"protocol": 17, "start_time": ended - MINUTE, "end_time": ended}
    lost = [] if is_tracked else [(1, "route_missing", "certain", "rtb-t")]
    assert told([heard, sent], plain(PEERED)) == lost


FROM_0 = ASKED | {"srcport": 0}
PORTLESS = {
    "arrived": at(FROM_0, "eni-t", srcport=None),
    "an answer": answer(FROM_0, dstport=None),
}


@pytest.mark.parametrize("name", PORTLESS)
def test_a_record_without_a_port_is_of_no_flow_that_is_known(told, name) -> None:
    lost = (0, "route_missing", "certain", "rtb-e")
    assert told([FROM_0, PORTLESS[name]], plain()) == [lost]


def test_what_an_interface_sends_to_itself_is_no_loss(told) -> None:
    assert told([flow("eni-e", E, E)], plain()) == []


# What arrived.


def test_of_two_that_have_the_address_another_than_the_one_meant_heard_it(told) -> None:
    # VPC C has the block and the address of T; the way leads to T.
    heard = at(ASKED, "eni-c")
    assert told([ASKED, heard], there_and_back()) == []
    assert told([ASKED], there_and_back()) == [(0, "lost_unexplained", "unknown", None)]


def test_a_host_that_answers_within_five_minutes_is_not_silent(told) -> None:
    late, later = (
        ANSWERED | {"start_time": ASKED["end_time"] + 5 * MINUTE + timedelta(seconds=one)}
        for one in (0, 1)
    )
    silent = (0, "host_silent", "probable", "eni-t")
    assert silent not in told([ASKED, HEARD, late], there_and_back())
    assert silent in told([ASKED, HEARD, later], there_and_back())


def test_a_nat_gateway_drops_what_nobody_behind_it_asked_for(memory, tmp_path) -> None:
    network = there_and_back()
    of(network, "eni-t")["InterfaceType"] = "nat_gateway"
    (row,) = losses(memory, tmp_path, [ASKED, HEARD], watched(network))
    named = (row["cause"], row["certainty"], row["element_type"], row["element_id"])
    assert named == ("nat_unsolicited", "probable", "interface", "eni-t")
    assert "nobody behind it asked for" in row["note"]


# Whose log shows it.


@pytest.mark.parametrize(("minutes", "proves"), [(9, True), (11, False)])
def test_a_flow_log_that_was_made_later_shows_nothing(memory, tmp_path, minutes, proves) -> None:
    network = watched(plain())
    made = (NOON + minutes * MINUTE).isoformat()
    network[OURS, REGION, "describe-flow-logs"] = [log("vpc-a", CreationTime=made)]
    assert bool(losses(memory, tmp_path, [ASKED], network)) == proves
    network = watched(there_and_back())
    network[THEIRS, REGION, "describe-flow-logs"] = [log("vpc-b", CreationTime=made)]
    assert bool(losses(memory, tmp_path, [ASKED], network)) == proves


TWIN = {"SubnetId": "subnet-x", "VpcId": "vpc-x", "OwnerId": OURS}


def test_of_several_who_asked_the_way_back_tells_which(told) -> None:
    network = there_and_back()
    network[OURS, REGION, "describe-network-interfaces"].append(interface("eni-x", TWIN, E))
    asked = [ASKED, at(ANSWERED, "eni-x") | answer(ANSWERED) | {"interface_id": "eni-x"}]
    records = [*asked, HEARD, ANSWERED]
    assert told(records, network) == [(3, "lost_unexplained", "unknown", None)]
    of(network, "rtb-t")["Routes"].pop()
    of(network, "rtb-t")["Routes"].append(route("10.0.0.0/16", "vgw-1"))
    assert told(records, network) == []


# What the configuration shows, and does not.


def test_an_answer_that_leaves_every_vpc_went_astray(told) -> None:
    network = plain(PEERED)
    of(network, "rtb-t")["Routes"].append(route("10.0.0.0/16", "vgw-1"))
    assert told([ASKED, HEARD, ANSWERED], network) == [
        (2, "route_diverted", "certain", "rtb-t"),
    ]


def test_what_blocks_before_the_table_that_leads_astray_comes_first(told) -> None:
    network = plain(PEERED)
    of(network, "rtb-t")["Routes"].append(dict(TRANSIT))
    network = gone(network, "eni-c")
    for objects in network.values():
        for one in objects:
            if one.get("TransitGatewayAttachmentId") == "tgw-attach-b" and "SubnetIds" in one:
                one["State"] = "failed"
    rows = told([ASKED, HEARD, ANSWERED], network)
    assert rows == [(2, "tgw_attachment_state", "certain", "tgw-attach-b")]


def test_behind_a_route_that_a_list_nobody_knows_may_take_nothing_is_named(told) -> None:
    network = plain(route("10.1.0.0/16", "pcx-c"), route("pl-dark", "tgw-1"))
    of(network, "pcx-c")["Status"] = {"Code": "expired"}
    assert told([ASKED], gone(network, "eni-c")) == [(0, "lost_unexplained", "unknown", None)]
    network = plain(route("10.1.0.0/16", "pcx-b"), route("pl-dark", "pcx-b"))
    of(network, "pcx-b")["Status"] = {"Code": "expired"}
    assert told([ASKED], network) == [(0, "peering_not_active", "certain", "pcx-b")]


def test_a_gateway_endpoints_list_holds_nothing_private(told) -> None:
    network = plain(route("pl-dark", "vpce-s3"))
    assert told([ASKED], network) == [(0, "route_missing", "certain", "rtb-e")]
    assert told([flow("eni-e", E, "52.94.0.9")], network) == []


def test_a_route_to_what_is_of_no_known_kind_is_no_missing_one(told) -> None:
    network = plain()
    odd = {"DestinationCidrBlock": "10.1.0.0/16", "FutureTargetId": "fut-1", "State": "active"}
    of(network, "rtb-e")["Routes"].append(odd)
    assert told([ASKED], network) == []


def test_a_nat_gateway_turns_an_address_of_nat64_into_ipv4(told) -> None:
    sent = flow("eni-e", E_6, "64:ff9b::345e:1")
    assert told([sent], plain(route("64:ff9b::/96", "nat-1"))) == []
    network = plain(route("64:ff9b::/96", "nat-1"))
    of(network, "rtb-nat")["Routes"].pop()
    assert told([sent], network) == [(0, "route_missing", "certain", "rtb-nat")]


def test_it_may_leave_a_transit_gateway_in_any_of_its_subnets(told) -> None:
    # It stays in the zone that it came from, be the target in another one.
    network = plain(TRANSIT)
    shut = {"RuleNumber": 90, "RuleAction": "deny", "Protocol": "-1", "Egress": True}
    of(network, "acl-gate-b")["Entries"].insert(0, shut | {"CidrBlock": ALL})
    assert told([ASKED], network) == [(0, "tgw_nacl_deny", "certain", "acl-gate-b")]
    for objects in network.values():
        for one in objects:
            if one.get("TransitGatewayAttachmentId") == "tgw-attach-b" and "SubnetIds" in one:
                one["SubnetIds"] = ["subnet-gate-b", "subnet-gate-z"]
    network[THEIRS, REGION, "describe-subnets"].append(
        {"SubnetId": "subnet-gate-z", "VpcId": "vpc-b", "OwnerId": THEIRS}
        | {"CidrBlock": "10.1.10.0/28", "AvailabilityZoneId": "z2"}
    )
    (row,) = told([ASKED], gone(network, "eni-c"))
    assert row[1] == "lost_unexplained"


# What a snapshot shows that came after the record.


def test_what_a_later_snapshot_first_shows_is_at_most_probable(told) -> None:
    sent = flow("eni-e", E, D)
    later = plain(TRANSIT)
    call = (THEIRS, REGION, "describe-transit-gateway-peering-attachments")
    later[call][0]["State"] = "deleted"
    first = without(plain(TRANSIT), "describe-transit-gateway-peering-attachments")
    assert told([sent], first, later) == [(0, "tgw_attachment_state", "probable", "tgw-attach-p")]


def test_blocks_that_a_later_snapshot_first_shows_are_at_most_probable(told) -> None:
    later = plain(PEERED)
    other = {"CidrBlock": "10.7.0.0/16", "CidrBlockState": {"State": "associated"}}
    later[THEIRS, REGION, "describe-vpcs"][0]["CidrBlockAssociationSet"] = [other]
    first = {call: objects for call, objects in plain(PEERED).items() if call[0] != THEIRS}
    assert told([ASKED], first, later) == [(0, "outside_peer_cidr", "probable", "pcx-b")]
