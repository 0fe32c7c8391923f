"""A random organisation while it is being made: AWS's own objects, and who listed them."""

import random
from dataclasses import dataclass, field
from datetime import datetime

from .lookup import block
from .model import ALL_KEYS, LIST_KEYS, WAY_KEYS, Answer, Json, Snapshot

ENTRIES = "get-managed-prefix-list-entries"
LISTED = [command for command in LIST_KEYS if command != ENTRIES]
# Those of ways, which only networks with routes hold; the others are made for each table.
LISTED_OF_WAYS = [command for command in WAY_KEYS if command.startswith("describe-")]
PEERINGS = "describe-vpc-peering-connections"
GATEWAYS = "describe-transit-gateways"
ATTACHMENTS = "describe-transit-gateway-vpc-attachments"
FLOW_LOGS = "describe-flow-logs"
# Where a peering of VPCs, or of transit gateways, says whose its ends are.
ENDS = ("RequesterVpcInfo", "AccepterVpcInfo", "RequesterTgwInfo", "AccepterTgwInfo")


@dataclass(frozen=True)
class Resource:
    """One AWS object with the account and Region that list it."""

    account: str
    region: str
    body: Json


@dataclass
class State:
    """All objects, and which accounts and calls no dump ever holds.

    A call that is absent is absent from every snapshot: whether an older answer stands in for an
    absent one is not for the evaluator to say.
    """

    accounts: list[str]
    regions: list[str]
    unobserved: set[str] = field(default_factory=set)
    absent_calls: set[tuple[str, str, str]] = field(default_factory=set)
    absent_lists: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    things: dict[str, list[Resource]] = field(default_factory=lambda: {c: [] for c in LISTED})
    prefix_lists: dict[str, Resource] = field(default_factory=dict)
    about: dict[tuple[str, str], Resource] = field(default_factory=dict)

    def add(self, command: str, account: str, region: str, body: Json) -> Json:
        self.things[command].append(Resource(account, region, body))
        return body

    def all(self, command: str) -> list[Json]:
        return [thing.body for thing in self.things[command]]

    def region_of(self, vpc_id: str) -> str:
        return next(t.region for t in self.things["describe-vpcs"] if t.body["VpcId"] == vpc_id)

    def vpc(self, vpc_id: str) -> Json:
        return next(vpc for vpc in self.all("describe-vpcs") if vpc["VpcId"] == vpc_id)

    def of_vpc(self, command: str, vpc_id: str) -> list[Json]:
        return [body for body in self.all(command) if body["VpcId"] == vpc_id]


def new_id(rng: random.Random, prefix: str) -> str:
    return f"{prefix}-{rng.getrandbits(68):017x}"


def identity(body: Json) -> str:
    """The object's own id, whatever its kind."""
    fields = (
        "NetworkInterfaceId",
        "VpcPeeringConnectionId",
        "TransitGatewayRouteTableId",
        "RouteTableId",
        "NatGatewayId",
        "InternetGatewayId",
        "TransitGatewayAttachmentId",
        "TransitGatewayId",
        "FlowLogId",
        "GroupId",
        "NetworkAclId",
        "SubnetId",
        "PrefixListId",
        "VpcId",
    )
    return next(str(body[field]) for field in fields if field in body)


def pick_address(rng: random.Random, cidr: str) -> str:
    """An address of the block: often its first or last, else any of the first 4096."""
    network = block(cidr)
    last = network.num_addresses - 1
    return str(network[rng.choice([0, last, rng.randint(0, min(last, 4096))])])


def near_edge(rng: random.Random, cidr: str) -> str:
    """The first or last address of the block, or the one just outside it."""
    network = block(cidr)
    first, last = int(network[0]), int(network[-1])
    ceiling = 2**network.max_prefixlen - 1
    number = rng.choice([first, last, max(first - 1, 0), min(last + 1, ceiling)])
    return str(type(network[0])(number))


def photograph(state: State, instant: datetime) -> Snapshot:
    """What the AWS CLI would answer now, call by call, to those who asked."""
    answers = []
    for account in state.accounts:
        if account in state.unobserved:
            continue
        for region in state.regions:
            answers += [
                _answer(state, account, region, command)
                for command in state.things
                if (account, region, command) not in state.absent_calls
            ]
    for list_id, thing in state.prefix_lists.items():
        if list_id not in state.absent_lists and thing.account not in state.unobserved:
            answers.append(Answer(thing.account, thing.region, ENTRIES, thing.body, list_id))
    for (command, subject), thing in state.about.items():
        if _is_told(state, command, subject, thing):
            answers.append(Answer(thing.account, thing.region, command, thing.body, subject))
    return Snapshot(instant, tuple(answers))


def _is_told(state: State, command: str, subject: str, thing: Resource) -> bool:
    """Whether its owner was asked, and knew of the subject to ask about."""
    unseen = subject in state.hidden or thing.account in state.unobserved
    return not unseen and (thing.account, thing.region, command) not in state.absent_calls


def _answer(state: State, account: str, region: str, command: str) -> Answer:
    bodies = [
        _view(thing.body, account)
        for thing in state.things[command]
        if _lists(state, thing, account, region) and identity(thing.body) not in state.hidden
    ]
    return Answer(account, region, command, {ALL_KEYS[command]: bodies})


def _view(body: Json, account: str) -> Json:
    """Only the owner of a transit gateway sees which table an attachment asks.

    https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
    """
    if body.get("TransitGatewayOwnerId", account) == account:
        return body
    return {field: value for field, value in body.items() if field != "Association"}


def _lists(state: State, thing: Resource, account: str, region: str) -> bool:
    """An owner lists its objects; both ends list a peering and an attachment, all a gateway.

    https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html
    """
    body = thing.body
    ends = [body[end] for end in ENDS if end in body]
    if ends:
        return any((end["OwnerId"], end["Region"]) == (account, region) for end in ends)
    if identity(body) == body.get("TransitGatewayId"):
        return thing.region == region
    owners = {thing.account}
    if "TransitGatewayId" in body:
        owners |= {
            one.account
            for one in state.things[GATEWAYS]
            if one.body["TransitGatewayId"] == body["TransitGatewayId"]
        }
    return account in owners and thing.region == region
