"""Random tables of transit gateways, what is in them for whom, and peerings of gateways."""

import random
from itertools import combinations

from .model import Json
from .random_routes import blocks
from .state import ATTACHMENTS, GATEWAYS, Resource, State, new_id

ANY = "describe-transit-gateway-attachments"
PEERED = "describe-transit-gateway-peering-attachments"
TABLES = "describe-transit-gateway-route-tables"
ASSOCIATIONS = "get-transit-gateway-route-table-associations"
PROPAGATIONS = "get-transit-gateway-route-table-propagations"
ROUTES = "search-transit-gateway-routes"
SUBNETS = "describe-subnets"
JOINED = ["associated"] * 30 + ["disassociating", "associating", "disassociated"]
STATES = ["available"] * 30 + ["modifying", "pending", "deleting", "deleted", "failed", "rejected"]


def add_transit(rng: random.Random, state: State) -> None:
    """Subnets of each attachment, peerings of gateways, then tables and all that is in them."""
    for attachment in state.all(ATTACHMENTS):
        attachment["SubnetIds"] = _one_a_zone(rng, state, attachment["VpcId"])
        attachment["State"] = rng.choice(STATES)
        _list(state, attachment, "vpc", attachment["VpcId"], attachment["VpcOwnerId"])
    for one, other in combinations(state.things[GATEWAYS], 2):
        if rng.random() < 0.7:
            _peer(rng, state, one, other)
    for gateway in state.things[GATEWAYS]:
        _add_tables(rng, state, gateway)


def _one_a_zone(rng: random.Random, state: State, vpc_id: str) -> list[str]:
    """A subnet in every zone, or sometimes in one zone less."""
    by_zone: dict[str, list[str]] = {}
    for subnet in state.of_vpc(SUBNETS, vpc_id):
        by_zone.setdefault(subnet["AvailabilityZone"], []).append(subnet["SubnetId"])
    zones = sorted(by_zone)
    if len(zones) > 1 and rng.random() < 0.3:
        zones.remove(rng.choice(zones))
    return [rng.choice(by_zone[zone]) for zone in zones]


def _list(state: State, body: Json, kind: str, resource: str, owner: str) -> None:
    """As the list of attachments of all kinds has it."""
    (gateway,) = [
        one
        for one in state.things[GATEWAYS]
        if one.body["TransitGatewayId"] == body["TransitGatewayId"]
    ]
    made = {
        "TransitGatewayAttachmentId": body["TransitGatewayAttachmentId"],
        "TransitGatewayId": body["TransitGatewayId"],
        "TransitGatewayOwnerId": gateway.account,
        "ResourceOwnerId": owner,
        "ResourceType": kind,
        "ResourceId": resource,
        "State": body["State"],
    }
    state.add(ANY, owner if kind == "vpc" else gateway.account, gateway.region, made)


def _peer(rng: random.Random, state: State, one: Resource, other: Resource) -> None:
    """One id in two Regions, two in the same one."""
    own = new_id(rng, "tgw-attach")
    far = new_id(rng, "tgw-attach") if one.region == other.region else own
    body: Json = {
        "TransitGatewayAttachmentId": own,
        "AccepterTransitGatewayAttachmentId": far,
        "State": rng.choice(STATES),
        "Tags": [],
    }
    for side, end in (("RequesterTgwInfo", one), ("AccepterTgwInfo", other)):
        gateway = {"TransitGatewayId": end.body["TransitGatewayId"], "OwnerId": end.account}
        body[side] = gateway | {"Region": end.region}
    state.add(PEERED, one.account, one.region, body)
    for name, near, beyond in ((own, one, other), (far, other, one)):
        ids = {
            "TransitGatewayAttachmentId": name,
            "TransitGatewayId": near.body["TransitGatewayId"],
        }
        seen = ids | {"State": body["State"]}
        _list(state, seen, "peering", beyond.body["TransitGatewayId"], beyond.account)


def _add_tables(rng: random.Random, state: State, gateway: Resource) -> None:
    """One or two tables; each attachment asks one of them, or none."""
    gateway_id = gateway.body["TransitGatewayId"]
    tables = [new_id(rng, "tgw-rtb") for _ in range(rng.choice([1, 2, 2]))]
    for table in tables:
        body = {
            "TransitGatewayRouteTableId": table,
            "TransitGatewayId": gateway_id,
            "State": "available",
            "DefaultAssociationRouteTable": table == tables[0],
            "DefaultPropagationRouteTable": table == tables[0],
        }
        state.add(TABLES, gateway.account, gateway.region, body)
    listed = [one for one in state.all(ANY) if one["TransitGatewayId"] == gateway_id]
    joined: dict[str, list[Json]] = {table: [] for table in tables}
    for attachment in listed:
        if rng.random() < 0.95:
            table, told = rng.choice(tables), rng.choice(JOINED)
            joined[table].append(_attached(attachment) | {"State": told})
            attachment["Association"] = {"TransitGatewayRouteTableId": table, "State": told}
    for table in tables:
        _fill(rng, state, gateway, table, joined[table], listed)


def _attached(attachment: Json) -> Json:
    fields = ("TransitGatewayAttachmentId", "ResourceId", "ResourceType")
    return {field: attachment[field] for field in fields}


def _fill(
    rng: random.Random,
    state: State,
    gateway: Resource,
    table: str,
    joined: list[Json],
    listed: list[Json],
) -> None:
    """What propagates into the table, and the routes of it that are and that should be."""
    propagating = [one for one in listed if one["ResourceType"] == "vpc" and rng.random() < 0.85]
    routes = [
        _route(cidr, one, "propagated")
        for one in propagating
        for cidr in _blocks_of(state, one["ResourceId"])
    ]
    for one in listed:
        if one["ResourceType"] == "peering":
            routes += _over_peering(rng, state, one)
    routes += _statics(rng, state, listed)
    told = {
        ASSOCIATIONS: {"Associations": joined},
        PROPAGATIONS: {
            "TransitGatewayRouteTablePropagations": [
                _attached(one) | {"State": "enabled"} for one in propagating
            ]
        },
        ROUTES: {"Routes": _unique(routes), "AdditionalRoutesAvailable": rng.random() < 0.03},
    }
    for command, body in told.items():
        if rng.random() < 0.95:
            state.about[command, table] = Resource(gateway.account, gateway.region, body)


def _over_peering(rng: random.Random, state: State, peering: Json) -> list[Json]:
    """Static routes to the VPCs of the gateway on the other side."""
    return [
        _route(cidr, peering)
        for far in state.all(ATTACHMENTS)
        if far["TransitGatewayId"] == peering["ResourceId"]
        for cidr in _blocks_of(state, far["VpcId"])
        if rng.random() < 0.7
    ]


def _statics(rng: random.Random, state: State, listed: list[Json]) -> list[Json]:
    """More specific ones, blackholes, ones that lead astray, and ones in no force."""
    subnets = [subnet["CidrBlock"] for subnet in state.all(SUBNETS)]
    vpcs = [vpc["CidrBlock"] for vpc in state.all("describe-vpcs")]
    made = []
    for _ in range(rng.choice([0, 0, 1, 2])):
        cidr = rng.choice(rng.choice([subnets, vpcs]))
        if not listed or rng.random() < 0.5:
            made.append({"DestinationCidrBlock": cidr, "Type": "static", "State": "blackhole"})
            continue
        made.append(_route(cidr, rng.choice(listed)))
        made[-1]["State"] = rng.choice(["active"] * 5 + ["pending", "deleted"])
    if rng.random() < 0.15:
        vpn = {"TransitGatewayAttachmentId": new_id(rng, "tgw-attach"), "ResourceType": "vpn"}
        made.append(_route("0.0.0.0/0", vpn | {"ResourceId": new_id(rng, "vpn")}))
    return made


def _blocks_of(state: State, vpc_id: str) -> list[str]:
    return blocks(state.vpc(vpc_id))


def _route(cidr: str, attachment: Json, kind: str = "static") -> Json:
    leads = {"TransitGatewayAttachments": [_attached(attachment)]}
    return {"DestinationCidrBlock": cidr, "Type": kind, "State": "active"} | leads


def _unique(routes: list[Json]) -> list[Json]:
    """One route a destination: only the preferred one is shown, and static is before propagated.

    A VPC whose block is propagated already is not propagated.
    https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
    """
    ordered = sorted(routes, key=lambda one: one["Type"] != "static")
    kept = {one["DestinationCidrBlock"]: one for one in reversed(ordered)}
    return list(reversed(kept.values()))
