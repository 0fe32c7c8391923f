"""What the reference evaluator takes (snapshots of raw AWS CLI answers) and gives."""

from dataclasses import dataclass
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


class Blocker(NamedTuple):
    """One element that would have refused the packet."""

    stage: str
    element_type: str
    element_id: str | None
    rule: str | None
    cause: str


@dataclass(frozen=True)
class Expected:
    """The verdict that the decision table gives; `row` is the row that gave it."""

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
