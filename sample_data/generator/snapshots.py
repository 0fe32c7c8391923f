"""The two snapshots: every answer of every account and Region, written as JSON."""

import json
from pathlib import Path

from .answers_acls import acl_json
from .answers_balancers import BALANCERS, balancer_json, listener_json
from .answers_gateways import (
    egress_only_json,
    flow_log_json,
    internet_gateway_json,
    nat_gateway_json,
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
from .answers_transit import transit
from .formats import FLOW_LOGS
from .ids import DATA, IRELAND, PLATFORM, VIRGINIA, aws_id
from .interfaces import DAY_ONE, DAY_TWO, INTERFACES
from .organisation import INTERNET_VPCS, PEERINGS, ROUTES, SUBNETS, VPCS, Vpc, mine
from .rules import ACLS, PREFIX_LIST

# Folder and what it is: day-one is taken before the logs begin, day-two between their two days.
SNAPSHOTS = {"day-one": "2026-03-01T22:00Z", "day-two": "2026-03-03T00:00Z"}
# Nobody may list the ACLs of the laboratory, so no snapshot has them.
UNSEEN = {(DATA, VIRGINIA, "describe-network-acls")}

Answers = dict[str, Json]


def write_snapshots(folder: Path) -> None:
    for name in SNAPSHOTS:
        for account, region in {(vpc.account, vpc.region) for vpc in VPCS.values()}:
            home = folder / name / "accounts" / account / region
            home.mkdir(parents=True, exist_ok=True)
            for command, body in asked(account, region, day_two=name == "day-two").items():
                if (account, region, command) not in UNSEEN:
                    text = json.dumps(body, indent=1) + "\n"
                    (home / f"{command}.json").write_text(text, encoding="utf-8")


def asked(account: str, region: str, day_two: bool) -> Answers:
    """What the AWS CLI answers of all VPCs of an account in a Region."""
    made: Answers = {}
    for vpc in VPCS.values():
        if (vpc.account, vpc.region) == (account, region):
            for command, body in answers(vpc, day_two).items():
                made[command] = both(made[command], body) if command in made else body
    return made


def both(first: Json, second: Json) -> Json:
    """One answer of two: their lists, without what stands in both."""
    return {
        key: listed + [one for one in second[key] if one not in listed]
        for key, listed in first.items()
    }


def answers(vpc: Vpc, day_two: bool) -> Answers:
    """What it answers of one of them."""
    made = network(vpc) | inhabitants(vpc, day_two) | gateways(vpc) | transit(vpc)
    return made | balancers(vpc)


def balancers(vpc: Vpc) -> Answers:
    """Load balancers, where anybody listed them."""
    own = [balancer for balancer in BALANCERS if balancer.vpc is vpc]
    made: Answers = {}
    if own:
        made["describe-load-balancers"] = {"LoadBalancers": [balancer_json(one) for one in own]}
    for one in own:
        listeners = [listener_json(one, port) for port in one.ports]
        made[f"describe-listeners--{one.arn.replace('/', '%2F')}"] = {"Listeners": listeners}
    return made


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
    public, with_nat = vpc.name in INTERNET_VPCS, f"{vpc.name}-nat-a" in INTERFACES
    egress_only = [egress_only_json(vpc)] if vpc.ipv6 else []
    return {
        "describe-internet-gateways": {
            "InternetGateways": [internet_gateway_json(vpc)] if public else []
        },
        "describe-egress-only-internet-gateways": {"EgressOnlyInternetGateways": egress_only},
        "describe-nat-gateways": {"NatGateways": [nat_gateway_json(vpc)] if with_nat else []},
    }
