"""What the reference evaluator takes (snapshots of raw AWS CLI answers) and gives."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

Json = dict[str, Any]
Record = dict[str, Any]

# The list that each AWS CLI answer carries.
LIST_KEYS = {
    "describe-vpcs": "Vpcs",
    "describe-subnets": "Subnets",
    "describe-network-interfaces": "NetworkInterfaces",
    "describe-security-groups": "SecurityGroups",
    "describe-network-acls": "NetworkAcls",
    "describe-vpc-peering-connections": "VpcPeeringConnections",
    "describe-transit-gateways": "TransitGateways",
    "describe-transit-gateway-vpc-attachments": "TransitGatewayVpcAttachments",
    "describe-flow-logs": "FlowLogs",
    "describe-managed-prefix-lists": "PrefixLists",
    "get-managed-prefix-list-entries": "Entries",
}
# What the ways of packets are read from besides.
WAY_KEYS = {
    "describe-route-tables": "RouteTables",
    "describe-nat-gateways": "NatGateways",
    "describe-internet-gateways": "InternetGateways",
    "describe-vpc-endpoints": "VpcEndpoints",
    "describe-transit-gateway-attachments": "TransitGatewayAttachments",
    "describe-transit-gateway-peering-attachments": "TransitGatewayPeeringAttachments",
    "describe-transit-gateway-route-tables": "TransitGatewayRouteTables",
    "get-transit-gateway-route-table-associations": "Associations",
    "get-transit-gateway-route-table-propagations": "TransitGatewayRouteTablePropagations",
    "search-transit-gateway-routes": "Routes",
}
ALL_KEYS = LIST_KEYS | WAY_KEYS


@dataclass(frozen=True)
class Answer:
    """One AWS CLI answer, and whose it is; `subject` is an id that the answer does not repeat."""

    account: str
    region: str
    command: str
    body: Json
    subject: str | None = None


@dataclass(frozen=True)
class Snapshot:
    """The network's configuration at one instant: all answers of all accounts and regions."""

    instant: datetime
    answers: tuple[Answer, ...]
    # Those of every snapshot, for what never changes.
    ever: tuple[Answer, ...] = field(default=(), repr=False)


class Blocker(NamedTuple):
    """One element that would have refused the packet."""

    stage: str
    element_type: str
    element_id: str | None
    rule: str | None
    cause: str


@dataclass(frozen=True)
class Expected:
    """The verdict that a table gives; `row` is its row, `leg` is told of silent losses alone."""

    cause: str
    certainty: str
    row: int
    element_type: str | None = None
    element_id: str | None = None
    rule: str | None = None
    blockers: tuple[Blocker, ...] = ()
    phase: str = "unknown"
    phase_source: str | None = None
    direction: str | None = None
    observed_before: datetime | None = None
    observed_after: datetime | None = None
    stable: bool | None = None
    leg: str | None = None
