"""The two snapshots: every answer of every account and Region, written as JSON."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from .answers_acls import acl_json
from .answers_gateways import (
    attached,
    attachment_json,
    egress_only_json,
    flow_log_json,
    internet_gateway_json,
    nat_gateway_json,
    transit_gateway_json,
    transit_route_json,
    transit_table_json,
    vpc_attachment_json,
)
from .answers_groups import entries_json, groups_json, prefix_lists_json
from .answers_interfaces import interface_json
from .answers_network import (
    Json,
    route_table_json,
    subnet_json,
    vpc_json,
)
from .answers_peerings import peering_json
from .formats import FLOW_LOGS
from .ids import DATA, IRELAND, PLATFORM, VIRGINIA, aws_id
from .interfaces import DAY_ONE, DAY_TWO
from .organisation import (
    INTERNET_VPCS,
    PEERINGS,
    ROUTES,
    SUBNETS,
    TGW_TABLES,
    TGW_VPCS,
    VPCS,
    Vpc,
    vpc_of,
)
from .rules import ACLS, PREFIX_LIST

# Folder and what it is: day-one is taken before the logs begin, day-two between their two days.
SNAPSHOTS = {"day-one": "2026-03-01T22:00Z", "day-two": "2026-03-03T00:00Z"}
# Nobody may list the ACLs of the laboratory, so no snapshot has them.
UNSEEN = {(DATA, VIRGINIA, "describe-network-acls")}

Answers = dict[str, Json]


def write_snapshots(folder: Path) -> None:
    for name in SNAPSHOTS:
        for vpc in VPCS.values():
            home = folder / name / "accounts" / vpc.account / vpc.region
            home.mkdir(parents=True, exist_ok=True)
            for command, body in answers(vpc, day_two=name == "day-two").items():
                if (vpc.account, vpc.region, command) not in UNSEEN:
                    text = json.dumps(body, indent=1) + "\n"
                    (home / f"{command}.json").write_text(text, encoding="utf-8")


def answers(vpc: Vpc, day_two: bool) -> Answers:
    """What the AWS CLI answers; each account has one VPC in a Region."""
    return network(vpc) | inhabitants(vpc, day_two) | gateways(vpc) | transit(vpc)


def network(vpc: Vpc) -> Answers:
    acls = [f"{vpc.name}-default", *mine(vpc, ACLS)]
    made: Answers = {
        "describe-vpcs": {"Vpcs": [vpc_json(vpc)]},
        "describe-subnets": {"Subnets": [subnet_json(SUBNETS[s]) for s in mine(vpc, SUBNETS)]},
        "describe-route-tables": {"RouteTables": [route_table_json(t) for t in mine(vpc, ROUTES)]},
        "describe-network-acls": {"NetworkAcls": [acl_json(acl) for acl in acls]},
        "describe-vpc-peering-connections": {
            "VpcPeeringConnections": [
                peering_json(peering)
                for peering in PEERINGS.values()
                if vpc.name in (peering.requester, peering.accepter)
            ]
        },
    }
    attribute = f"describe-vpc-attribute--{aws_id('vpc', vpc.name)}"
    made[attribute] = {
        "VpcId": aws_id("vpc", vpc.name),
        "EnableDnsHostnames": {"Value": vpc.name != "lab"},
        "EnableDnsSupport": {"Value": True},
    }
    return made


def mine(vpc: Vpc, names: Iterable[str]) -> list[str]:
    return [name for name in names if vpc_of(name) is vpc]


def inhabitants(vpc: Vpc, day_two: bool) -> Answers:
    everyone = [*DAY_ONE, *DAY_TWO] if day_two else DAY_ONE
    made: Answers = {
        "describe-network-interfaces": {
            "NetworkInterfaces": [interface_json(one) for one in everyone if one.vpc is vpc]
        },
        "describe-security-groups": {"SecurityGroups": groups_json(vpc, day_two)},
        "describe-managed-prefix-lists": {
            "PrefixLists": prefix_lists_json(vpc.account, vpc.region)
        },
        "describe-flow-logs": {"FlowLogs": [flow_log_json(FLOW_LOGS[vpc.name])]},
    }
    if vpc.account == PLATFORM:
        entries = f"get-managed-prefix-list-entries--{aws_id('pl', PREFIX_LIST)}"
        made[entries] = {"Entries": entries_json()}
        made["describe-vpc-block-public-access-options"] = block_public_access()
    return made


def block_public_access() -> Json:
    return {
        "VpcBlockPublicAccessOptions": {
            "AwsAccountId": PLATFORM,
            "AwsRegion": IRELAND,
            "State": "update-complete",
            "InternetGatewayBlockMode": VPCS["platform"].block_mode,
            "LastUpdateTimestamp": "2026-01-19T10:05:21+00:00",
            "ManagedBy": "account",
            "ExclusionsAllowed": "allowed",
        }
    }


def gateways(vpc: Vpc) -> Answers:
    public = vpc.name in INTERNET_VPCS
    egress_only = [egress_only_json(vpc)] if vpc.ipv6 else []
    return {
        "describe-internet-gateways": {
            "InternetGateways": [internet_gateway_json(vpc)] if public else []
        },
        "describe-egress-only-internet-gateways": {"EgressOnlyInternetGateways": egress_only},
        "describe-nat-gateways": {"NatGateways": [nat_gateway_json(vpc)] if public else []},
    }


def transit(vpc: Vpc) -> Answers:
    """The owner of the transit gateway sees its tables, a participant only its attachment."""
    owner = vpc.account == PLATFORM
    if vpc.name not in TGW_VPCS:
        return {}
    visible = TGW_VPCS if owner else (vpc.name,)
    made: Answers = {
        "describe-transit-gateways": {"TransitGateways": [transit_gateway_json()]},
        "describe-transit-gateway-vpc-attachments": {
            "TransitGatewayVpcAttachments": [vpc_attachment_json(name) for name in visible]
        },
    }
    return made | dict(tables()) if owner else made


def tables() -> Iterator[tuple[str, Json]]:
    names = [name for users, _ in TGW_TABLES.values() for name in users]
    yield (
        "describe-transit-gateway-attachments",
        {"TransitGatewayAttachments": [attachment_json(name) for name in names]},
    )
    yield (
        "describe-transit-gateway-route-tables",
        {"TransitGatewayRouteTables": [transit_table_json(table) for table in TGW_TABLES]},
    )
    for table, (users, origins) in TGW_TABLES.items():
        own_id = aws_id("tgw-rtb", table)
        routes = [transit_route_json(name) for name in origins]
        yield (
            f"search-transit-gateway-routes--{own_id}",
            {"Routes": routes, "AdditionalRoutesAvailable": False},
        )
        yield (
            f"get-transit-gateway-route-table-associations--{own_id}",
            {"Associations": [attached(name, "associated") for name in users]},
        )
        yield (
            f"get-transit-gateway-route-table-propagations--{own_id}",
            {"TransitGatewayRouteTablePropagations": [attached(n, "enabled") for n in origins]},
        )
