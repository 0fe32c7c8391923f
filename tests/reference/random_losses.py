"""A random log of conversations: what both ends saw, or should have, of a packet and its answer."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from .lookup import block
from .model import Json, Record
from .random_answers import random_answers
from .random_records import own_blocks
from .random_routes import dead_address, reachable
from .random_topology import PUBLIC_BLOCKS, PUBLIC_BLOCKS_6
from .state import State, pick_address

INTERFACES = "describe-network-interfaces"
PROTOCOLS = [6] * 14 + [17] * 3 + [1] * 2 + [47]
STARTS = [2] * 8 + [3, 6, 7, 0, 4, 18, None, None]
# Seconds from a snapshot to a record; the boundary is a minute.
OFFSETS = [-7200, -30, 0, 59, 60, 61, 600, 1800, 7200]
# Seconds from the packet to the other end's record of it, each of which lasts up to a minute.
NEAR = [0] * 8 + [1, -1, 59, 60, 61, -60, -61, 110, 120, 121, -119, -120, -121]
# And to an answer, which is waited for five minutes from the packet's last.
LATER = [0] * 6 + [1, 30, 60, -1, -60, -61, 299, 300, 301, 330, 360, 361, 900]
# And to what a reply answers, an hour back at most.
EARLIER = [0] * 6 + [1, 30, 120, 121, 180, 181, 240, 241, 600, 3599, 3600, 3601, 5000]
GAPS = [
    (-3600, 60),
    (-121, 60),
    (-61, 1),
    (0, 60),
    (30, 10),
    (60, 60),
    (120, 60),
    (600, 60),
    (720, 60),
]
_FIELDS = (
    "pkt_srcaddr",
    "pkt_dstaddr",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "tcp_flags",
    "log_status",
    "reject_reason",
    "start_time",
    "end_time",
    "interface_id",
    "account_id",
    "vpc_id",
    "subnet_id",
    "flow_direction",
    "action",
)
OPPOSITE = {"ingress": "egress", "egress": "ingress"}
SWAPPED = {"srcaddr": "dstaddr", "srcport": "dstport", "pkt_srcaddr": "pkt_dstaddr"}


def random_losses(
    rng: random.Random, states: list[State], instants: list[datetime], count: int
) -> list[Record]:
    """The records of so many conversations, all in one format."""
    version = rng.choice([5, 8])
    records = [
        record | {"log_version": version}
        for _ in range(count)
        for record in _conversation(rng, rng.choice(states), instants)
    ]
    records += [
        record | {"log_version": version} for record in _before_and_after(rng, states[-1], instants)
    ]
    rng.shuffle(records)
    between = _in_between(rng, states[-1], records)
    return [*records, *between, *random_answers(rng, records)]


def _in_between(rng: random.Random, state: State, records: list[Record]) -> list[Record]:
    """Some of what was sent as others show it that passed it on, mostly a gateway's interfaces."""
    others = state.all(INTERFACES)
    gates = [one for one in others if one.get("InterfaceType") == "transit_gateway"]
    sent = [one for one in records if one["action"] == "ACCEPT" and rng.random() < 0.06]
    return [
        _passed_on(rng, one, rng.choice(gates if gates and rng.random() < 0.8 else others))
        for one in sent
    ]


def _passed_on(rng: random.Random, record: Record, interface: Json) -> Record:
    """With the packet's own addresses, as far as the record shows them."""
    ends = {f"pkt_{end}": record[f"pkt_{end}"] or record[end] for end in ("srcaddr", "dstaddr")}
    shown = {
        "interface_id": interface["NetworkInterfaceId"],
        "account_id": interface["OwnerId"],
        "vpc_id": interface["VpcId"],
        "subnet_id": interface["SubnetId"],
        "flow_direction": rng.choice(["ingress", "egress", None]),
        "action": rng.choice(["ACCEPT", "ACCEPT", "REJECT"]),
    }
    return record | ends | shown


def _before_and_after(
    rng: random.Random, state: State, instants: list[datetime]
) -> Iterator[Record]:
    """Most interfaces write from long before to long after; some begin late, or stop."""
    for body in state.all(INTERFACES):
        for when in (min(instants) - timedelta(hours=9), max(instants) + timedelta(hours=9)):
            if rng.random() < 0.93:
                yield dict.fromkeys(_FIELDS) | {
                    "interface_id": body["NetworkInterfaceId"],
                    "account_id": body["OwnerId"],
                    "log_status": "NODATA",
                    "start_time": when,
                    "end_time": when + timedelta(seconds=60),
                }


def _conversation(rng: random.Random, state: State, instants: list[datetime]) -> Iterator[Record]:
    """A packet, its arrival, its answer and the arrival of that: each there or not, or late."""
    sender = _known(rng, state)
    target, receiver = _other_end(rng, state, sender)
    flow = _flow(rng, sender, target) | _times(rng, instants)
    chance = rng.random()
    if chance < 0.92:
        yield _spoilt(rng, _seen(rng, flow, sender, "egress", "ACCEPT"), 0.02)
    if receiver is None or rng.random() < 0.45:
        yield from _gaps(rng, flow, sender, receiver)
        return
    arrived = _moved(rng, flow, rng.choice(NEAR if rng.random() < 0.5 else [0]))
    action = "REJECT" if rng.random() < 0.12 else "ACCEPT"
    yield _spoilt(
        rng, _seen(rng, arrived, _twin(rng, state, receiver, target), "ingress", action), 0.04
    )
    if rng.random() < 0.75:
        yield from _answer(rng, flow, sender, receiver)
    yield from _gaps(rng, flow, sender, receiver)


def _answer(rng: random.Random, flow: Record, sender: Json, receiver: Json) -> Iterator[Record]:
    seconds = rng.choice(LATER if rng.random() < 0.4 else [0, 1, 30])
    flags = rng.choice([18] * 5 + [4, 4, 4, 0, 19, None]) if flow["protocol"] == 6 else 0
    turned = _moved(rng, _turned(flow) | {"tcp_flags": flags}, seconds)
    action = "REJECT" if rng.random() < 0.1 else "ACCEPT"
    yield _spoilt(rng, _seen(rng, turned, receiver, "egress", action), 0.04)
    if rng.random() < 0.2:
        late = _moved(rng, turned | {"tcp_flags": rng.choice([0, 1, 4, 18])}, rng.choice(EARLIER))
        yield _seen(rng, late, receiver, "egress", "ACCEPT")
    if rng.random() < 0.35:
        back = _moved(rng, turned, rng.choice(NEAR if rng.random() < 0.6 else [0]))
        action = "REJECT" if rng.random() < 0.15 else "ACCEPT"
        yield _spoilt(rng, _seen(rng, back, sender, "ingress", action), 0.06)


def _known(rng: random.Random, state: State) -> Json:
    everything = state.all(INTERFACES)
    seen = [body for body in everything if body["OwnerId"] not in state.unobserved]
    return rng.choice(everything if rng.random() < 0.04 else seen)


def _other_end(rng: random.Random, state: State, sender: Json) -> tuple[str, Json | None]:
    """An address, and who has it: mostly an interface to which a route could lead."""
    chance = rng.random()
    if chance < 0.1:
        return dead_address(rng, state), None
    if chance < 0.2:
        return pick_address(rng, rng.choice([*PUBLIC_BLOCKS, *PUBLIC_BLOCKS_6])), None
    ways = reachable(state, sender["VpcId"])
    others = [
        body
        for body in state.all(INTERFACES)
        if body["NetworkInterfaceId"] != sender["NetworkInterfaceId"]
    ]
    far = [body for body in others if body["VpcId"] in ways]
    beyond = [body for body in others if body["VpcId"] != sender["VpcId"]] if ways[""] else []
    pools = [far, far, beyond, beyond, beyond, others]
    receiver = rng.choice(rng.choice([pool for pool in pools if pool]))
    # One speaks IPv6 only to those that do, too.
    six = bool(sender["Ipv6Addresses"]) and rng.random() < 0.2
    return _own(rng, receiver, 6 if six else 4), receiver


def _own(rng: random.Random, interface: Json, version: int) -> str:
    """Mostly its primary address, of the family if it has any."""
    private = [item["PrivateIpAddress"] for item in interface["PrivateIpAddresses"]]
    ipv6 = [item["Ipv6Address"] for item in interface["Ipv6Addresses"]]
    if version == 6 and ipv6:
        return rng.choice(ipv6)
    if rng.random() < 0.08:
        return pick_address(
            rng, rng.choice([one for one in own_blocks(interface) if _is_near(one)])
        )
    return rng.choice([private[0]] * 5 + private)


def _is_near(cidr: str) -> bool:
    return block(cidr).version == 4 and cidr.startswith("10.")


def _twin(rng: random.Random, state: State, receiver: Json, target: str) -> Json:
    """Sometimes it arrives at another interface that has the address, in a VPC like the other."""
    twins = [body for body in state.all(INTERFACES) if target in own_blocks(body)]
    return rng.choice(twins) if twins and rng.random() < 0.3 else receiver


def _flow(rng: random.Random, sender: Json, target: str) -> Record:
    """True addresses as the packet's own; `_seen` tells what the interfaces' columns show."""
    version = 6 if ":" in target else 4
    protocol = rng.choice(PROTOCOLS)
    if protocol == 1 and version == 6:
        protocol = 58
    ports = (rng.choice([50000, 50000, 40000, 443]), rng.choice([443, 443, 22, 5432, 50001]))
    has_ports = protocol in (6, 17)
    return {
        "pkt_srcaddr": _own(rng, sender, version),
        "pkt_dstaddr": target,
        "srcport": ports[0] if has_ports else 0,
        "dstport": ports[1] if has_ports else 0,
        "protocol": protocol,
        "tcp_flags": rng.choice(STARTS) if protocol == 6 else 0,
        "log_status": "OK",
        "reject_reason": None,
    }


def _times(rng: random.Random, instants: list[datetime]) -> Record:
    start = rng.choice(instants) + timedelta(seconds=rng.choice(OFFSETS))
    return {"start_time": start, "end_time": start + timedelta(seconds=rng.choice([0, 30, 60]))}


def _moved(rng: random.Random, record: Record, seconds: int) -> Record:
    start = record["start_time"] + timedelta(seconds=seconds)
    end = start + timedelta(seconds=rng.choice([0, 30, 60]))
    return record | {"start_time": start, "end_time": end}


def _turned(record: Record) -> Record:
    made = dict(record)
    for one, other in SWAPPED.items():
        if one in record:
            made |= {one: record[other], other: record[one]}
    return made


def _seen(rng: random.Random, flow: Record, interface: Json, direction: str, action: str) -> Record:
    """As one interface writes it: its primary address for its own, its own columns or the packet's.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
    """
    shown = {"srcaddr": flow["pkt_srcaddr"], "dstaddr": flow["pkt_dstaddr"]}
    own = "srcaddr" if direction == "egress" else "dstaddr"
    if ":" not in shown[own] and shown[own] in own_blocks(interface):
        shown[own] = interface["PrivateIpAddresses"][0]["PrivateIpAddress"]
    packet = {} if rng.random() < 0.6 else dict.fromkeys(("pkt_srcaddr", "pkt_dstaddr"))
    place = {
        "interface_id": interface["NetworkInterfaceId"],
        "account_id": interface["OwnerId"],
        "vpc_id": interface["VpcId"],
        "subnet_id": interface["SubnetId"],
        "flow_direction": direction if rng.random() < 0.75 else None,
        "action": action,
    }
    return flow | shown | packet | place


def _gaps(
    rng: random.Random, flow: Record, sender: Json, receiver: Json | None
) -> Iterator[Record]:
    """Now and then an interface's log left something out, near the edges of what that spoils."""
    for interface in (sender, receiver):
        if interface is not None and rng.random() < 0.05:
            before, lasting = rng.choice(GAPS)
            start = flow["start_time"] + timedelta(seconds=before)
            yield dict.fromkeys(_FIELDS) | {
                "interface_id": interface["NetworkInterfaceId"],
                "account_id": interface["OwnerId"],
                "log_status": rng.choice(["SKIPDATA", "SKIPDATA", "SKIPDATA", "NODATA"]),
                "start_time": start,
                "end_time": start + timedelta(seconds=lasting),
            }


def _spoilt(rng: random.Random, record: Record, chance: float) -> Record:
    """Seldom a record that is almost, but not, the one it should be."""
    return rng.choice(SPOILT)(rng, record) if rng.random() < chance else record


def _other_port(rng: random.Random, record: Record) -> Record:
    field = rng.choice(["srcport", "dstport"])
    return record | {field: rng.choice([None, (record[field] + 1) % 65536])}


def _other_protocol(rng: random.Random, record: Record) -> Record:
    return record | {"protocol": 6 if record["protocol"] == 17 else 17}


def _other_direction(rng: random.Random, record: Record) -> Record:
    return record | {"flow_direction": OPPOSITE.get(record["flow_direction"] or "")}


SPOILT: list[Callable[[random.Random, Record], Record]] = [
    _other_port,
    _other_protocol,
    _other_direction,
]
