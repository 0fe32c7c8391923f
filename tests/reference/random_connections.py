"""Random transit gateways with their attachments, flow logs, and kinds of interfaces."""

import random

from .model import Json
from .state import ATTACHMENTS, FLOW_LOGS, GATEWAYS, State, new_id

SUBNETS = "describe-subnets"
CREATED = "2024-05-01T10:00:00+00:00"
# What SecurityGroupReferencingSupport says; None where the answer has no such option.
SUPPORT = ["enable"] * 5 + ["disable", None]
ATTACHMENT_STATES = ["available"] * 7 + ["pending", "modifying", "deleting", "deleted"]
# None where the answer has no such field.
TRAFFIC_TYPES = ["ALL"] * 4 + ["ACCEPT"] * 2 + ["REJECT"] * 3 + [None]
STATUSES = ["ACTIVE"] * 10 + [None, "INACTIVE"]
DELIVERIES = ["SUCCESS"] * 8 + [None, "FAILED"]
# Kinds of interfaces, and whether they carry groups: always, seldom or never.
KINDS = {
    "interface": 1.0,
    "branch": 1.0,
    "lambda": 1.0,
    "vpc_endpoint": 1.0,
    "efa": 1.0,
    "global_accelerator_managed": 1.0,
    "network_load_balancer": 0.5,
    "gateway_load_balancer_endpoint": 0.1,
    "gateway_load_balancer": 0.1,
    "nat_gateway": 0.1,
    "transit_gateway": 0.3,
}


def add_gateways(rng: random.Random, state: State) -> None:
    """One or two gateways a Region, which most of its VPCs are attached to."""
    for region in state.regions:
        for _ in range(rng.choice([0, 1, 1, 1, 2])):
            _add_gateway(rng, state, region)


def _add_gateway(rng: random.Random, state: State, region: str) -> None:
    owner, gateway_id = rng.choice(state.accounts), new_id(rng, "tgw")
    gateway: Json = {
        "TransitGatewayId": gateway_id,
        "TransitGatewayArn": f"arn:aws:ec2:{region}:{owner}:transit-gateway/{gateway_id}",
        "State": "available",
        "OwnerId": owner,
        "Description": "",
        "CreationTime": CREATED,
        "Options": {"AmazonSideAsn": 64512, "DnsSupport": "enable"} | _support(rng),
        "Tags": [],
    }
    state.add(GATEWAYS, owner, region, gateway)
    for vpc in state.all("describe-vpcs"):
        if state.region_of(vpc["VpcId"]) == region and rng.random() < 0.85:
            _attach(rng, state, gateway_id, vpc)


def _attach(rng: random.Random, state: State, gateway_id: str, vpc: Json) -> None:
    subnets = [item["SubnetId"] for item in state.of_vpc(SUBNETS, vpc["VpcId"])]
    attachment: Json = {
        "TransitGatewayAttachmentId": new_id(rng, "tgw-attach"),
        "TransitGatewayId": gateway_id,
        "VpcId": vpc["VpcId"],
        "VpcOwnerId": vpc["OwnerId"],
        "State": rng.choice(ATTACHMENT_STATES),
        "SubnetIds": subnets[:1],
        "CreationTime": CREATED,
        "Options": {"DnsSupport": "enable", "ApplianceModeSupport": "disable"} | _support(rng),
        "Tags": [],
    }
    state.add(ATTACHMENTS, vpc["OwnerId"], state.region_of(vpc["VpcId"]), attachment)


def _support(rng: random.Random) -> Json:
    option = rng.choice(SUPPORT)
    return {} if option is None else {"SecurityGroupReferencingSupport": option}


def change_support(rng: random.Random, state: State) -> None:
    """Switch the option of a gateway or an attachment, or let it be said no more."""
    things = state.all(GATEWAYS) + state.all(ATTACHMENTS)
    if things:
        options = rng.choice(things)["Options"]
        options.pop("SecurityGroupReferencingSupport", None)
        options |= _support(rng)


def change_attachment(rng: random.Random, state: State) -> None:
    if state.all(ATTACHMENTS):
        rng.choice(state.all(ATTACHMENTS))["State"] = rng.choice(ATTACHMENT_STATES)


def add_flow_logs(rng: random.Random, state: State) -> None:
    """Most VPCs have one; some subnets and interfaces have one of their own."""
    for vpc in state.all("describe-vpcs"):
        if rng.random() < 0.85:
            _add_flow_log(rng, state, vpc["VpcId"], vpc["VpcId"], vpc["OwnerId"])
        for subnet in state.of_vpc(SUBNETS, vpc["VpcId"]):
            if rng.random() < 0.12:
                owner = subnet["OwnerId"]
                _add_flow_log(rng, state, subnet["SubnetId"], vpc["VpcId"], owner)
    for body in state.all("describe-network-interfaces"):
        if rng.random() < 0.12:
            _add_flow_log(rng, state, body["NetworkInterfaceId"], body["VpcId"], body["OwnerId"])


def _add_flow_log(rng: random.Random, state: State, resource: str, vpc_id: str, owner: str) -> None:
    """Now and then it is another account that made it, as the owner of a shared VPC may."""
    account = owner if rng.random() < 0.8 else rng.choice(state.accounts)
    flow_log: Json = {
        "FlowLogId": new_id(rng, "fl"),
        "FlowLogStatus": rng.choice(STATUSES),
        "DeliverLogsStatus": rng.choice(DELIVERIES),
        "ResourceId": resource,
        "TrafficType": rng.choice(TRAFFIC_TYPES),
        "CreationTime": CREATED,
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::flow-logs",
        "MaxAggregationInterval": 60,
        "Tags": [],
    }
    made = {field: value for field, value in flow_log.items() if value is not None}
    state.add(FLOW_LOGS, account, state.region_of(vpc_id), made)


def change_flow_log(rng: random.Random, state: State) -> None:
    """Another type, or a delivery that fails or works again."""
    if state.all(FLOW_LOGS):
        flow_log = rng.choice(state.all(FLOW_LOGS))
        flow_log["TrafficType"] = rng.choice(["ALL", "ACCEPT", "REJECT"])
        flow_log["DeliverLogsStatus"] = rng.choice(["SUCCESS", "FAILED"])


def drop_flow_log(rng: random.Random, state: State) -> None:
    if state.things[FLOW_LOGS]:
        state.things[FLOW_LOGS].pop(rng.randrange(len(state.things[FLOW_LOGS])))


def random_kind(rng: random.Random) -> tuple[str | None, bool]:
    """A kind of interface, and whether this one carries groups; seldom the kind is not said."""
    if rng.random() < 0.65:
        return "interface", True
    if rng.random() < 0.05:
        return None, True
    kind = rng.choice(list(KINDS))
    return kind, rng.random() < KINDS[kind]
