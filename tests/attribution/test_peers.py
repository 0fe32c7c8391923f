"""Which VPC the other end is in: told by the route or the logs, never by its address alone."""

from datetime import timedelta

import pytest
from reference.connections import attachment, joined
from reference.connections import gateway as gateway_of
from reference.dumps import write_dump, write_log
from reference.model import Answer, Json, Snapshot
from reference.organisation import (
    FAR,
    NOON,
    OURS,
    REGION,
    STRANGER,
    THEIRS,
    entry,
    interface,
    organisation,
    record,
    rule,
)

from pipeline import api
from pipeline.config import Settings

BLOCKS = {"vpc-a": "10.0.0.0/16", "vpc-p": "10.1.0.0/16", "vpc-q": "10.1.0.0/16"}


def route(destination: str, target: str, state: str = "active") -> Json:
    kinds = {"pcx": "VpcPeeringConnectionId", "tgw": "TransitGatewayId", "nat": "NatGatewayId"}
    key = kinds.get(target.partition("-")[0], "GatewayId")
    return {"DestinationCidrBlock": destination, key: target, "State": state}


def vpc(name: str) -> Json:
    state = {"CidrBlock": BLOCKS[name], "CidrBlockState": {"State": "associated"}}
    return {"VpcId": name, "CidrBlock": BLOCKS[name], "CidrBlockAssociationSet": [state]}


def peering(name: str, far: str, status: str = "active") -> Json:
    near = {"VpcId": "vpc-a", "OwnerId": OURS, "Region": REGION}
    other = {"VpcId": far, "OwnerId": THEIRS, "Region": REGION}
    return {
        "VpcPeeringConnectionId": name,
        "Status": {"Code": status},
        "RequesterVpcInfo": near,
        "AccepterVpcInfo": other,
    }


def routed(routes: list[Json], peerings: list[Json], **more) -> Snapshot:
    """The small organisation, with routes of E's subnet and a VPC that has the peer's block too."""
    kept = [
        answer
        for answer in organisation(**more).answers
        if answer.command not in ("describe-vpcs", "describe-vpc-peering-connections")
    ]
    table = {
        "RouteTableId": "rtb-e",
        "VpcId": "vpc-a",
        "Associations": [{"Main": False, "SubnetId": "subnet-e"}],
        "Routes": [route("10.0.0.0/16", "local"), *routes],
    }
    made = {
        "describe-vpcs": {"Vpcs": [vpc(name) for name in BLOCKS]},
        "describe-vpc-peering-connections": {"VpcPeeringConnections": peerings},
        "describe-route-tables": {"RouteTables": [table]},
    }
    added = [Answer(OURS, REGION, command, body) for command, body in made.items()]
    return Snapshot(NOON, (*kept, *added))


BOTH = [peering("pcx-p", "vpc-p"), peering("pcx-q", "vpc-q")]


@pytest.mark.parametrize(
    ("peer", "routes", "path", "vpc_id", "interface_id"),
    [
        ("10.0.2.20", [], "local", "vpc-a", "eni-f"),
        ("10.1.0.20", [route("10.1.0.0/16", "pcx-p")], "peering", "vpc-p", "eni-p"),
        ("10.1.0.20", [route("10.1.0.0/16", "pcx-q")], "peering", "vpc-q", None),
        (
            "10.1.0.20",
            [route("10.0.0.0/8", "pcx-q"), route("10.1.0.0/24", "pcx-p")],
            "peering",
            "vpc-p",
            "eni-p",
        ),
        ("10.1.0.20", [route("10.1.0.0/16", "tgw-1")], "transit-gateway", None, None),
        ("52.94.0.1", [route("0.0.0.0/0", "igw-1")], "internet", None, None),
        ("52.94.0.1", [route("0.0.0.0/0", "nat-1")], "nat", None, None),
        ("52.94.0.1", [route("0.0.0.0/0", "vgw-1")], "vpn", None, None),
        ("52.94.0.1", [], "unknown", None, None),
    ],
)
def test_the_route_names_the_peers_vpc(judge, peer, routes, path, vpc_id, interface_id) -> None:
    (row,) = judge([record(peer)], routed(routes, BOTH))
    assert (row["path"], row["peer_vpc_id"], row["peer_interface_id"]) == (
        path,
        vpc_id,
        interface_id,
    )


def test_a_blackhole_keeps_its_prefix(judge) -> None:
    routes = [route("0.0.0.0/0", "igw-1"), route("10.1.0.0/16", "pcx-p", "blackhole")]
    (row,) = judge([record("10.1.0.20")], routed(routes, BOTH))
    assert (row["path"], row["peer_vpc_id"]) == ("peering", "vpc-p")


def test_a_peering_that_is_not_active_still_says_where_the_route_leads(judge) -> None:
    pending = [peering("pcx-p", "vpc-p", "pending-acceptance")]
    routes = [route("10.1.0.0/16", "pcx-p")]
    (row,) = judge([record("10.1.0.20", "egress")], routed(routes, pending))
    assert (row["path"], row["peer_vpc_id"]) == ("peering", "vpc-p")
    assert row["peer_account_id"] == THEIRS


def test_where_no_route_names_a_vpc_those_that_hold_the_address_are_listed(judge) -> None:
    routes = [route("10.1.0.0/16", "tgw-1")]
    (row,) = judge([record("10.1.0.20")], routed(routes, BOTH))
    assert row["peer_candidates"] == ["vpc-p", "vpc-q"]


def test_the_peers_account_is_that_of_its_interface(judge) -> None:
    routes = [route("10.1.0.0/16", "pcx-p")]
    (row,) = judge([record("10.1.0.20")], routed(routes, BOTH))
    assert row["peer_account_id"] == THEIRS
    assert row["account_id"] == OURS


@pytest.mark.parametrize(
    ("target", "direction", "cause"),
    [
        # A peering connection joins the two VPCs, too: it may have come by that.
        ("tgw-1", "ingress", "stage_unknown"),
        ("tgw-1", "egress", "sg_and_nacl"),
        ("pcx-p", "ingress", "sg_and_nacl"),
    ],
)
def test_whether_an_acl_is_asked_depends_on_what_may_have_handed_it_in(
    judge, target, direction, cause
) -> None:
    shut = [entry(90, "deny", "6", ports=(443, 443))]
    snapshot = routed([route("10.1.0.0/16", target)], BOTH, acl=shut)
    gateway = interface("eni-tgw", "subnet-e", ["10.0.1.99"], []) | {
        "InterfaceType": "transit_gateway"
    }
    attached = Answer(
        OURS, REGION, "describe-network-interfaces--tgw", {"NetworkInterfaces": [gateway]}
    )
    snapshot = Snapshot(NOON, (*snapshot.answers, attached))
    (row,) = judge([record("10.1.0.20", direction)], snapshot)
    assert row["cause"] == cause


# What the logs say of who sent it, where several VPCs have the address.

Q = interface("eni-q", "subnet-q", ["10.1.0.20"], ["sg-q"]) | {"VpcId": "vpc-q"}
OVER_GATEWAY, OVER_P = [route("10.1.0.0/16", "tgw-1")], [route("10.1.0.0/16", "pcx-p")]
SENT = record("10.1.0.20") | {"flow_direction": "egress", "action": "ACCEPT"}
OF_P, OF_Q = SENT | {"interface_id": "eni-p"}, SENT | {"interface_id": "eni-q"}
CANDIDATES = ["vpc-p", "vpc-q"]


def two_holders(routes: list[Json], *more: Json, **others) -> Snapshot:
    """The network of `routed` in which Q of VPC Q has the address of P, too."""
    held = {"NetworkInterfaces": [Q, *more]}
    seen = Answer(STRANGER, REGION, "describe-network-interfaces", held)
    return Snapshot(NOON, (*routed(routes, BOTH, **others).answers, seen))


@pytest.fixture(scope="session")
def sender(judge):
    """Give what tells the other end of a refused record by what else the log has."""

    def told(made, *logged, network=None) -> tuple:
        row = judge([made, *logged], network or two_holders(OVER_GATEWAY))[0]
        return row["peer_vpc_id"], row["peer_interface_id"], row["peer_candidates"]

    return told


def test_the_record_of_the_interface_that_sent_it_says_which_of_several_it_was(judge) -> None:
    first, second = record("10.1.0.20"), record("10.1.0.20", srcport=50001)
    sent = [OF_Q, OF_P | {"srcport": 50001}]
    rows = judge([first, second, *sent], two_holders(OVER_GATEWAY))
    named = ("peer_vpc_id", "peer_interface_id", "peer_account_id", "peer_candidates")
    assert [tuple(row[name] for name in named) for row in rows] == [
        ("vpc-q", "eni-q", STRANGER, None),
        ("vpc-p", "eni-p", THEIRS, None),
    ]
    assert (
        "several VPCs have 10.1.0.20: the logs show that eni-q in vpc-q sent it" in rows[0]["note"]
    )
    assert [row["certainty"] for row in rows] == ["certain", "certain"]


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "changed",
    [
        {"srcport": 50001},
        {"dstport": 444},
        {"protocol": 17, "tcp_flags": None},
        {"dstaddr": FAR},
        {"action": "REJECT"},
        {"log_status": "SKIPDATA"},
        {"flow_direction": "ingress"},
        {"interface_id": "eni-n"},
        {"start_time": SENT["start_time"] + 2 * MINUTE},
        {"start_time": SENT["start_time"] - 2 * MINUTE},
    ],
    ids=lambda changed: " ".join(changed),
)
def test_another_record_says_nothing_of_who_sent_it(sender, changed) -> None:
    assert sender(record("10.1.0.20"), OF_Q | changed) == (None, None, CANDIDATES)


@pytest.mark.parametrize("minutes", [-1, 1])
def test_windows_that_are_a_minute_apart_may_be_of_one_packet(sender, minutes) -> None:
    sent = OF_Q | {"start_time": SENT["start_time"] + minutes * MINUTE}
    assert sender(record("10.1.0.20"), sent) == ("vpc-q", "eni-q", None)


def test_where_two_sent_the_same_neither_is_named(sender) -> None:
    assert sender(record("10.1.0.20"), OF_P, OF_Q) == (None, None, CANDIDATES)


def test_what_passes_on_the_packets_of_others_sent_none(sender) -> None:
    passes = Q | {"NetworkInterfaceId": "eni-tgw", "InterfaceType": "transit_gateway"}
    network = two_holders(OVER_GATEWAY, passes)
    passed = SENT | {"interface_id": "eni-tgw"}
    assert sender(record("10.1.0.20"), passed, network=network) == (None, None, CANDIDATES)


def test_a_record_without_directions_is_told_by_its_addresses(sender) -> None:
    plain = {"flow_direction": None}
    assert sender(record("10.1.0.20") | plain, OF_Q | plain) == ("vpc-q", "eni-q", None)


def test_the_next_hop_of_what_comes_in_is_who_sent_it(sender) -> None:
    hop = {"next_hop_interface_id": "eni-q", "next_hop_vpc_id": "vpc-q"}
    assert sender(record("10.1.0.20") | hop) == ("vpc-q", "eni-q", None)
    passed_on = hop | {"next_hop_interface_id": "eni-n"}
    assert sender(record("10.1.0.20") | passed_on) == (None, None, CANDIDATES)


@pytest.mark.parametrize(
    ("hop", "is_named"),
    [
        ({"next_hop_interface_id": "eni-e"}, True),
        ({"next_hop_interface_id": "eni-n"}, False),
        ({"next_hop_interface_id": "eni-t", "next_hop_interface_type": "transit_gateway"}, False),
        ({}, False),
    ],
)
def test_where_several_have_the_destination_the_sender_has_to_name_the_receiver(
    judge, monkeypatch, hop, is_named
) -> None:
    monkeypatch.setitem(BLOCKS, "vpc-z", "10.0.0.0/16")
    (row,) = judge([record("10.1.0.20"), OF_Q | hop], two_holders(OVER_GATEWAY))
    assert row["peer_vpc_id"] == ("vpc-q" if is_named else None)


def test_a_receiver_that_is_named_and_is_another_got_it(sender) -> None:
    sent = OF_Q | {"next_hop_interface_id": "eni-n"}
    assert sender(record("10.1.0.20"), sent) == (None, None, CANDIDATES)


def test_where_the_answer_would_go_to_another_than_who_sent_it_that_is_told(judge) -> None:
    (row,) = judge([record("10.1.0.20"), OF_Q], two_holders(OVER_P))
    named = ("path", "peer_vpc_id", "peer_interface_id")
    assert tuple(row[name] for name in named) == ("unknown", "vpc-q", "eni-q")
    assert (row["cause"], row["certainty"]) == ("sg_ingress_miss", "probable")
    assert (
        "the logs show that eni-q in vpc-q sent it, but what answers it would be led to vpc-p, "
        "which has the address, too" in row["note"]
    )
    (agreeing,) = judge([record("10.1.0.20"), OF_P], two_holders(OVER_P))
    assert (agreeing["peer_vpc_id"], agreeing["certainty"]) == ("vpc-p", "certain")
    assert "sent it" not in (agreeing["note"] or "")


@pytest.mark.parametrize(("sent", "cause"), [(OF_P, "not_explained"), (OF_Q, "sg_ingress_miss")])
def test_whose_address_it_is_decides_what_a_reference_to_a_group_allows(judge, sent, cause) -> None:
    allows_p = [rule("tcp", (443, 443), group="sg-p", account=THEIRS)]
    network = two_holders(OVER_P, ingress=allows_p)
    (row,) = judge([record("10.1.0.20"), sent], network)
    assert row["cause"] == cause


BY_Q = {"next_hop_interface_id": "eni-q"}


def test_a_next_hop_may_have_the_address_by_a_prefix(sender) -> None:
    prefixed = interface("eni-q", "subnet-q", ["10.1.0.5"], ["sg-q"]) | {"VpcId": "vpc-q"}
    prefixed["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.1.0.16/28"}]
    seen = Answer(STRANGER, REGION, *listed([prefixed]))
    network = Snapshot(NOON, (*routed(OVER_P, BOTH).answers, seen))
    assert sender(record("10.1.0.20") | BY_Q, network=network) == ("vpc-q", "eni-q", None)
    outside = record("10.1.0.40") | BY_Q
    assert sender(outside, network=network) == ("vpc-p", None, None)


def listed(interfaces: list[Json]) -> tuple[str, Json]:
    return "describe-network-interfaces", {"NetworkInterfaces": interfaces}


UNPLACED = "sent it or passed it on, which the snapshot does not have at that address"


def assert_unplaced(row: dict, name: str) -> None:
    """Nothing is told of the other end that the route alone would say."""
    named = ("peer_vpc_id", "peer_interface_id", "peer_account_id", "path", "certainty")
    told = (None, None, None, "unknown", "probable")
    assert tuple(row[column] for column in named) == told
    assert f"the logs show that {name} {UNPLACED}" in row["note"]


def test_a_sender_that_the_next_snapshot_alone_has_leaves_doubt(judge) -> None:
    before, after = routed(OVER_P, BOTH), two_holders(OVER_P)
    later = Snapshot(NOON + timedelta(days=1), after.answers)
    elsewhere = interface("eni-x", "subnet-q", ["10.9.0.1"], ["sg-q"]) | {"VpcId": "vpc-q"}
    known = Answer(STRANGER, REGION, *listed([elsewhere]))
    earlier = Snapshot(NOON, (*before.answers, known))
    assert_unplaced(judge([record("10.1.0.20"), OF_Q], earlier, later)[0], "eni-q")


def test_a_next_hop_that_no_snapshot_has_leaves_doubt(judge, sender) -> None:
    hop = {"next_hop_interface_id": "eni-new"}
    (row,) = judge([record("10.1.0.20") | hop], two_holders(OVER_P))
    assert_unplaced(row, "eni-new")
    # Of a kind that passes on what others sent it says nothing.
    passed_on = hop | {"next_hop_interface_type": "network_load_balancer"}
    assert sender(record("10.1.0.20") | passed_on)[2] == CANDIDATES
    # Two are told then, and one of them nobody knows.
    assert sender(record("10.1.0.20") | hop, OF_Q) == (None, None, CANDIDATES)


def test_interfaces_of_two_vpcs_share_an_address_whatever_blocks_are_known(judge) -> None:
    network = two_holders(OVER_P)
    vpcs = {"Vpcs": [vpc("vpc-a"), vpc("vpc-p")]}
    kept = [one for one in network.answers if one.command != "describe-vpcs"]
    network = Snapshot(NOON, (*kept, Answer(OURS, REGION, "describe-vpcs", vpcs)))
    row = judge([record("10.1.0.20"), OF_Q], network)[0]
    assert (row["peer_vpc_id"], row["certainty"]) == ("vpc-q", "probable")


def test_by_which_way_it_came_the_way_of_another_does_not_say(judge) -> None:
    allows_q = [rule("tcp", (443, 443), group="sg-q", account=STRANGER)]
    gateway = joined(attachment("vpc-a"), attachment("vpc-q"), by=gateway_of())
    network = two_holders(OVER_P, ingress=allows_q, more=gateway)
    network = without_peering(network, "pcx-q")
    assert judge([record("10.1.0.20"), OF_Q], network)[0]["cause"] == "not_explained"


def without_peering(snapshot: Snapshot, name: str) -> Snapshot:
    command = "describe-vpc-peering-connections"
    kept = [one for one in snapshot.answers if one.command != command]
    peerings = {"VpcPeeringConnections": [one for one in BOTH if name not in one.values()]}
    return Snapshot(NOON, (*kept, Answer(OURS, REGION, command, peerings)))


def test_what_another_vpc_sent_meets_the_acl_whoever_has_its_address_here(judge, monkeypatch):
    monkeypatch.setitem(BLOCKS, "vpc-q", "10.0.0.0/16")
    sent = interface("eni-q", "subnet-q", ["10.0.1.20"], ["sg-q"]) | {"VpcId": "vpc-q"}
    seen = Answer(STRANGER, REGION, *listed([sent]))
    denies = [entry(90, "deny", "6", ports=(443, 443))]
    own = routed([], BOTH, acl=denies, ingress=[rule("-1", cidr="0.0.0.0/0")])
    network = Snapshot(NOON, (*own.answers, seen))
    (inside,) = judge([record("10.0.1.20")], network)
    (outside,) = judge([record("10.0.1.20") | BY_Q], network)
    assert inside["cause"] == "not_explained"
    assert (outside["cause"], outside["certainty"]) == ("nacl_ingress_deny", "probable")


def test_a_record_that_arrives_later_tells_it_anew(tmp_path) -> None:
    snapshot = two_holders(OVER_GATEWAY)
    write_log([record("10.1.0.20")], tmp_path / "refused.log")
    write_log([OF_Q], tmp_path / "sent.log")
    settings = Settings(tmp_path / "lake")
    (dump,) = write_dump([snapshot], tmp_path / "dumps")
    api.load_snapshot(dump, NOON, settings)
    for name in ("refused.log", "sent.log"):
        api.ingest_files([tmp_path / name], settings)
        api.attribute(None, None, settings)
    asked = "select peer_vpc_id, replaced_because from verdicts"
    assert api.sql(asked, settings).to_pylist() == [
        {
            "peer_vpc_id": "vpc-q",
            "replaced_because": "a record that arrived since gives another answer",
        }
    ]
