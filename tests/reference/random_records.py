"""A random log: REJECT records aimed at the edges of the rules, and what else a log holds."""

import random
from datetime import datetime, timedelta

from .lookup import address, block
from .model import Json, Record
from .random_history import random_history
from .random_rules import PORT_RANGES
from .random_starts import random_starts
from .random_topology import PUBLIC_BLOCKS, PUBLIC_BLOCKS_6
from .state import State, near_edge, new_id, pick_address

RULE_LISTS = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}
PROTOCOLS = [6] * 12 + [17] * 3 + [1] * 4 + [47, 50]
OTHER_FLAGS = [0, 1, 3, 4, 5, 6, 7, 16, 18, 18, 19, 22, 23]
# Seconds from a snapshot to a record; the boundary is a minute.
OFFSETS = [-7200, -1, 0, 59, 60, 60, 61, 600, 1800]
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}


def random_records(
    rng: random.Random, states: list[State], instants: list[datetime], count: int
) -> list[Record]:
    """So many records to judge, and others; all in one format, with reject-reason or without."""
    version = rng.choice([5, 5, 8])
    rejects = [_random_record(rng, states, instants) for _ in range(count)]
    records = rejects + random_history(rng, rejects) + random_starts(rng, rejects)
    rng.shuffle(records)
    reasons = {"log_version": version} | ({"reject_reason": None} if version < 8 else {})
    return [record | reasons for record in records]


def _random_record(rng: random.Random, states: list[State], instants: list[datetime]) -> Record:
    state = rng.choice(states)
    interface = _pick_interface(rng, state)
    record = _blank(interface) | _times(rng, instants)
    if rng.random() < 0.015:
        return record | {"log_status": rng.choice(["NODATA", "SKIPDATA"])}
    record |= {"action": "REJECT", "log_status": "OK"}
    record |= _flow(rng, state, interface)
    if rng.random() < 0.03:
        record["reject_reason"] = rng.choice(["BPA", "EC"])
    if rng.random() < 0.03:
        record["interface_id"] = new_id(rng, "eni")
    return record


def _pick_interface(rng: random.Random, state: State) -> Json:
    """Seldom one that no dump holds."""
    everything = state.all("describe-network-interfaces")
    seen = [body for body in everything if body["OwnerId"] not in state.unobserved]
    return rng.choice(everything if rng.random() < 0.05 else seen)


def _blank(interface: Json) -> Record:
    flow = "srcaddr dstaddr srcport dstport protocol tcp_flags flow_direction pkt_srcaddr"
    fields = f"{flow} pkt_dstaddr action reject_reason".split()
    place: Record = {
        "interface_id": interface["NetworkInterfaceId"],
        "account_id": interface["OwnerId"],
        "vpc_id": interface["VpcId"],
        "subnet_id": interface["SubnetId"],
    }
    return place | dict.fromkeys(fields)


def _times(rng: random.Random, instants: list[datetime]) -> Record:
    start = rng.choice(instants) + timedelta(seconds=rng.choice(OFFSETS))
    return {"start_time": start, "end_time": start + timedelta(seconds=rng.choice([0, 30, 60]))}


def _flow(rng: random.Random, state: State, interface: Json) -> Record:
    """Half of the packets are aimed at one single rule, so that rules do match."""
    direction = rng.choice(["ingress", "egress"])
    has_ipv6 = bool(interface["Ipv6Addresses"])
    version = 6 if has_ipv6 and rng.random() < 0.25 else 4
    protocol = rng.choice(PROTOCOLS)
    permissions = _permissions(state, interface, direction)
    rules = permissions + _entries(state, interface, direction)
    referring = [rule for rule in permissions if _members(state, rule)]
    if referring and rng.random() < 0.5:
        permissions = referring
    if permissions and rng.random() < 0.6:
        rules = [rng.choice(permissions)]
        protocol = _protocol(rules[0]) or protocol
    if protocol in (1, 58):
        protocol = 1 if version == 4 else 58
    peer = _pick_peer(rng, state, interface, rules, version)
    record = _addresses(rng, interface, direction, version, peer)
    record |= _ports(rng, rules, protocol)
    record["protocol"] = protocol
    record["flow_direction"] = direction if rng.random() < 0.7 else None
    record["tcp_flags"] = _flags(rng, protocol)
    return record


def _flags(rng: random.Random, protocol: int) -> int | None:
    """Half of the flags of TCP say that a connection opens; other protocols log 0."""
    chance = rng.random()
    if chance < 0.22:
        return None
    if protocol != 6:
        return 0
    return 2 if chance < 0.6 else rng.choice(OTHER_FLAGS)


def _permissions(state: State, interface: Json, direction: str) -> list[Json]:
    wanted = {group["GroupId"] for group in interface.get("Groups") or []}
    groups = state.of_vpc("describe-security-groups", interface["VpcId"])
    chosen = [group for group in groups if group["GroupId"] in wanted]
    return [rule for group in chosen for rule in group[RULE_LISTS[direction]]]


def _entries(state: State, interface: Json, direction: str) -> list[Json]:
    for acl in state.of_vpc("describe-network-acls", interface["VpcId"]):
        if any(item["SubnetId"] == interface["SubnetId"] for item in acl["Associations"]):
            return [e for e in acl["Entries"] if e["Egress"] == (direction == "egress")]
    return []


def _pick_peer(
    rng: random.Random, state: State, interface: Json, rules: list[Json], version: int
) -> str:
    """Near a rule's edge, a rule's members, a neighbour, another interface, or the world.

    A rule that names nothing but groups is mostly visited by their members.
    """
    edges = [cidr for rule in rules for cidr in _cidrs(state, rule)]
    members = [text for rule in rules for text in _members(state, rule)]
    subnet = _subnet_cidrs(state, interface)
    others = [t for body in state.all("describe-network-interfaces") for t in own_blocks(body)]
    wide = [*PUBLIC_BLOCKS, *PUBLIC_BLOCKS_6]
    pools = [edges, edges, edges, members, members, members, members, subnet, others]
    pools += [wide, wide, wide]
    pools = [[cidr for cidr in pool if block(cidr).version == version] for pool in pools]
    world = pools[-1]
    if pools[3] and not pools[0] and rng.random() < 0.8:
        return pick_address(rng, rng.choice(pools[3]))
    pool = rng.choice([pool for pool in pools if pool])
    cidr = rng.choice(pool)
    # A block as wide as 0.0.0.0/0 has no edges worth visiting: it stands for anyone.
    if block(cidr).prefixlen < 8:
        cidr = rng.choice(rng.choice([world, pools[-2] or world]))
    return rng.choice([near_edge, pick_address])(rng, cidr)


def _subnet_cidrs(state: State, interface: Json) -> list[str]:
    subnets = state.of_vpc("describe-subnets", interface["VpcId"])
    subnet = next(item for item in subnets if item["SubnetId"] == interface["SubnetId"])
    ipv6 = [item["Ipv6CidrBlock"] for item in subnet["Ipv6CidrBlockAssociationSet"]]
    return [subnet["CidrBlock"], *ipv6]


def _cidrs(state: State, rule: Json) -> list[str]:
    named = [rule.get("CidrBlock"), rule.get("Ipv6CidrBlock")]
    named += [item["CidrIp"] for item in rule.get("IpRanges") or []]
    named += [item["CidrIpv6"] for item in rule.get("Ipv6Ranges") or []]
    for item in rule.get("PrefixListIds") or []:
        entries = state.prefix_lists[item["PrefixListId"]].body["Entries"]
        named += [entry["Cidr"] for entry in entries]
    return [cidr for cidr in named if cidr]


def _members(state: State, rule: Json) -> list[str]:
    wanted = {pair["GroupId"] for pair in rule.get("UserIdGroupPairs") or []}
    return [
        text
        for body in state.all("describe-network-interfaces")
        if wanted & {group["GroupId"] for group in body.get("Groups") or []}
        for text in own_blocks(body)
    ]


def own_blocks(body: Json) -> list[str]:
    """Every address and prefix of an interface, the public ones too."""
    texts = [item["PrivateIpAddress"] for item in body["PrivateIpAddresses"]]
    texts += [item["Ipv6Address"] for item in body["Ipv6Addresses"]]
    texts += [item["Ipv4Prefix"] for item in body.get("Ipv4Prefixes") or []]
    texts += [item["Ipv6Prefix"] for item in body.get("Ipv6Prefixes") or []]
    associations = [item.get("Association") for item in body["PrivateIpAddresses"]]
    return texts + [item["PublicIp"] for item in associations if item]


def _addresses(
    rng: random.Random, interface: Json, direction: str, version: int, peer: str
) -> Record:
    """The interface's columns show its primary address, the packet's the true one.

    Now and then a middlebox stands in the peer's place, or the own address is a stranger.
    """
    primary, own = _own_addresses(rng, interface, version)
    shown_peer, shown_own = peer, primary
    packet: list[str | None] = [None, None]
    if rng.random() < 0.65:
        packet = [peer, own]
        if rng.random() < 0.12:
            shown_peer = "10.0.0.7" if version == 4 else "2600:1f18:0:ff::7"
    if rng.random() < 0.04:
        shown_own = "172.16.0.9" if version == 4 else "fd00::9"
    pairs = [(shown_peer, packet[0]), (shown_own, packet[1])]
    if direction == "egress":
        pairs.reverse()
    (src, pkt_src), (dst, pkt_dst) = pairs
    return {"srcaddr": src, "dstaddr": dst, "pkt_srcaddr": pkt_src, "pkt_dstaddr": pkt_dst}


def _own_addresses(rng: random.Random, interface: Json, version: int) -> tuple[str, str]:
    private = [
        text
        for text in own_blocks(interface)
        if block(text).version == version and not address(text.split("/")[0]).is_global
    ]
    if version == 6:
        first = interface["Ipv6Addresses"][0]["Ipv6Address"]
        return first, first
    return private[0], pick_address(rng, rng.choice(private))


def _ports(rng: random.Random, rules: list[Json], protocol: int) -> Record:
    """Destination ports at the edges of the rules; source ports of clients and of servers."""
    if protocol not in (6, 17):
        return {"srcport": 0, "dstport": 0}
    ranges = [ports for rule in rules for ports in _port_range(rule, protocol)] or PORT_RANGES
    low, high = rng.choice(ranges if rng.random() < 0.75 else PORT_RANGES)
    target = rng.choice([low - 1, low, low, high, high, high + 1, rng.randint(low, high)])
    if rng.random() < 0.12:
        target = rng.randint(1024, 65535)
    edge = rng.choice(rng.choice(PORT_RANGES))
    source = rng.choice([rng.randint(1024, 65535), 60000, 443, 1023, 1024, edge, 50000])
    return {"srcport": source, "dstport": min(max(target, 0), 65535)}


def _protocol(rule: Json) -> int | None:
    """The rule's protocol as a number; None for all of them."""
    name = str(rule.get("IpProtocol") or rule.get("Protocol"))
    return None if name == "-1" else NUMBERS.get(name) or int(name)


def _port_range(rule: Json, protocol: int) -> list[tuple[int, int]]:
    if _protocol(rule) != protocol:
        return []
    if "PortRange" in rule:
        return [(rule["PortRange"]["From"], rule["PortRange"]["To"])]
    return [(rule["FromPort"], rule["ToPort"])] if "FromPort" in rule else []
