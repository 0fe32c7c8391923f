"""Random group rules and ACL entries of all kinds, over the addresses of a random organisation."""

import random
from ipaddress import ip_network

from .model import Json
from .random_topology import PUBLIC_BLOCKS, PUBLIC_BLOCKS_6
from .state import State, new_id

PORT_RANGES = [
    (22, 22),
    (80, 80),
    (443, 443),
    (443, 443),
    (1024, 65535),
    (32768, 60999),
    (0, 65535),
    (0, 1023),
    (5432, 5433),
    (8000, 8100),
    (65535, 65535),
    (0, 0),
]
GROUP_PROTOCOLS = ["tcp"] * 6 + ["6", "udp", "udp", "17", "icmp", "icmp", "icmpv6", "1", "58"]
ACL_PROTOCOLS = ["6"] * 6 + ["17", "17"] + ["1"] * 4 + ["58", "58", "47", "50", "-1", "-1"]
ICMP_TYPES = [(-1, -1), (8, -1), (8, 0), (0, 0), (3, 4), (128, -1)]


def fill_groups(rng: random.Random, state: State) -> None:
    """Rules in every group: often wide open outwards, sometimes none at all."""
    for group in state.all("describe-security-groups"):
        for _ in range(rng.choice([0, 1, 1, 2, 2, 3])):
            group["IpPermissions"].append(random_permission(rng, state, group))
        if rng.random() < 0.35:
            group["IpPermissionsEgress"].append(_everywhere({"IpProtocol": "-1"}))
        for permissions in (group["IpPermissions"], group["IpPermissionsEgress"]):
            if rng.random() < 0.2:
                permissions.append(_everywhere(rng.choice([_all_ports, _random_traffic])(rng)))
            carried = _carried_elsewhere(state, group)
            if carried and rng.random() < 0.35:
                pair = _reference(state, group, rng.choice(carried))
                peers = _no_peers() | {"UserIdGroupPairs": [pair]}
                permissions.append(_random_traffic(rng) | peers)
        for _ in range(rng.choice([0, 0, 1, 2, 2])):
            group["IpPermissionsEgress"].append(random_permission(rng, state, group))


def fill_acls(rng: random.Random, state: State) -> None:
    for acl in state.all("describe-network-acls"):
        for egress in (False, True):
            fill_direction(rng, state, acl, egress)


def _no_peers() -> Json:
    return {"IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}


def _all_ports(rng: random.Random) -> Json:
    return {"IpProtocol": rng.choice(["tcp", "tcp", "udp"]), "FromPort": 0, "ToPort": 65535}


def _everywhere(traffic: Json) -> Json:
    everyone = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    return traffic | _no_peers() | everyone


def random_permission(rng: random.Random, state: State, group: Json) -> Json:
    """One permission, as describe-security-groups prints it: one kind of traffic, 1-2 peers."""
    permission = _random_traffic(rng) | _no_peers()
    for _ in range(rng.choice([1, 1, 2])):
        kind = rng.choice(["IpRanges"] * 5 + ["Ipv6Ranges"] * 2 + ["PrefixListIds"] + ["Pairs"] * 3)
        if kind == "IpRanges":
            permission[kind].append({"CidrIp": random_cidr(rng, state, group["VpcId"])})
        elif kind == "Ipv6Ranges":
            permission[kind].append({"CidrIpv6": random_cidr_6(rng, state, group["VpcId"])})
        elif kind == "PrefixListIds":
            permission[kind].append({"PrefixListId": rng.choice(list(state.prefix_lists))})
        else:
            permission["UserIdGroupPairs"].append(_random_reference(rng, state, group))
    return permission


def _random_traffic(rng: random.Random) -> Json:
    """Protocol and ports; ports are absent for all traffic, and idle for unusual protocols."""
    chance = rng.random()
    if chance < 0.12:
        return {"IpProtocol": "-1"}
    if chance < 0.18:
        return {"IpProtocol": rng.choice(["47", "50"]), "FromPort": 0, "ToPort": 0}
    protocol = rng.choice(GROUP_PROTOCOLS)
    pool = ICMP_TYPES if protocol in ("icmp", "icmpv6", "1", "58") else PORT_RANGES
    low, high = rng.choice(pool)
    return {"IpProtocol": protocol, "FromPort": low, "ToPort": high}


def _random_reference(rng: random.Random, state: State, group: Json) -> Json:
    """A group of the same VPC, of another one (peered or not), of strangers, or long gone."""
    chance = rng.random()
    groups = state.all("describe-security-groups")
    local = [other for other in groups if other["VpcId"] == group["VpcId"]]
    far = [other for other in groups if other["VpcId"] != group["VpcId"]]
    if chance < 0.1:
        return {"GroupId": new_id(rng, "sg"), "UserId": f"{rng.randint(10**11, 10**12 - 1)}"}
    if chance < 0.15:
        return {"GroupId": new_id(rng, "sg"), "UserId": group["OwnerId"]}
    return _reference(state, group, rng.choice(local if chance < 0.5 or not far else far))


def _carried_elsewhere(state: State, group: Json) -> list[Json]:
    """The groups of other VPCs that an interface has."""
    carried = {
        item["GroupId"]
        for body in state.all("describe-network-interfaces")
        for item in body["Groups"]
        if body["VpcId"] != group["VpcId"]
    }
    groups = state.all("describe-security-groups")
    return [other for other in groups if other["GroupId"] in carried]


def _reference(state: State, group: Json, other: Json) -> Json:
    """A pair that names the other group, with the peering connection where there is one."""
    pair = {"GroupId": other["GroupId"], "UserId": other["OwnerId"]}
    for peering in state.all("describe-vpc-peering-connections"):
        ends = {peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]}
        if ends == {group["VpcId"], other["VpcId"]}:
            pair |= {
                "VpcId": other["VpcId"],
                "VpcPeeringConnectionId": peering["VpcPeeringConnectionId"],
                "PeeringStatus": peering["Status"]["Code"],
            }
    return pair


def random_cidr(rng: random.Random, state: State, vpc_id: str) -> str:
    """An IPv4 block that means something to the VPC: its own, a subnet, half of one, a host."""
    vpcs = [vpc["CidrBlock"] for vpc in state.all("describe-vpcs")]
    subnets = [item["CidrBlock"] for item in state.of_vpc("describe-subnets", vpc_id)]
    hosts = [f"{item['PrivateIpAddress']}/32" for item in state.all("describe-network-interfaces")]
    chance = rng.random()
    if chance < 0.25:
        return rng.choice(["0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", "0.0.0.0/1"])
    if chance < 0.45:
        return str(rng.choice(vpcs))
    if chance < 0.65:
        return str(rng.choice(subnets))
    if chance < 0.8:
        return str(rng.choice(list(ip_network(rng.choice(subnets)).subnets())))
    return str(rng.choice(hosts)) if chance < 0.9 else rng.choice(PUBLIC_BLOCKS)


def random_cidr_6(rng: random.Random, state: State, vpc_id: str) -> str:
    hosts = [
        f"{item['Ipv6Address']}/128"
        for interface in state.all("describe-network-interfaces")
        for item in interface["Ipv6Addresses"]
    ]
    subnets = [
        item["Ipv6CidrBlock"]
        for subnet in state.of_vpc("describe-subnets", vpc_id)
        for item in subnet["Ipv6CidrBlockAssociationSet"]
    ]
    vpcs = [
        item["Ipv6CidrBlock"]
        for vpc in state.all("describe-vpcs")
        for item in vpc.get("Ipv6CidrBlockAssociationSet") or []
    ]
    return str(rng.choice(["::/0", "::/0", rng.choice(PUBLIC_BLOCKS_6), *hosts, *subnets, *vpcs]))


def fill_direction(rng: random.Random, state: State, acl: Json, egress: bool) -> None:
    """Numbered entries that overlap, then often an allow-all, then the implicit deny or not."""
    numbers = rng.sample(range(1, 400), rng.randint(0, 5))
    for number in numbers:
        acl["Entries"].append(random_entry(rng, state, acl, egress, number))
    if rng.random() < 0.55:
        acl["Entries"].append(_sweeping("CidrBlock", egress, "allow", rng.choice([400, 32766])))
    if rng.random() < 0.5:
        acl["Entries"].append(_sweeping("Ipv6CidrBlock", egress, "allow", 401))
    if rng.random() < 0.7:
        acl["Entries"].append(_sweeping("CidrBlock", egress, "deny", 32767))
        acl["Entries"].append(_sweeping("Ipv6CidrBlock", egress, "deny", 32768))
    rng.shuffle(acl["Entries"])


def _sweeping(field: str, egress: bool, action: str, number: int) -> Json:
    return {
        field: "0.0.0.0/0" if field == "CidrBlock" else "::/0",
        "Egress": egress,
        "Protocol": "-1",
        "RuleAction": action,
        "RuleNumber": number,
    }


def random_entry(rng: random.Random, state: State, acl: Json, egress: bool, number: int) -> Json:
    protocol = rng.choice(ACL_PROTOCOLS)
    entry: Json = {
        "Egress": egress,
        "Protocol": protocol,
        "RuleAction": rng.choice(["allow", "deny"]),
        "RuleNumber": number,
    }
    if protocol == "58" or rng.random() < 0.25:
        entry["Ipv6CidrBlock"] = random_cidr_6(rng, state, acl["VpcId"])
    else:
        entry["CidrBlock"] = random_cidr(rng, state, acl["VpcId"])
    if protocol in ("6", "17", "47") and rng.random() < 0.9:
        low, high = rng.choice(PORT_RANGES)
        entry["PortRange"] = {"From": low, "To": high}
    if protocol in ("1", "58"):
        kind, code = rng.choice(ICMP_TYPES)
        entry["IcmpTypeCode"] = {"Type": kind, "Code": code}
    return entry
