"""Random changes between two snapshots, and random gaps in one of them."""

import random
from collections.abc import Callable

from .model import Json
from .random_connections import (
    change_attachment,
    change_flow_log,
    change_support,
    drop_flow_log,
)
from .random_rules import random_entry, random_permission
from .random_topology import BLOCK_MODES, PEERING_STATES
from .state import (
    ATTACHMENTS,
    FLOW_LOGS,
    GATEWAYS,
    LISTED,
    PEERINGS,
    Resource,
    State,
    identity,
)

INTERFACES, GROUPS, ACLS = (
    "describe-network-interfaces",
    "describe-security-groups",
    "describe-network-acls",
)
# How often one object of a listed call is missing from a snapshot.
GAPS = {
    "describe-subnets": 0.08,
    "describe-network-acls": 0.05,
    "describe-security-groups": 0.02,
    "describe-network-interfaces": 0.03,
    PEERINGS: 0.03,
    ATTACHMENTS: 0.05,
    GATEWAYS: 0.08,
    FLOW_LOGS: 0.05,
}


def hide_some(rng: random.Random, state: State) -> None:
    """A fresh choice of objects that this snapshot lacks; VPCs and lists stay."""
    state.hidden = {
        identity(body)
        for command in LISTED
        for body in state.all(command)
        if rng.random() < GAPS.get(command, 0)
    }


def mutate(rng: random.Random, state: State) -> None:
    for _ in range(rng.randint(1, 6)):
        rng.choice(CHANGES)(rng, state)


def _permissions(rng: random.Random, state: State) -> tuple[Json, list[Json]]:
    group = rng.choice(state.all(GROUPS))
    return group, group[rng.choice(["IpPermissions", "IpPermissionsEgress"])]


def add_permission(rng: random.Random, state: State) -> None:
    group, permissions = _permissions(rng, state)
    permissions.append(random_permission(rng, state, group))


def drop_permission(rng: random.Random, state: State) -> None:
    _, permissions = _permissions(rng, state)
    if permissions:
        permissions.pop(rng.randrange(len(permissions)))


def add_entry(rng: random.Random, state: State) -> None:
    acl, egress = rng.choice(state.all(ACLS)), rng.random() < 0.5
    taken = {entry["RuleNumber"] for entry in acl["Entries"] if entry["Egress"] == egress}
    number = rng.choice([number for number in range(1, 400) if number not in taken])
    acl["Entries"].append(random_entry(rng, state, acl, egress, number))


def flip_entry(rng: random.Random, state: State) -> None:
    """Never the implicit deny, which AWS does not let anyone change."""
    acl = rng.choice(state.all(ACLS))
    entries = [entry for entry in acl["Entries"] if entry["RuleNumber"] < 32767]
    if entries:
        entry = rng.choice(entries)
        entry["RuleAction"] = "deny" if entry["RuleAction"] == "allow" else "allow"


def move_subnet(rng: random.Random, state: State) -> None:
    """Give a subnet to another ACL of its VPC."""
    acl = rng.choice(state.all(ACLS))
    others = [other for other in state.of_vpc(ACLS, acl["VpcId"]) if other is not acl]
    if acl["Associations"] and others:
        other = rng.choice(others)
        moved = acl["Associations"].pop()
        moved["NetworkAclId"] = other["NetworkAclId"]
        other["Associations"].append(moved)


def change_groups(rng: random.Random, state: State) -> None:
    interface = rng.choice(state.all(INTERFACES))
    groups = state.of_vpc(GROUPS, interface["VpcId"])
    interface["Groups"] = [
        {"GroupId": group["GroupId"], "GroupName": group["GroupName"]}
        for group in rng.sample(groups, rng.randint(0, 2))
    ]


def forget_groups(rng: random.Random, state: State) -> None:
    """A partial dump: the interface is there, its groups are not said."""
    rng.choice(state.all(INTERFACES)).pop("Groups", None)


def drop_interface(rng: random.Random, state: State) -> None:
    things: list[Resource] = state.things[INTERFACES]
    if len(things) > 4:
        things.pop(rng.randrange(1, len(things)))


def drop_address(rng: random.Random, state: State) -> None:
    """Take a secondary address away."""
    addresses = rng.choice(state.all(INTERFACES))["PrivateIpAddresses"]
    if len(addresses) > 1:
        addresses.pop()


def change_peering(rng: random.Random, state: State) -> None:
    peerings = state.all(PEERINGS)
    if peerings:
        status = rng.choice(PEERING_STATES)
        rng.choice(peerings)["Status"] = {"Code": status, "Message": status}


def change_block_mode(rng: random.Random, state: State) -> None:
    """A VPC's or a subnet's own."""
    mode = rng.choice(BLOCK_MODES) or "off"
    place = rng.choice(state.all(rng.choice(["describe-vpcs", "describe-subnets"])))
    place["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": mode}


def change_prefix_list(rng: random.Random, state: State) -> None:
    entries = rng.choice(list(state.prefix_lists.values())).body["Entries"]
    if entries:
        entries.pop()


CHANGES: list[Callable[[random.Random, State], None]] = [
    add_permission,
    add_permission,
    drop_permission,
    add_entry,
    add_entry,
    flip_entry,
    flip_entry,
    move_subnet,
    change_groups,
    change_groups,
    forget_groups,
    drop_interface,
    drop_address,
    change_peering,
    change_block_mode,
    change_support,
    change_attachment,
    change_flow_log,
    drop_flow_log,
    change_prefix_list,
]
