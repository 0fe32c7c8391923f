"""Random networks with ways in them: a random topology, mended and fitted out, and its changes."""

import random
from collections.abc import Callable

from .model import Json
from .random_connections import add_gateways
from .random_routes import TABLES, add_routes
from .random_rules import fill_acls, fill_groups
from .random_topology import random_topology
from .random_transit import ANY, JOINED, PEERED, ROUTES, STATES, add_transit
from .state import ATTACHMENTS, FLOW_LOGS, LISTED_OF_WAYS, PEERINGS, Resource, State, identity

INTERFACES, SUBNETS, ACLS = (
    "describe-network-interfaces",
    "describe-subnets",
    "describe-network-acls",
)
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnectionStateReason.html
FORMATS = ["${version} ${srcaddr} ${dstaddr}", "${version} ${pkt-srcaddr} ${pkt-dstaddr}"]
PEERING_STATES = ["active"] * 14 + [
    "initiating-request",
    "pending-acceptance",
    "provisioning",
    "failed",
    "expired",
    "rejected",
    "deleting",
    "deleted",
]
GAPS = {PEERINGS: 0.01, TABLES: 0.01, ATTACHMENTS: 0.01, SUBNETS: 0.02, INTERFACES: 0.02}
LATE = "2025-06-02T00:00:00+00:00"


def random_ways(rng: random.Random) -> State:
    """Everything that packets may meet, in a topology where most is known and most is logged."""
    state = random_topology(rng)
    for command in LISTED_OF_WAYS:
        state.things[command] = []
    fill_groups(rng, state)
    fill_acls(rng, state)
    _name_zones(rng, state)
    _mend_peerings(rng, state)
    _calm_acls(rng, state)
    _show_owners(state)
    _log_more(rng, state)
    while not state.all(ATTACHMENTS):
        add_gateways(rng, state)
    add_transit(rng, state)
    add_routes(rng, state)
    _lose_calls(rng, state)
    return state


def _name_zones(rng: random.Random, state: State) -> None:
    """Ids that are the same for all, beside names that two accounts give to different zones.

    https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
    """
    for subnet in state.all(SUBNETS):
        letter = subnet["AvailabilityZone"][-1]
        turned = int(subnet["OwnerId"]) % 2
        if rng.random() < 0.95:
            subnet["AvailabilityZoneId"] = f"zone-az{1 + ('ab'.index(letter) + turned) % 2}"


def _mend_peerings(rng: random.Random, state: State) -> None:
    """All blocks of both ends, told only of what is active.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnectionVpcInfo.html
    """
    for peering in state.all(PEERINGS):
        set_status(state, peering, rng.choice(PEERING_STATES))


def set_status(state: State, peering: Json, status: str) -> None:
    peering["Status"] = {"Code": status, "Message": status}
    for side in ("RequesterVpcInfo", "AccepterVpcInfo"):
        end = peering[side]
        for field in ("CidrBlock", "CidrBlockSet", "Ipv6CidrBlockSet"):
            end.pop(field, None)
        if status == "active":
            vpc = state.vpc(end["VpcId"])
            ipv6 = [item["Ipv6CidrBlock"] for item in vpc.get("Ipv6CidrBlockAssociationSet") or []]
            end["CidrBlock"] = vpc["CidrBlock"]
            end["CidrBlockSet"] = [{"CidrBlock": vpc["CidrBlock"]}]
            if ipv6:
                end["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": cidr} for cidr in ipv6]


def _calm_acls(rng: random.Random, state: State) -> None:
    """Most ACLs allow all, and say no more."""
    for acl in state.all(ACLS):
        if rng.random() < 0.6:
            acl["Entries"] = [
                {field: all_of, "Egress": egress, "Protocol": "-1"}
                | {"RuleAction": "allow", "RuleNumber": number}
                for egress in (False, True)
                for number, field, all_of in (
                    (100, "CidrBlock", "0.0.0.0/0"),
                    (101, "Ipv6CidrBlock", "::/0"),
                )
            ]


def _show_owners(state: State) -> None:
    """A VPC's owner lists the interfaces of those who take part in it too.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
    """
    for thing in list(state.things[INTERFACES]):
        owner = state.vpc(thing.body["VpcId"])["OwnerId"]
        if owner != thing.account:
            state.things[INTERFACES].append(Resource(owner, thing.region, thing.body))


def _log_more(rng: random.Random, state: State) -> None:
    """Of most interfaces their own account has a flow log of all; a few came late."""
    for flow_log in state.all(FLOW_LOGS):
        if rng.random() < 0.6:
            flow_log |= {"TrafficType": "ALL", "FlowLogStatus": "ACTIVE"}
            flow_log["DeliverLogsStatus"] = "SUCCESS"
        if rng.random() < 0.05:
            flow_log["CreationTime"] = LATE
        if rng.random() < 0.5:
            flow_log["LogFormat"] = rng.choice(FORMATS)


def _lose_calls(rng: random.Random, state: State) -> None:
    for account in state.accounts:
        for region in state.regions:
            for command in LISTED_OF_WAYS:
                if rng.random() < 0.015:
                    state.absent_calls.add((account, region, command))


def hide_ways(rng: random.Random, state: State) -> None:
    """A fresh choice of objects that this snapshot lacks."""
    state.hidden = {
        identity(body)
        for command in state.things
        for body in state.all(command)
        if rng.random() < GAPS.get(command, 0)
    }


def change_ways(rng: random.Random, state: State) -> None:
    for _ in range(rng.randint(2, 8)):
        rng.choice(CHANGES)(rng, state)


def _change_route(rng: random.Random, state: State) -> None:
    """One becomes a blackhole or carries again, or is gone; a local route stays."""
    routes = rng.choice(state.all(TABLES))["Routes"]
    others = [one for one in routes if one.get("GatewayId") != "local"]
    if not others:
        return
    one = rng.choice(others)
    if rng.random() < 0.4:
        routes.remove(one)
    else:
        one["State"] = "active" if one["State"] == "blackhole" else "blackhole"


def _change_peering(rng: random.Random, state: State) -> None:
    if state.all(PEERINGS):
        set_status(state, rng.choice(state.all(PEERINGS)), rng.choice(PEERING_STATES))


def _change_attachment(rng: random.Random, state: State) -> None:
    """In the list of its own kind and in that of all."""
    everything = state.all(ATTACHMENTS) + state.all(PEERED)
    if everything:
        one, told = rng.choice(everything), rng.choice(STATES)
        names = (one["TransitGatewayAttachmentId"], one.get("AccepterTransitGatewayAttachmentId"))
        for body in [one, *state.all(ANY)]:
            if body["TransitGatewayAttachmentId"] in names:
                body["State"] = told


def _change_association(rng: random.Random, state: State) -> None:
    joined = [
        (item, table)
        for (command, table), thing in state.about.items()
        if command.endswith("associations")
        for item in thing.body["Associations"]
    ]
    if joined:
        item, table = rng.choice(joined)
        item["State"] = rng.choice(JOINED)
        for body in state.all(ANY):
            given = body.get("Association") or {}
            ids = (body["TransitGatewayAttachmentId"], given.get("TransitGatewayRouteTableId"))
            if ids == (item["TransitGatewayAttachmentId"], table):
                given["State"] = item["State"]


def _drop_gateway_route(rng: random.Random, state: State) -> None:
    tables = [
        thing.body["Routes"] for (command, _), thing in state.about.items() if command == ROUTES
    ]
    routes = rng.choice(tables) if tables else []
    if routes:
        routes.pop(rng.randrange(len(routes)))


def _drop_interface(rng: random.Random, state: State) -> None:
    things = state.things[INTERFACES]
    gone = rng.choice(things).body["NetworkInterfaceId"]
    if len(things) > 5:
        state.things[INTERFACES] = [t for t in things if t.body["NetworkInterfaceId"] != gone]


def _change_logs(rng: random.Random, state: State) -> None:
    if state.all(FLOW_LOGS):
        flow_log = rng.choice(state.all(FLOW_LOGS))
        flow_log["TrafficType"] = rng.choice(["ALL", "ACCEPT", "REJECT"])


CHANGES: list[Callable[[random.Random, State], None]] = [
    _change_route,
    _change_route,
    _change_route,
    _change_peering,
    _change_attachment,
    _change_association,
    _drop_gateway_route,
    _drop_gateway_route,
    _drop_interface,
    _change_logs,
]
