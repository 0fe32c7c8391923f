"""What interfaces in between show of a packet: it got past what is before them.

An interface of a transit gateway in the sender's VPC shows that the packet reached the gateway,
one in the VPC at the other end that it left it. ACCEPT there is the word of its subnet's ACL, too.
https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from collections.abc import Iterator
from dataclasses import replace

from .history import Log, ends_of
from .hops import BLOCK, UNKNOWN, Hop, Way
from .lookup import Interface, holds
from .model import Record, Snapshot
from .sending import is_same_flow, known_ever

TRANSIT_GATEWAY = "transit_gateway"
TO_GATEWAY = ("route", "peering", "attachment", "zone")
IN_GATEWAY = ("association", "gateway-route", "gateway-peering", "attachment", "zone")
ACL_IN, ACL_OUT, HOME = "gateway-acl-ingress", "gateway-acl-egress", "delivery-route"
BETWEEN = {*TO_GATEWAY, *IN_GATEWAY, ACL_IN, ACL_OUT, HOME}
# How far a packet got, in the order of the ways.
AT_GATE, IN, OUT, LEFT = 1, 2, 3, 4


def unpassed(record: Record, path: Way, far: str | None, snapshot: Snapshot, log: Log) -> Way:
    """The way on which it is not known what the blocks are that it got past.

    Where a snapshot is wrong of one of them, or of which way it took, nothing of it is sure.
    `far` is the VPC at the other end, `snapshot` has those that were `ever`.
    """
    seen = list(sightings(record, snapshot, log))
    own = vpc_of(record["interface_id"], snapshot)
    reached = max([0, *(how_far(one, where, own, far) for one, where in seen)])
    passed = [hop for place, hop in placed(path) if hop.outcome == BLOCK and place <= reached]
    hops = (
        replace(hop, outcome=UNKNOWN, cause=None) if hop in passed else hop for hop in path.hops
    )
    path = replace(path, hops=tuple(hops))
    by_gateway = any(hop.stage == "attachment" for hop in path.hops)
    wrong_way = reached > 0 and not by_gateway
    strange = any(is_elsewhere(where, own, far) for _, where in seen)
    if wrong_way:
        path = unsure(path, {hop.stage for hop in path.hops})
    return unsure(path, BETWEEN) if strange else path


def sightings(record: Record, snapshot: Snapshot, log: Log) -> Iterator[tuple[Record, Interface]]:
    """Records of the packet on interfaces that do not have the address it is for."""
    ends = ends_of(record)
    known = known_ever([replace(snapshot, answers=snapshot.ever or snapshot.answers)])
    for other in log:
        name = other.get("interface_id")
        if ends is None or name == record["interface_id"] or not is_same_flow(record, other):
            continue
        own = known.get(str(name), [])
        if own and not any(holds(one, ends[1][0]) for one in own):
            yield other, own[0]


def vpc_of(name: str, snapshot: Snapshot) -> str | None:
    known = known_ever([replace(snapshot, answers=snapshot.ever or snapshot.answers)])
    return known[name][0].vpc_id if name in known else None


def is_elsewhere(where: Interface, own: str | None, far: str | None) -> bool:
    """No interface of a gateway's, or one in a third VPC."""
    return where.kind != TRANSIT_GATEWAY or (far is not None and where.vpc_id not in (own, far))


def how_far(one: Record, where: Interface, own: str | None, far: str | None) -> int:
    if where.kind != TRANSIT_GATEWAY:
        return 0
    is_accepted = one["action"] == "ACCEPT"
    if where.vpc_id == own:
        return IN if is_accepted else AT_GATE
    if far is not None and where.vpc_id != far:
        return IN
    return LEFT if is_accepted and one.get("flow_direction") != "ingress" else OUT


def placed(path: Way) -> Iterator[tuple[int, Hop]]:
    """The hops between the sender and the far VPC's own tables, and how far they are."""
    is_in = False
    for hop in path.hops:
        is_in = is_in or hop.stage == "association"
        if hop.stage == HOME:
            return
        if hop.stage in TO_GATEWAY and not is_in:
            yield AT_GATE, hop
        elif hop.stage == ACL_IN:
            yield IN, hop
        elif hop.stage in IN_GATEWAY:
            yield OUT, hop
        elif hop.stage == ACL_OUT:
            yield LEFT, hop


def unsure(path: Way, stages: set[str]) -> Way:
    """The way, of whose first block nothing is sure where it is one of these."""
    first = next((hop for hop in path.hops if hop.outcome == BLOCK), None)
    if first is None or first.stage not in stages:
        return path
    hops = [replace(hop, sure=False) if hop is first else hop for hop in path.hops]
    return replace(path, hops=tuple(hops))
