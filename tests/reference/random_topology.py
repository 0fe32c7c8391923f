"""Random VPCs, subnets, interfaces, peerings and empty groups, lists and ACLs."""

import random
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import combinations, islice

from .model import Json
from .random_connections import add_flow_logs, add_gateways, random_kind
from .state import LISTED, PEERINGS, Resource, State, new_id

REGIONS = ["eu-west-1", "us-east-1"]
PUBLIC_BLOCKS = ["52.94.0.0/20", "8.8.8.0/24", "1.1.0.0/16", "198.51.100.0/24", "100.64.0.0/10"]
PUBLIC_BLOCKS_6 = ["2a00:1450:4000::/48", "2001:db8::/32"]
PEERING_STATES = ["active"] * 5 + ["pending-acceptance", "provisioning", "expired", "deleted"]
BLOCK_MODES = [None, "off", "block-bidirectional", "block-bidirectional", "block-ingress"]
# What a subnet states for itself; most state nothing.
SUBNET_MODES = [None] * 6 + ["off", "block-bidirectional", "block-ingress"]


def random_topology(rng: random.Random) -> State:
    state = State(
        accounts=[f"{rng.randint(10**11, 10**12 - 1)}" for _ in range(rng.randint(1, 3))],
        regions=REGIONS[: rng.choice([1, 1, 2])],
    )
    if len(state.accounts) > 1 and rng.random() < 0.5:
        state.unobserved.add(state.accounts[-1])
    for number in range(rng.randint(2, 4)):
        _add_vpc(rng, state, number)
    _add_peerings(rng, state)
    _add_prefix_lists(rng, state)
    for vpc in state.all("describe-vpcs"):
        _add_subnets(rng, state, vpc)
        _add_groups(rng, state, vpc)
        _add_acls(rng, state, vpc)
        _add_interfaces(rng, state, vpc)
    add_gateways(rng, state)
    add_flow_logs(rng, state)
    _lose_calls(rng, state)
    return state


def _add_vpc(rng: random.Random, state: State, number: int) -> None:
    """Sometimes the CIDR of an earlier VPC again: only peered VPCs must not overlap."""
    account = state.accounts[0] if number == 0 else rng.choice(state.accounts)
    region = state.regions[0] if rng.random() < 0.7 else rng.choice(state.regions)
    block = rng.randrange(number) if number and rng.random() < 0.15 else number
    vpc: Json = {
        "VpcId": new_id(rng, "vpc"),
        "OwnerId": account,
        "CidrBlock": f"10.{block}.0.0/20",
        "CidrBlockAssociationSet": [
            {"CidrBlock": f"10.{block}.0.0/20", "CidrBlockState": {"State": "associated"}}
        ],
        "IsDefault": False,
        "State": "available",
    }
    if rng.random() < 0.6:
        vpc["Ipv6CidrBlockAssociationSet"] = [
            {
                "AssociationId": new_id(rng, "vpc-cidr-assoc"),
                "Ipv6CidrBlock": f"2600:1f18:0:{number}00::/56",
                "Ipv6CidrBlockState": {"State": "associated"},
            }
        ]
    mode = rng.choice(BLOCK_MODES)
    if mode is not None:
        vpc["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": mode}
    state.add("describe-vpcs", account, region, vpc)


def _add_peerings(rng: random.Random, state: State) -> None:
    for one, other in combinations(state.things["describe-vpcs"], 2):
        if one.body["CidrBlock"] == other.body["CidrBlock"] or rng.random() < 0.45:
            continue
        status = rng.choice(PEERING_STATES)
        peering: Json = {
            "VpcPeeringConnectionId": new_id(rng, "pcx"),
            "Status": {"Code": status, "Message": status},
        }
        for side, end in (("RequesterVpcInfo", one), ("AccepterVpcInfo", other)):
            vpc = {"VpcId": end.body["VpcId"], "OwnerId": end.account, "Region": end.region}
            cidr = {"CidrBlock": end.body["CidrBlock"]} if status == "active" else {}
            peering[side] = vpc | cidr
        state.add(PEERINGS, one.account, one.region, peering)


def _add_prefix_lists(rng: random.Random, state: State) -> None:
    """Customers' lists, some of which nobody described."""
    blocks = [vpc["CidrBlock"] for vpc in state.all("describe-vpcs")]
    for index in range(rng.randint(1, 3)):
        family = "IPv6" if index == 2 else "IPv4"
        pool = PUBLIC_BLOCKS_6 if index == 2 else [*PUBLIC_BLOCKS, *blocks, "10.0.0.128/25"]
        cidrs = rng.sample(pool, rng.randint(0, 2))
        list_id = new_id(rng, "pl")
        account, region = rng.choice(state.accounts), rng.choice(state.regions)
        entries = {"Entries": [{"Cidr": cidr, "Description": ""} for cidr in cidrs]}
        state.prefix_lists[list_id] = Resource(account, region, entries)
        if rng.random() < 0.3:
            state.absent_lists.add(list_id)
            continue
        description: Json = {
            "PrefixListId": list_id,
            "PrefixListArn": f"arn:aws:ec2:{region}:{account}:prefix-list/{list_id}",
            "PrefixListName": f"list-{index}",
            "AddressFamily": family,
            "State": "create-complete",
            "MaxEntries": 10,
            "Version": 1,
            "OwnerId": account,
        }
        state.add("describe-managed-prefix-lists", account, region, description)


def _add_subnets(rng: random.Random, state: State, vpc: Json) -> None:
    region = state.region_of(vpc["VpcId"])
    cidrs = list(ip_network(vpc["CidrBlock"]).subnets(new_prefix=rng.choice([24, 26])))
    for index in range(rng.randint(2, 4)):
        subnet_id = new_id(rng, "subnet")
        subnet: Json = {
            "SubnetId": subnet_id,
            "SubnetArn": f"arn:aws:ec2:{region}:{vpc['OwnerId']}:subnet/{subnet_id}",
            "VpcId": vpc["VpcId"],
            "OwnerId": vpc["OwnerId"],
            "CidrBlock": str(cidrs[index]),
            "AvailabilityZone": f"{region}{'ab'[index % 2]}",
            "Ipv6CidrBlockAssociationSet": _subnet_ipv6(rng, vpc, index),
            "State": "available",
        }
        mode = rng.choice(SUBNET_MODES)
        if mode is not None:
            subnet["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": mode}
        state.add("describe-subnets", vpc["OwnerId"], region, subnet)


def _subnet_ipv6(rng: random.Random, vpc: Json, index: int) -> list[Json]:
    """Now and then an association that has ended, which no longer counts."""
    associations = vpc.get("Ipv6CidrBlockAssociationSet") or []
    blocks = [ip_network(item["Ipv6CidrBlock"]) for item in associations]
    return [
        {
            "AssociationId": new_id(rng, "subnet-cidr-assoc"),
            "Ipv6CidrBlock": str(list(block.subnets(new_prefix=64))[index]),
            "Ipv6CidrBlockState": {"State": rng.choice(["associated"] * 5 + ["disassociated"])},
        }
        for block in blocks
    ]


def _add_groups(rng: random.Random, state: State, vpc: Json) -> None:
    """Empty groups, now and then of another account (a shared VPC)."""
    region = state.region_of(vpc["VpcId"])
    for index in range(rng.randint(3, 5)):
        owner = vpc["OwnerId"] if rng.random() < 0.93 else rng.choice(state.accounts)
        group: Json = {
            "GroupId": new_id(rng, "sg"),
            "GroupName": f"group-{index}",
            "Description": "random",
            "OwnerId": owner,
            "VpcId": vpc["VpcId"],
            "IpPermissions": [],
            "IpPermissionsEgress": [],
        }
        state.add("describe-security-groups", owner, region, group)


def _add_acls(rng: random.Random, state: State, vpc: Json) -> None:
    """A default ACL and one or two others; a few subnets are named by none."""
    region = state.region_of(vpc["VpcId"])
    acls = []
    for index in range(rng.randint(2, 3)):
        acl: Json = {
            "NetworkAclId": new_id(rng, "acl"),
            "VpcId": vpc["VpcId"],
            "OwnerId": vpc["OwnerId"],
            "IsDefault": index == 0,
            "Associations": [],
            "Entries": [],
        }
        acls.append(state.add("describe-network-acls", vpc["OwnerId"], region, acl))
    for subnet in state.of_vpc("describe-subnets", vpc["VpcId"]):
        acl = rng.choice(acls)
        if rng.random() < 0.97:
            acl["Associations"].append(
                {
                    "NetworkAclAssociationId": new_id(rng, "aclassoc"),
                    "NetworkAclId": acl["NetworkAclId"],
                    "SubnetId": subnet["SubnetId"],
                }
            )


def _add_interfaces(rng: random.Random, state: State, vpc: Json) -> None:
    groups = state.of_vpc("describe-security-groups", vpc["VpcId"])
    for subnet in state.of_vpc("describe-subnets", vpc["VpcId"]):
        network = ip_network(subnet["CidrBlock"])
        # The second sixteen addresses are kept for a delegated prefix.
        few, many = range(4, 16), range(32, network.num_addresses - 1)
        hosts = rng.sample(few if rng.random() < 0.5 else [*few, *many], 6)
        for index in range(rng.randint(1, 3)):
            own = [str(network[hosts[2 * index]]), str(network[hosts[2 * index + 1]])]
            kind, has_groups = random_kind(rng)
            chosen = rng.sample(groups, rng.choice([1, 1, 1, 2, 2, 3]) if has_groups else 0)
            owner = chosen[0]["OwnerId"] if chosen else vpc["OwnerId"]
            body = _interface(rng, subnet, own[: rng.randint(1, 2)], owner)
            body["Groups"] = [
                {"GroupId": group["GroupId"], "GroupName": group["GroupName"]} for group in chosen
            ]
            if kind is None:
                del body["InterfaceType"]
            else:
                body["InterfaceType"] = kind
            if index == 0:
                _delegate_prefixes(rng, body, subnet)
            state.add("describe-network-interfaces", owner, state.region_of(vpc["VpcId"]), body)


def _interface(rng: random.Random, subnet: Json, own: list[str], owner: str) -> Json:
    addresses: list[Json] = [
        {"Primary": index == 0, "PrivateIpAddress": text} for index, text in enumerate(own)
    ]
    if rng.random() < 0.25:
        addresses[0]["Association"] = {
            "PublicIp": f"52.94.{rng.randint(0, 15)}.{rng.randint(0, 255)}",
            "IpOwnerId": owner,
        }
    return {
        "NetworkInterfaceId": new_id(rng, "eni"),
        "OwnerId": owner,
        "VpcId": subnet["VpcId"],
        "SubnetId": subnet["SubnetId"],
        "AvailabilityZone": subnet["AvailabilityZone"],
        "InterfaceType": "interface",
        "Status": "in-use",
        "Description": "",
        "SourceDestCheck": True,
        "PrivateIpAddress": own[0],
        "PrivateIpAddresses": addresses,
        "Ipv6Addresses": [
            {"Ipv6Address": str(ip_network(item["Ipv6CidrBlock"])[rng.randint(4, 5000)])}
            for item in subnet["Ipv6CidrBlockAssociationSet"]
        ],
    }


def _delegate_prefixes(rng: random.Random, body: Json, subnet: Json) -> None:
    """Prefixes delegated to an interface hold addresses of its own (containers)."""
    if rng.random() < 0.15:
        network = ip_network(subnet["CidrBlock"])
        assert isinstance(network, IPv4Network)
        prefix = list(network.subnets(new_prefix=28))[1]
        body["Ipv4Prefixes"] = [{"Ipv4Prefix": str(prefix)}]
    if subnet["Ipv6CidrBlockAssociationSet"] and rng.random() < 0.1:
        wide = ip_network(subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
        assert isinstance(wide, IPv6Network)
        prefix_6 = next(islice(wide.subnets(new_prefix=80), 1, None))
        body["Ipv6Prefixes"] = [{"Ipv6Prefix": str(prefix_6)}]


def _lose_calls(rng: random.Random, state: State) -> None:
    """Some calls were never made, but the first account always lists its interfaces."""
    for account in state.accounts:
        for region in state.regions:
            for command in LISTED:
                if rng.random() < 0.008:
                    state.absent_calls.add((account, region, command))
    home = (state.accounts[0], state.regions[0], "describe-network-interfaces")
    state.absent_calls.discard(home)
