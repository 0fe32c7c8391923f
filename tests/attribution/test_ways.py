"""The way of a packet, hop by hop: what lets it pass, and what does not.

Every network is the plain one of wide_network.py, in which all is well, with one thing changed.
What is expected stands here as docs/decision-table.md, and the pages of AWS that the stages cite,
say it.
"""

from datetime import timedelta

import pytest
from network_in_memory import answered, holding
from reference.organisation import NOON, OURS, REGION, STRANGER, THEIRS, record
from wide_network import (
    ALL,
    E_6,
    F_6,
    PUBLIC,
    PUBLIC_6,
    T_6,
    D,
    E,
    F,
    Network,
    T,
    gateway_route,
    gone,
    of,
    peering,
    plain,
    route,
    snapshot,
    table,
    without,
)

from pipeline.attribution import stages

RUN = (*stages.TIMES, *stages.REFUSED, *stages.MISSED, *stages.ASKED, *stages.STOOD, *stages.ENDS)
RUN += stages.WAYS
PEERED = route("10.1.0.0/16", "pcx-b")
TRANSIT = route("10.0.0.0/8", "tgw-1")


@pytest.fixture
def ends(memory, tmp_path):
    """The hops from an interface to an address, and the other end, one a moment."""

    def asked(peer: str, *networks: Network, own: str = "eni-e") -> tuple[list, list]:
        src = {"eni-e": E_6 if ":" in peer else E, "eni-f": F}[own]
        made = record(peer, "egress", interface_id=own, srcaddr=src, action="ACCEPT")
        taken = [snapshot(one, NOON + timedelta(days=n)) for n, one in enumerate(networks)]
        with holding(memory, tmp_path, [made], *taken):
            hops = answered(memory, RUN, "from ways order by moment, step")
            return hops, answered(memory, (), "from peers order by moment")

    return asked


@pytest.fixture
def way(ends):
    def asked(peer: str, network: Network, own: str = "eni-e") -> list[tuple]:
        hops, _ = ends(peer, network, own=own)
        return [(h["stage"], h["element_id"], h["rule"], h["outcome"], h["cause"]) for h in hops]

    return asked


@pytest.fixture
def ended(way):
    """What does not let the packet pass, or may not, and the last hop."""

    def asked(peer: str, network: Network, own: str = "eni-e") -> list[tuple]:
        hops = way(peer, network, own)
        return [hop for hop in hops if hop[3] != "pass"] + [hops[-1]]

    return asked


ARRIVED = [
    ("subnet", "subnet-t", None, "pass", None),
    ("interface", "eni-t", None, "pass", None),
]


def test_within_the_subnet_no_route_table_is_asked(way) -> None:
    network = plain()
    eni = dict(of(network, "eni-f"), NetworkInterfaceId="eni-n", SubnetId="subnet-e")
    eni["PrivateIpAddresses"] = [{"PrivateIpAddress": "10.0.1.20"}]
    network[OURS, REGION, "describe-network-interfaces"].append(eni)
    assert way("10.0.1.20", network) == [
        ("subnet", "subnet-e", None, "pass", None),
        ("interface", "eni-n", None, "pass", None),
    ]


@pytest.mark.parametrize(("peer", "block"), [(F, "10.0.0.0/16"), (F_6, "2600:1f18:a::/56")])
def test_within_the_vpc_the_local_route_leads(way, peer, block) -> None:
    assert way(peer, plain()) == [
        ("route-table", "rtb-e", block, "pass", None),
        ("subnet", "subnet-f", None, "pass", None),
        ("interface", "eni-f", None, "pass", None),
    ]


@pytest.mark.parametrize(
    ("peer", "block"), [(T, "10.1.0.0/16"), (T_6, "2600:1f18:b::/56")], ids=["v4", "v6"]
)
def test_over_a_peering(way, peer, block) -> None:
    assert way(peer, plain(route(block, "pcx-b"))) == [
        ("route-table", "rtb-e", block, "pass", None),
        ("peering", "pcx-b", "active", "pass", None),
        *ARRIVED,
    ]


THROUGH = [
    ("route-table", "rtb-e", "10.0.0.0/8", "pass", None),
    ("transit-gateway-attachment", "tgw-attach-a", "available", "pass", None),
    ("transit-gateway-route-table", "tgw-rtb-1", "10.1.0.0/16", "pass", None),
    ("transit-gateway-attachment", "tgw-attach-b", "available", "pass", None),
    ("route-table", "rtb-gate-b", "10.1.0.0/16", "pass", None),
]


def test_through_a_transit_gateway(ends) -> None:
    hops, (other,) = ends(T, plain(TRANSIT))
    told = [(h["stage"], h["element_id"], h["rule"], h["outcome"], h["cause"]) for h in hops]
    assert told == [*THROUGH, *ARRIVED]
    assert [hop["step"] for hop in hops] == [*range(1, 8)]
    assert [hop["is_end"] for hop in hops] == [False] * 6 + [True]
    named = ("path", "peer_vpc_id", "peer_account_id", "peer_interface_id", "peer_candidates")
    assert [other[name] for name in named] == ["transit-gateway", "vpc-b", THEIRS, "eni-t", None]


def test_through_two_transit_gateways(ends) -> None:
    hops, (other,) = ends(D, plain(TRANSIT))
    assert [(hop["stage"], hop["element_id"]) for hop in hops] == [
        ("route-table", "rtb-e"),
        ("transit-gateway-attachment", "tgw-attach-a"),
        ("transit-gateway-route-table", "tgw-rtb-1"),
        ("transit-gateway-attachment", "tgw-attach-p"),
        ("transit-gateway-route-table", "tgw-rtb-2"),
        ("transit-gateway-attachment", "tgw-attach-d"),
        ("route-table", "rtb-d"),
        ("subnet", "subnet-d"),
        ("interface", "eni-d"),
    ]
    assert {hop["outcome"] for hop in hops} == {"pass"}
    assert (other["peer_vpc_id"], other["peer_interface_id"]) == ("vpc-d", "eni-d")


def test_to_a_third_transit_gateway_nobody_looks(ended) -> None:
    network = plain(TRANSIT)
    routes = network[THEIRS, "us-east-1", "search-transit-gateway-routes--tgw-rtb-2"]
    routes[0] = gateway_route("10.2.0.0/16", "tgw-attach-q", "tgw-3", "peering")
    (last, _) = ended(D, network)
    assert last == ("transit-gateway-route-table", "tgw-rtb-2", "10.2.0.0/16", "unknown", None)


def test_the_two_sides_of_a_peering_within_a_region_have_their_own_attachments(ended) -> None:
    network = plain(TRANSIT)
    joined = network[THEIRS, REGION, "describe-transit-gateway-peering-attachments"]
    joined[0]["AccepterTransitGatewayAttachmentId"] = "tgw-attach-p2"
    call = "get-transit-gateway-route-table-associations--tgw-rtb-2"
    of_far = network[THEIRS, "us-east-1", call]
    of_far[0]["TransitGatewayAttachmentId"] = "tgw-attach-p2"
    assert ended(D, network) == [("interface", "eni-d", None, "pass", None)]


def change(network: Network, name: str, **fields) -> Network:
    of(network, name).update(fields)
    return network


def routes_of(network: Network, name: str, routes: list) -> Network:
    return change(network, name, Routes=routes)


MISSING = [
    # What is changed, towards whom, and what does not let it pass.
    (
        "no route",
        T,
        plain(),
        [("route-table", "rtb-e", None, "block", "route_missing")],
    ),
    (
        "no route for IPv6",
        T_6,
        plain(PEERED),
        [("route-table", "rtb-e", None, "block", "route_missing")],
    ),
    (
        "a blackhole keeps its prefix",
        T,
        plain(route("0.0.0.0/0", "pcx-b"), route("10.1.0.0/16", "nat-gone", "blackhole")),
        [
            ("route-table", "rtb-e", "10.1.0.0/16", "block", "route_blackhole"),
        ],
    ),
    (
        "a peering that is not active",
        T,
        change(plain(PEERED), "pcx-b", Status={"Code": "pending-acceptance"}),
        [("peering", "pcx-b", "pending-acceptance", "block", "peering_not_active")],
    ),
    (
        "a blackhole of a peering of which it is known that it was deleted",
        T,
        change(
            plain(route("10.1.0.0/16", "pcx-b", "blackhole")), "pcx-b", Status={"Code": "deleted"}
        ),
        [("peering", "pcx-b", "deleted", "block", "peering_not_active")],
    ),
    (
        "outside the peer's blocks",
        "10.7.0.1",
        plain(route("10.0.0.0/8", "pcx-b")),
        [("peering", "pcx-b", None, "block", "outside_peer_cidr")],
    ),
    (
        "beyond the peer, by a gateway of its own",
        PUBLIC,
        plain(route(ALL, "pcx-b")),
        [("peering", "pcx-b", None, "block", "peering_not_transitive")],
    ),
    (
        "no attachment",
        T,
        gone(plain(TRANSIT), "tgw-attach-a"),
        [("transit-gateway-attachment", "tgw-1", None, "block", "tgw_attachment_state")],
    ),
    (
        "no subnet in the address's place",
        "10.1.200.1",
        plain(PEERED),
        [("subnet", "vpc-b", None, "block", "no_subnet")],
    ),
    (
        "no interface at the address",
        "10.1.1.99",
        plain(PEERED),
        [("interface", "subnet-t", None, "block", "no_interface")],
    ),
    (
        "a private address behind an internet gateway",
        "10.9.0.1",
        plain(route(ALL, "igw-1")),
        [("internet-gateway", "igw-1", "0.0.0.0/0", "block", "no_public_ip")],
    ),
    (
        "a private address behind a NAT gateway",
        "10.9.0.1",
        plain(route(ALL, "nat-1")),
        [("internet-gateway", "igw-1", "0.0.0.0/0", "block", "no_public_ip")],
    ),
    (
        "no public address of its own",
        PUBLIC,
        plain(route(ALL, "igw-1")),
        [("internet-gateway", "igw-1", "0.0.0.0/0", "block", "no_public_ip")],
    ),
    (
        "a NAT gateway that failed",
        PUBLIC,
        change(plain(route(ALL, "nat-1")), "nat-1", State="failed"),
        [("nat-gateway", "nat-1", "failed", "block", "route_blackhole")],
    ),
    (
        "a NAT gateway whose subnet has no way out",
        PUBLIC,
        routes_of(plain(route(ALL, "nat-1")), "rtb-nat", [route("10.0.0.0/16", "local")]),
        [("route-table", "rtb-nat", None, "block", "route_missing")],
    ),
    (
        "a private NAT gateway",
        PUBLIC,
        change(plain(route(ALL, "nat-1")), "nat-1", ConnectivityType="private"),
        [("nat-gateway", "nat-1", "available", "unknown", "beyond_middlebox")],
    ),
    (
        "a NAT gateway that leads elsewhere",
        PUBLIC,
        routes_of(plain(route(ALL, "nat-1")), "rtb-nat", [route(ALL, "tgw-1")]),
        [("route-table", "rtb-nat", "0.0.0.0/0", "unknown", None)],
    ),
    (
        "an appliance",
        T,
        plain(route("10.1.0.0/16", "eni-f")),
        [("interface", "eni-f", "10.1.0.0/16", "unknown", "beyond_middlebox")],
    ),
    (
        "a Gateway Load Balancer",
        T,
        plain(route("10.1.0.0/16", "vpce-gwlb")),
        [("vpc-endpoint", "vpce-gwlb", "10.1.0.0/16", "unknown", "beyond_middlebox")],
    ),
    (
        "no route table",
        T,
        without(plain(PEERED), "describe-route-tables"),
        [("route-table", None, None, "unknown", None)],
    ),
    (
        "a prefix list that nobody knows",
        T,
        plain(PEERED, route("pl-dark", "tgw-1")),
        [("route-table", "rtb-e", None, "unknown", None)],
    ),
    (
        "a peering that no snapshot has",
        T,
        without(plain(PEERED), "describe-vpc-peering-connections"),
        [("peering", "pcx-b", None, "unknown", None)],
    ),
    (
        "the peer's account is not there",
        T,
        {key: one for key, one in plain(PEERED).items() if key[0] != THEIRS},
        [("peering", "pcx-b", None, "unknown", None), ("subnet", "vpc-b", None, "unknown", None)],
    ),
    (
        "the peer's interfaces are not there",
        T,
        without(plain(PEERED), "describe-network-interfaces", THEIRS),
        [("interface", "subnet-t", None, "unknown", None)],
    ),
    (
        "an address that AWS keeps",
        "10.1.1.2",
        plain(PEERED),
        [("interface", "subnet-t", None, "unknown", None)],
    ),
    (
        "an address of the link",
        "169.254.10.1",
        plain(route(ALL, "igw-1")),
        [
            ("route-table", "rtb-e", "0.0.0.0/0", "unknown", None),
            ("internet-gateway", "igw-1", "0.0.0.0/0", "block", "no_public_ip"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("peer", "network", "expected"), [one[1:] for one in MISSING], ids=[one[0] for one in MISSING]
)
def test_what_does_not_let_it_pass_is_told(ended, peer, network, expected) -> None:
    assert ended(peer, network)[:-1] == expected


def attached(**fields) -> Network:
    network = plain(TRANSIT)
    for one in network[THEIRS, REGION, "describe-transit-gateway-vpc-attachments"]:
        if one["TransitGatewayAttachmentId"] == "tgw-attach-b":
            one.update(fields)
    return network


def gateway_table(*routes) -> Network:
    network = plain(TRANSIT)
    network[THEIRS, REGION, "search-transit-gateway-routes--tgw-rtb-1"] = list(routes)
    return network


def associated(*names: str) -> Network:
    network = plain(TRANSIT)
    call = (THEIRS, REGION, "get-transit-gateway-route-table-associations--tgw-rtb-1")
    network[call] = [one for one in network[call] if one["TransitGatewayAttachmentId"] in names]
    return network


DROP = {"DestinationCidrBlock": "10.1.1.0/24", "Type": "static", "State": "blackhole"}
GATE_B = "transit-gateway-route-table"
TO_A, TO_B, TO_C = "tgw-attach-a", "tgw-attach-b", "tgw-attach-c"
TRANSITS = [
    (
        "an attachment that is being deleted",
        change(plain(TRANSIT), TO_A, State="deleting"),
        [("transit-gateway-attachment", TO_A, "deleting", "block", "tgw_attachment_state")],
    ),
    (
        "an attachment of the target that waits",
        attached(State="pendingAcceptance"),
        [
            (
                "transit-gateway-attachment",
                TO_B,
                "pendingAcceptance",
                "block",
                "tgw_attachment_state",
            )
        ],
    ),
    (
        "associated with no table",
        associated(TO_B),
        [("transit-gateway-route-table", TO_A, None, "block", "tgw_not_associated")],
    ),
    (
        "no route",
        gateway_table(gateway_route("10.0.0.0/16", TO_A, "vpc-a")),
        [(GATE_B, "tgw-rtb-1", None, "block", "tgw_no_route")],
    ),
    (
        "a blackhole",
        gateway_table(gateway_route("10.1.0.0/16", TO_B, "vpc-b"), DROP),
        [(GATE_B, "tgw-rtb-1", "10.1.1.0/24", "block", "tgw_blackhole")],
    ),
    (
        "a blackhole to the block of a propagated route",
        gateway_table(
            gateway_route("10.1.1.0/24", TO_B, "vpc-b"),
            DROP | {"PrefixListId": "pl-1"},
        ),
        [(GATE_B, "tgw-rtb-1", "10.1.1.0/24", "block", "tgw_blackhole")],
    ),
    (
        "a table that only its owner sees",
        without(plain(TRANSIT), "search-transit-gateway-routes"),
        [(GATE_B, "tgw-rtb-1", None, "unknown", "tgw_table_unseen")],
    ),
    (
        "a gateway of which only an attachment is seen",
        {key: one for key, one in plain(TRANSIT).items() if key[0] == OURS},
        [(GATE_B, TO_A, None, "unknown", "tgw_table_unseen")],
    ),
    (
        "an appliance behind it",
        routes_of(plain(TRANSIT), "rtb-gate-b", [route("10.1.1.0/24", "vpce-gwlb")]),
        [("vpc-endpoint", "vpce-gwlb", "10.1.1.0/24", "unknown", "beyond_middlebox")],
    ),
]


def middleboxes(hops: list[dict]) -> list[dict]:
    return [hop for hop in hops if hop["cause"] == "beyond_middlebox"]


MODE_OFF = "the appliance mode of tgw-attach-b is off"


@pytest.mark.parametrize(
    ("mode", "changed", "is_told"),
    [
        ("disable", {"subnet-t": {"AvailabilityZoneId": "z2"}}, True),
        ("disable", {}, False),
        ("disable", {"eni-t": {"PrivateIpAddresses": []}}, True),
        ("enable", {"subnet-t": {"AvailabilityZoneId": "z2"}}, False),
        (None, {"subnet-t": {"AvailabilityZoneId": "z2"}}, False),
    ],
)
def test_whether_appliance_mode_is_off_where_an_answer_may_come_from_another_zone(
    ends, mode, changed, is_told
) -> None:
    behind = [route("10.1.1.0/24", "vpce-gwlb")]
    network = gone(routes_of(plain(TRANSIT), "rtb-gate-b", behind), "eni-c")
    for (_, _, call), objects in network.items():
        for one in objects if call == "describe-transit-gateway-vpc-attachments" else []:
            one["Options"] = {"ApplianceModeSupport": mode} if mode else {}
    for name, fields in changed.items():
        change(network, name, **fields)
    (middlebox,) = middleboxes(ends(T, network)[0])
    assert (MODE_OFF in middlebox["note"]) == is_told


def test_the_appliance_mode_of_what_no_gateway_leads_to_is_not_asked(ends) -> None:
    network = plain(route("10.1.0.0/16", "vpce-gwlb"))
    of(network, "tgw-attach-a")["Options"] = {"ApplianceModeSupport": "disable"}
    (middlebox,) = middleboxes(ends(T, network)[0])
    assert "appliance mode" not in middlebox["note"]


@pytest.mark.parametrize(
    ("network", "expected"), [one[1:] for one in TRANSITS], ids=[one[0] for one in TRANSITS]
)
def test_what_a_transit_gateway_does_not_let_pass_is_told(ended, network, expected) -> None:
    assert ended(T, network)[:-1] == expected


def test_a_transit_gateway_serves_only_the_zones_that_it_has_a_subnet_in(ended) -> None:
    network = plain(TRANSIT)
    assert ended(T, network, "eni-f") == [
        ("transit-gateway-attachment", "tgw-attach-a", "z2", "block", "tgw_zone"),
        ("interface", "eni-t", None, "pass", None),
    ]


def test_the_targets_zone_counts_too_and_is_no_certainty(ends) -> None:
    network = change(plain(TRANSIT), "subnet-t", AvailabilityZoneId="z2")
    hops, _ = ends(T, network)
    (blocked,) = [hop for hop in hops if hop["outcome"] == "block"]
    assert (blocked["cause"], blocked["element_id"], blocked["rule"]) == (
        "tgw_zone",
        "tgw-attach-b",
        "z2",
    )
    assert not blocked["is_sure"]


def test_zones_of_which_no_snapshot_tells_are_unknown(ended) -> None:
    network = change(plain(TRANSIT), "subnet-gate-a", AvailabilityZoneId=None)
    unknown = ("transit-gateway-attachment", "tgw-attach-a", "z1", "unknown", None)
    assert ended(T, network)[0] == unknown


def test_several_things_in_the_way_are_told_in_their_order(ended) -> None:
    network = attached(State="deleting")
    change(network, TO_A, State="modifying")
    change(network, "subnet-e", AvailabilityZoneId="z3")
    told = ended("10.1.1.99", network)
    assert [hop[4] for hop in told] == [
        "tgw_zone",
        "tgw_attachment_state",
        "no_interface",
        "no_interface",
    ]


LEAVES = [
    ("by an internet gateway", PUBLIC_6, [route("::/0", "igw-1")], "internet-gateway"),
    ("by an egress-only one", PUBLIC_6, [route("::/0", "eigw-1")], "egress-only-internet-gateway"),
    ("by a NAT gateway", PUBLIC, [route(ALL, "nat-1")], "internet-gateway"),
    ("by a VPN", "192.168.0.1", [route("192.168.0.0/16", "vgw-1")], "vpn-gateway"),
    ("by an endpoint", PUBLIC, [route("52.94.0.0/22", "vpce-s3")], "vpc-endpoint"),
    (
        "by a transit gateway's VPN",
        "192.168.0.1",
        [route(ALL, "tgw-1")],
        "transit-gateway-attachment",
    ),
]


@pytest.mark.parametrize(
    ("peer", "routes", "stage"), [one[1:] for one in LEAVES], ids=[one[0] for one in LEAVES]
)
def test_what_leaves_ends_at_the_gateway(ended, peer, routes, stage) -> None:
    (last,) = ended(peer, plain(*routes))
    assert (last[0], last[3]) == (stage, "pass")


@pytest.mark.parametrize("told_by", ["interface", "address"])
def test_a_public_address_of_its_own_lets_it_out(ended, told_by) -> None:
    network = plain(route(ALL, "igw-1"))
    if told_by == "interface":
        own = of(network, "eni-e")["PrivateIpAddresses"]
        own[0]["Association"] = {"PublicIp": "54.1.2.3"}
    else:
        network[OURS, REGION, "describe-addresses"] = [
            {"PublicIp": "54.1.2.3", "Domain": "vpc", "AllocationId": "eipalloc-1"}
            | {"NetworkInterfaceId": "eni-e", "PrivateIpAddress": E}
        ]
    assert ended(PUBLIC, network)[0][:2] == ("internet-gateway", "igw-1")
    assert len(ended(PUBLIC, network)) == 1


def test_where_some_addresses_have_a_public_one_it_is_not_known(ended) -> None:
    network = plain(route(ALL, "igw-1"))
    own = of(network, "eni-e")["PrivateIpAddresses"]
    own.append({"PrivateIpAddress": "10.0.1.11", "Association": {"PublicIp": "54.1.2.3"}})
    (last, _) = ended(PUBLIC, network)
    assert last == ("internet-gateway", "igw-1", "0.0.0.0/0", "unknown", None)


def test_a_peering_is_not_transitive_to_what_the_peer_is_peered_with(ended) -> None:
    network = plain(route("10.0.0.0/8", "pcx-b"))
    both = network[OURS, REGION, "describe-vpc-peering-connections"]
    network[THEIRS, REGION, "describe-vpc-peering-connections"] = [
        both[0],
        peering("pcx-d", "vpc-b", "vpc-d"),
    ]
    (hop, _) = ended(D, network)
    assert hop == ("peering", "pcx-b", None, "block", "peering_not_transitive")


@pytest.mark.parametrize(
    ("over", "subnet_id", "interface_id"),
    [("pcx-b", "subnet-t", "eni-t"), ("pcx-c", "subnet-c", "eni-c")],
)
def test_of_two_vpcs_with_one_block_the_route_says_which(
    way, over, subnet_id, interface_id
) -> None:
    hops = way(T, plain(route("10.1.0.0/16", over)))
    assert [hop[1] for hop in hops[-2:]] == [subnet_id, interface_id]


def test_what_another_vpc_has_at_the_address_counts_for_nothing(ends) -> None:
    network = gone(plain(PEERED), "eni-t")
    hops, (other,) = ends(T, network)
    assert (hops[-1]["stage"], hops[-1]["cause"]) == ("interface", "no_interface")
    assert (other["peer_vpc_id"], other["peer_interface_id"]) == ("vpc-b", None)


def test_where_the_way_names_no_vpc_the_candidates_are_listed(ends) -> None:
    network = without(plain(TRANSIT), "search-transit-gateway-routes")
    _, (other,) = ends(T, network)
    assert (other["path"], other["peer_vpc_id"]) == ("transit-gateway", None)
    assert other["peer_candidates"] == ["vpc-b", "vpc-c"]


def test_an_address_outside_the_peers_blocks_is_not_the_peers(ends) -> None:
    _, (other,) = ends(D, plain(route("10.0.0.0/8", "pcx-b")))
    assert (other["path"], other["peer_vpc_id"]) == ("peering", None)
    assert other["peer_candidates"] == ["vpc-d"]


def test_of_two_prefix_lists_aws_takes_either(ended) -> None:
    network = plain(route("pl-1", "pcx-b"), route("pl-2", "tgw-1"))
    for name in ("pl-1", "pl-2"):
        call = (OURS, REGION, f"get-managed-prefix-list-entries--{name}")
        network[call] = [{"Cidr": "10.1.0.0/16"}]
    (hop, *_) = ended(T, network)
    assert (hop[0], hop[3], hop[4]) == ("route-table", "unknown", None)


def test_a_static_route_goes_before_a_prefix_list_and_that_before_a_propagated_one(way) -> None:
    routes = [
        route("10.1.0.0/16", "vgw-1", Origin="EnableVgwRoutePropagation"),
        route("pl-1", "tgw-1"),
        PEERED,
    ]
    for left, stage in ((3, "peering"), (2, "transit-gateway-attachment"), (1, "vpn-gateway")):
        network = plain(*routes[:left])
        network[OURS, REGION, "get-managed-prefix-list-entries--pl-1"] = [{"Cidr": "10.1.0.0/16"}]
        assert way(T, network)[1][0] == stage


@pytest.mark.parametrize("more", [{"Origin": "EnableVgwRoutePropagation"}, {}], ids=["vgw", "list"])
def test_of_what_is_the_vpcs_own_the_local_route_is_preferred(way, more) -> None:
    narrower = route("10.0.2.0/24" if more else "pl-1", "vgw-1", **more)
    network = plain(narrower)
    network[OURS, REGION, "get-managed-prefix-list-entries--pl-1"] = [{"Cidr": "10.0.2.0/24"}]
    hops = way(F, network)
    assert [hop[1] for hop in hops] == ["rtb-e", "subnet-f", "eni-f"]
    assert hops[0][2] == "10.0.0.0/16"


def test_a_static_route_to_a_subnet_is_narrower_than_the_local_one(way) -> None:
    hops = way(F, plain(route("10.0.2.0/24", "vpce-gwlb")))
    assert [hop[1] for hop in hops] == ["rtb-e", "vpce-gwlb"]


def test_a_static_route_of_a_gateway_goes_before_one_of_a_prefix_list(ends) -> None:
    static = gateway_route("10.1.0.0/16", TO_C, "vpc-c") | {"Type": "static"}
    listed = gateway_route("10.1.0.0/16", TO_B, "vpc-b") | {
        "Type": "static",
        "PrefixListId": "pl-1",
    }
    _, (other,) = ends(T, gateway_table(listed, static))
    assert other["peer_vpc_id"] == "vpc-c"


def test_through_a_gateway_to_another_vpcs_way_out(ends) -> None:
    network = gateway_table(gateway_route(ALL, TO_B, "vpc-b") | {"Type": "static"})
    change(network, "rtb-e", Routes=[route("10.0.0.0/16", "local"), route(ALL, "tgw-1")])
    home = [route("10.1.0.0/16", "local"), route(ALL, "nat-b")]
    change(network, "rtb-gate-b", Routes=home)
    out = table("rtb-out", "vpc-b", ["subnet-t"], [route(ALL, "igw-b")])
    network[THEIRS, REGION, "describe-route-tables"][0] = out
    network[THEIRS, REGION, "describe-nat-gateways"] = [
        {"NatGatewayId": "nat-b", "VpcId": "vpc-b", "SubnetId": "subnet-t", "State": "available"}
    ]
    hops, (other,) = ends(PUBLIC, network)
    assert {hop["outcome"] for hop in hops} == {"pass"}
    assert (hops[-1]["stage"], hops[-1]["element_id"]) == ("internet-gateway", "igw-b")
    assert (other["path"], other["peer_vpc_id"]) == ("transit-gateway", None)


def test_each_snapshot_has_its_own_way(ends) -> None:
    hops, peers = ends(T, plain(PEERED), plain())
    assert [hop["cause"] for hop in hops] == [None] * 4 + ["route_missing"]
    assert [other["path"] for other in peers] == ["peering", "unknown"]


def test_what_only_a_later_snapshot_tells_is_not_sure(ends) -> None:
    first = without(plain(), "describe-route-tables")
    hops, _ = ends(T, first, plain())
    assert [(hop["cause"], hop["is_sure"]) for hop in hops] == [
        ("route_missing", False),
        ("route_missing", True),
    ]


def test_accounts_that_disagree_about_a_peering_leave_it_unsure(ends) -> None:
    network = plain(PEERED)
    pending = peering("pcx-b", "vpc-a", "vpc-b", status="pending-acceptance")
    network[THEIRS, REGION, "describe-vpc-peering-connections"] = [pending]
    hops, _ = ends(T, network)
    assert [(hop["cause"], hop["is_sure"]) for hop in hops if hop["outcome"] == "block"] == [
        ("peering_not_active", False)
    ]


def test_an_interface_that_did_not_fit_may_be_the_one_at_the_address(ended) -> None:
    network = plain(PEERED)
    change(network, "eni-t", PrivateIpAddresses=None, Ipv6Addresses=[])
    (hop, _) = ended(T, network)
    assert hop == ("interface", "subnet-t", None, "unknown", None)
    assert STRANGER not in str(hop)
