"""Random route tables and ways out of random VPCs: with gaps, blackholes, and what leads astray."""

import random

from .lookup import block, inside
from .model import Json
from .state import ATTACHMENTS, PEERINGS, State, new_id, pick_address

TABLES, SUBNETS, NATS = "describe-route-tables", "describe-subnets", "describe-nat-gateways"
GATEWAYS = "describe-internet-gateways"
INTERFACES = "describe-network-interfaces"
NAT_STATES = ["available"] * 6 + ["pending", "failed", "deleting", "deleted"]
ASSOCIATION_STATES = ["associated"] * 8 + [None, "disassociating"]
# Whose blackholes AWS sees: what a peering in these states leaves of a route.
GONE = ("failed", "expired", "rejected", "deleting", "deleted")
ORIGINS = {"vgw-": "EnableVgwRoutePropagation"}


def add_routes(rng: random.Random, state: State) -> None:
    """Ways out of every VPC, a main table, and tables of some of its subnets."""
    for vpc in state.all("describe-vpcs"):
        exits = _add_exits(rng, state, vpc)
        subnets = [item["SubnetId"] for item in state.of_vpc(SUBNETS, vpc["VpcId"])]
        own = rng.sample(subnets, rng.randint(0, min(2, len(subnets))))
        if rng.random() < 0.95:
            _add_table(rng, state, vpc, exits, [{"Main": True}])
        for subnet in own:
            _add_table(rng, state, vpc, exits, [{"Main": False, "SubnetId": subnet}])


def _add_exits(rng: random.Random, state: State, vpc: Json) -> list[str]:
    """What the VPC's default routes may name."""
    region, owner, vpc_id = state.region_of(vpc["VpcId"]), vpc["OwnerId"], vpc["VpcId"]
    exits = []
    if rng.random() < 0.7:
        attached = [{"VpcId": vpc_id, "State": "available"}]
        body: Json = {"InternetGatewayId": new_id(rng, "igw"), "OwnerId": owner}
        state.add(GATEWAYS, owner, region, body | {"Attachments": attached})
        exits.append(body["InternetGatewayId"])
    if rng.random() < 0.6:
        subnet = rng.choice(state.of_vpc(SUBNETS, vpc_id))
        nat = {
            "NatGatewayId": new_id(rng, "nat"),
            "VpcId": vpc_id,
            "SubnetId": subnet["SubnetId"],
            "State": rng.choice(NAT_STATES),
            "ConnectivityType": rng.choice(["public", "public", "public", "private"]),
            "NatGatewayAddresses": [],
        }
        state.add(NATS, owner, region, nat)
        exits.append(nat["NatGatewayId"])
    return exits + ([new_id(rng, "vgw")] if rng.random() < 0.2 else [])


def _add_table(
    rng: random.Random, state: State, vpc: Json, exits: list[str], associations: list[Json]
) -> None:
    table_id, vpc_id, owner = new_id(rng, "rtb"), vpc["VpcId"], vpc["OwnerId"]
    for item in associations:
        item |= {"RouteTableAssociationId": new_id(rng, "rtbassoc"), "RouteTableId": table_id}
        told = rng.choice(ASSOCIATION_STATES)
        if told and (told == "associated" or "SubnetId" in item):
            item["AssociationState"] = {"State": told}
    body = {
        "RouteTableId": table_id,
        "VpcId": vpc_id,
        "OwnerId": owner,
        "Associations": associations,
        "Routes": _routes(rng, state, vpc, exits),
        "PropagatingVgws": [],
        "Tags": [],
    }
    state.add(TABLES, owner, state.region_of(vpc_id), body)


def _routes(rng: random.Random, state: State, vpc: Json, exits: list[str]) -> list[Json]:
    """The local ones, then others in any order, of which the first of a destination is kept."""
    local = [route(cidr, "local", origin="CreateRouteTable") for cidr in blocks(vpc)]
    targets = reachable(state, vpc["VpcId"])
    others = _to_vpcs(rng, state, targets) + _defaults(rng, exits, targets)
    others += _oddities(rng, state, vpc, targets)
    rng.shuffle(others)
    return unique(local + [one for one in others if _is_allowed(one, vpc)])


def _is_allowed(one: Json, vpc: Json) -> bool:
    """More specific than a local route may be only what leads to an appliance.

    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
    """
    cidr = one.get("DestinationCidrBlock")
    own = block(vpc["CidrBlock"])
    within = cidr is not None and block(cidr).prefixlen > own.prefixlen
    return not (within and inside(block(cidr)[0], vpc["CidrBlock"])) or "NetworkInterfaceId" in one


def _to_vpcs(
    rng: random.Random, state: State, targets: dict[str, list[tuple[str, str]]]
) -> list[Json]:
    made = []
    for other in state.all("describe-vpcs"):
        ways = targets.get(other["VpcId"], []) + targets[""]
        if ways and rng.random() < 0.9:
            state_of, name = rng.choice(ways)
            made += [_route_to(rng, cidr, name, state_of) for cidr in blocks(other)]
    return made


def _defaults(
    rng: random.Random, exits: list[str], targets: dict[str, list[tuple[str, str]]]
) -> list[Json]:
    """By a gateway of its own, or by anything else that it has."""
    names = [name for ways in targets.values() for _, name in ways]
    if exits and rng.random() < 0.75:
        made = []
        for everywhere in ("0.0.0.0/0", "::/0"):
            fitting = [one for one in exits if ":" not in everywhere or "nat-" not in one]
            name = rng.choice(fitting or exits)
            made.append(route(everywhere, name, origin=ORIGINS.get(name[:4], "CreateRoute")))
        return made
    return [route("0.0.0.0/0", rng.choice(names))] if names and rng.random() < 0.5 else []


def _route_to(rng: random.Random, cidr: str, name: str, state_of: str) -> Json:
    """A blackhole where the target is gone, and now and then where it is not."""
    is_gone = state_of in GONE and rng.random() < 0.6
    return route(cidr, name, "blackhole" if is_gone or rng.random() < 0.06 else "active")


def _oddities(
    rng: random.Random, state: State, vpc: Json, targets: dict[str, list[tuple[str, str]]]
) -> list[Json]:
    """Routes more specific than others, by prefix lists, over appliances, or in no force."""
    far = [item["CidrBlock"] for item in state.all(SUBNETS) if item["VpcId"] != vpc["VpcId"]]
    names = [name for ways in targets.values() for _, name in ways]
    made = []
    if far and names and rng.random() < 0.35:
        made.append(route(rng.choice(far), rng.choice(names), rng.choice(["active", "blackhole"])))
    if far and names and rng.random() < 0.1:
        made.append(route(rng.choice(far), rng.choice(names), "filtered"))
    if far and names and rng.random() < 0.3:
        other = rng.choice(state.all("describe-vpcs"))
        made += [route(cidr, rng.choice(names)) for cidr in blocks(other) if other is not vpc]
    if names and rng.random() < 0.15:
        made.append(route(rng.choice(sorted(state.prefix_lists)), rng.choice(names)))
    if far and rng.random() < 0.3:
        eni = rng.choice(state.all(INTERFACES))["NetworkInterfaceId"]
        own = [item["CidrBlock"] for item in state.of_vpc(SUBNETS, vpc["VpcId"])]
        made.append(route(rng.choice(rng.choice([far, own])), eni))
    if rng.random() < 0.1:
        made.append(route(rng.choice(sorted(state.prefix_lists)), new_id(rng, "vpce")))
    return made


def reachable(state: State, vpc_id: str) -> dict[str, list[tuple[str, str]]]:
    """State and id of each peering, by the VPC behind it; of gateways, which lead to any, by ''."""
    found: dict[str, list[tuple[str, str]]] = {"": []}
    for peering in state.all(PEERINGS):
        ends = [peering[side]["VpcId"] for side in ("RequesterVpcInfo", "AccepterVpcInfo")]
        if vpc_id in ends:
            other = ends[1 - ends.index(vpc_id)]
            way = (peering["Status"]["Code"], peering["VpcPeeringConnectionId"])
            found.setdefault(other, []).append(way)
    for attachment in state.all(ATTACHMENTS):
        if attachment["VpcId"] == vpc_id:
            found[""].append((attachment["State"], attachment["TransitGatewayId"]))
    return found


def blocks(vpc: Json) -> list[str]:
    ipv6 = vpc.get("Ipv6CidrBlockAssociationSet") or []
    return [vpc["CidrBlock"], *(item["Ipv6CidrBlock"] for item in ipv6)]


KINDS = {
    "pcx-": "VpcPeeringConnectionId",
    "tgw-": "TransitGatewayId",
    "nat-": "NatGatewayId",
    "eni-": "NetworkInterfaceId",
}


def route(
    destination: str, target: str, state: str = "active", origin: str = "CreateRoute"
) -> Json:
    where = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    if destination.startswith("pl-"):
        where = "DestinationPrefixListId"
    made = {where: destination, KINDS.get(target[:4], "GatewayId"): target}
    return made | {"Origin": origin, "State": state}


def unique(routes: list[Json]) -> list[Json]:
    """One route a destination, the first: AWS takes no second."""
    kept = {
        next(value for field, value in one.items() if "Dest" in field): one
        for one in reversed(routes)
    }
    return list(reversed(kept.values()))


def dead_address(rng: random.Random, state: State) -> str:
    """An address of a VPC that probably nobody has, in a subnet or outside of all."""
    vpc = rng.choice(state.all("describe-vpcs"))
    subnet = rng.choice(state.of_vpc(SUBNETS, vpc["VpcId"]))
    return pick_address(rng, rng.choice([subnet["CidrBlock"], vpc["CidrBlock"]]))
