"""Right however many routes a table has, and where two of them lead to the same block.

E of wide_network.py sends to addresses that nothing answers at, over tables of 1,000 routes. What
decides drops the packet, and every other route that fits would carry it: who looks at a part of a
table tells another cause, or another route. The deciding ones stand first, in the middle and last.
"""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from losses_in_memory import BEATS, TOLD, flow, watched
from network_in_memory import answered, holding
from reference.model import Answer, Json, Snapshot
from reference.organisation import NOON, OURS, REGION, THEIRS
from wide_network import E, T, gateway_route, gone, of, plain, route, snapshot

from pipeline.attribution.stages import STAGES

MANY = 1000
LEARNT = {"Origin": "EnableVgwRoutePropagation"}
GONE = "nat-gone"
# Below and above all that decides.
BLOCKS = [f"{(9, 172)[n % 2]}.16.{n // 4}.{n % 4 * 64}/26" for n in range(MANY)]
LISTED = "get-managed-prefix-list-entries"


@pytest.fixture
def lost(memory, tmp_path):
    """Give what is told of a SYN to each peer that got no answer, in their order."""

    def told(peers: Sequence[str], made: Snapshot) -> list[dict]:
        both = [made, Snapshot(made.instant + timedelta(days=1), made.answers)]
        asked = [flow("eni-e", E, peer) for peer in peers]
        with holding(memory, tmp_path, [*asked, *BEATS], *both):
            rows = answered(memory, STAGES, TOLD)
        assert [row["line_number"] for row in rows] == [n + 2 for n in range(len(peers))]
        return rows

    return told


def brief(rows: list[dict]) -> list[tuple]:
    return [(row["cause"], row["certainty"], row["element_id"], row["rule"]) for row in rows]


def scattered(deciding: list[Json], others: list[Json]) -> list[Json]:
    """The routes of a table of 1,000, with the deciding ones first, in the middle and last."""
    third, more = divmod(len(deciding), 3)
    assert more == 0
    kept = others[: MANY - len(deciding)]
    half = len(kept) // 2
    first, middle, last = (deciding[n * third : (n + 1) * third] for n in range(3))
    made = [*first, *kept[:half], *middle, *kept[half:], *last]
    assert len(made) == MANY
    return made


# Each deciding route, and one that must not decide of the same peer; a /24 a case.
STATIC, BY_LIST, PROPAGATED = "static", "list", "propagated"
CASES = [
    # the longest, whatever its kind
    (STATIC, 28, PROPAGATED, 24),
    (PROPAGATED, 28, STATIC, 24),
    (BY_LIST, 28, STATIC, 24),
    (STATIC, 28, BY_LIST, 24),
    (PROPAGATED, 28, BY_LIST, 24),
    (BY_LIST, 28, PROPAGATED, 24),
    # of one length: static before lists before propagated
    (STATIC, 24, PROPAGATED, 24),
    (STATIC, 24, BY_LIST, 24),
    (BY_LIST, 24, PROPAGATED, 24),
]


def of_kind(kind: str, block: str, target: str, state: str) -> tuple[Json, dict[str, str]]:
    """A route, and the prefix list that it is by."""
    if kind == BY_LIST:
        name = "pl-" + block.replace(".", "-").replace("/", "-") + state
        return route(name, target, state), {name: block}
    return route(block, target, state, **(LEARNT if kind == PROPAGATED else {})), {}


def test_the_longest_of_a_thousand_routes_decides(lost) -> None:
    deciding, others, lists, expected, peers = [], [], {}, [], []
    # Three times each case, so that it stands first, in the middle and last.
    for number, (kind, bits, other, other_bits) in enumerate(CASES * 3):
        peers.append(f"10.1.{number + 10}.7")
        block = f"10.1.{number + 10}.0"
        drops, by = of_kind(kind, f"{block}/{bits}", GONE, "blackhole")
        carries, by_other = of_kind(other, f"{block}/{other_bits}", "pcx-b", "active")
        deciding.append(drops)
        others.append(carries)
        lists |= by | by_other
        expected.append(drops.get("DestinationPrefixListId", f"{block}/{bits}"))
    others += [route(f"10.{n}.0.0/16", "pcx-b") for n in (1, 2)]
    others += [route(block, GONE, "blackhole") for block in BLOCKS]
    network = plain()
    of(network, "rtb-e")["Routes"] += scattered(deciding, others)
    told = [
        Answer(OURS, REGION, LISTED, {"Entries": [{"Cidr": block}]}, subject=name)
        for name, block in lists.items()
    ]
    made = snapshot(watched(network))
    rows = lost(peers, Snapshot(NOON, (*made.answers, *told)))
    assert brief(rows) == [("route_blackhole", "certain", "rtb-e", one) for one in expected]


SEARCH = "search-transit-gateway-routes"
DROPPED = [f"10.1.{number}" for number in range(10, 19)]
BY_A_LIST = {"PrefixListId": "pl-any", "Type": "static"}


def drop(block: str, kind: str = "static") -> Json:
    return {"DestinationCidrBlock": block, "Type": kind, "State": "blackhole"}


def to_b(block: str, **more) -> Json:
    return gateway_route(block, "tgw-attach-b", "vpc-b") | more


def gateway_table() -> list[Json]:
    """Routes that drop what is for DROPPED, and for T, among others that would carry it."""
    deciding = []
    others = [to_b("10.1.0.0/16"), drop("10.1.1.16/28")]
    for number, net in enumerate(DROPPED):
        # A static route, a propagated one that is longer, and a static one beside that of a list.
        block, kind, other = [
            (f"{net}.0/28", "static", to_b(f"{net}.0/24")),
            (f"{net}.0/28", "propagated", to_b(f"{net}.0/24", Type="static")),
            (f"{net}.0/24", "static", to_b(f"{net}.0/24", **BY_A_LIST)),
        ][number % 3]
        deciding.append(drop(block, kind))
        others.append(other)
    others += [gateway_route(block, "tgw-attach-a", "vpc-a") for block in BLOCKS]
    return scattered(deciding, others)


def through(routes: list[Json], **more) -> Snapshot:
    """E's subnet sends to a transit gateway whose table holds these routes."""
    # Another interface that may have T's address would leave open whether the packet arrived.
    network = gone(plain(route("10.0.0.0/8", "tgw-1")), "eni-c")
    del network[THEIRS, REGION, f"{SEARCH}--tgw-rtb-1"]
    told = Answer(THEIRS, REGION, SEARCH, {"Routes": routes} | more, subject="tgw-rtb-1")
    return Snapshot(NOON, (*snapshot(watched(network)).answers, told))


def test_the_longest_of_a_transit_gateways_thousand_routes_decides(lost) -> None:
    made = through(gateway_table(), AdditionalRoutesAvailable=False)
    rows = lost([*(f"{net}.7" for net in DROPPED), T], made)
    blocks = [f"{net}.0/{bits}" for net, bits in zip(DROPPED, [28, 28, 24] * 3, strict=True)]
    assert brief(rows) == [
        ("tgw_blackhole", "certain", "tgw-rtb-1", one) for one in [*blocks, "10.1.1.16/28"]
    ]


@pytest.mark.parametrize("why", ["more than were told", "one told in two forms"])
def test_of_a_table_that_is_not_told_in_full_nothing_is_known(lost, why) -> None:
    # AWS tells 1,000 at most, and says where there are more: the longest may be one of those.
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SearchTransitGatewayRoutes.html
    # Where a static route leads to a block, a propagated one to it is not in the table.
    # https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
    routes, is_cut = gateway_table(), why == "more than were told"
    if not is_cut:
        routes[-1] = to_b("10.1.1.16/28")
    (row,) = lost([T], through(routes, AdditionalRoutesAvailable=is_cut))
    assert brief([row]) == [("tgw_table_unseen", "unknown", "tgw-rtb-1", None)]
    assert SEARCH in row["note"]
