"""A small organisation by hand: interface E, its neighbours, and a peered VPC of another account.

VPC A (10.0.0.0/16, account 1) holds subnet-e (10.0.1.0/24) with E and subnet-f (10.0.2.0/24);
VPC P (10.1.0.0/16, account 2) is peered with it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from .evaluator import evaluate
from .model import LIST_KEYS, Answer, Expected, Json, Record, Snapshot

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
OURS, THEIRS, STRANGER = "111111111111", "222222222222", "999999999999"
REGION = "eu-west-1"
E, E_SECOND, E_6 = "10.0.1.10", "10.0.1.11", "2600:1f18::10"
NEIGHBOUR, FAR, PEERED, PUBLIC = "10.0.1.20", "10.0.2.20", "10.1.0.20", "52.94.0.1"
NEIGHBOUR_6, PUBLIC_6 = "2600:1f18::20", "2a00:1450::1"


def rule(protocol: str, ports: tuple[int, int] | None = None, **peers: str) -> Json:
    """A group rule; `cidr`, `cidr_6`, `prefix_list` and `group` name its peers."""
    made: Json = {"IpProtocol": protocol}
    if ports is not None:
        made |= {"FromPort": ports[0], "ToPort": ports[1]}
    if "cidr" in peers:
        made["IpRanges"] = [{"CidrIp": peers["cidr"]}]
    if "cidr_6" in peers:
        made["Ipv6Ranges"] = [{"CidrIpv6": peers["cidr_6"]}]
    if "prefix_list" in peers:
        made["PrefixListIds"] = [{"PrefixListId": peers["prefix_list"]}]
    if "group" in peers:
        account = peers.get("account", OURS)
        made["UserIdGroupPairs"] = [{"GroupId": peers["group"], "UserId": account}]
    return made


def entry(number: int, action: str, protocol: str = "-1", **more: Any) -> Json:
    """An ACL entry of both directions, split by `acl_entries`; `ports`, `kind`, `cidr`."""
    cidr = more.get("cidr", "0.0.0.0/0")
    made: Json = {"RuleNumber": number, "RuleAction": action, "Protocol": protocol}
    made["Ipv6CidrBlock" if ":" in cidr else "CidrBlock"] = cidr
    if "ports" in more:
        made["PortRange"] = {"From": more["ports"][0], "To": more["ports"][1]}
    if "kind" in more:
        made["IcmpTypeCode"] = {"Type": more["kind"], "Code": -1}
    return made


ALL_IN = rule("-1", cidr="0.0.0.0/0", cidr_6="::/0")
ALLOW_ALL = [entry(100, "allow"), entry(101, "allow", cidr="::/0")]


def interface(name: str, subnet: str, own: Sequence[str], groups: Sequence[str] | None) -> Json:
    made: Json = {
        "NetworkInterfaceId": name,
        "SubnetId": subnet,
        "VpcId": "vpc-p" if subnet == "subnet-p" else "vpc-a",
        "PrivateIpAddresses": [{"PrivateIpAddress": text} for text in own if ":" not in text],
        "Ipv6Addresses": [{"Ipv6Address": text} for text in own if ":" in text],
    }
    if groups is not None:
        made["Groups"] = [{"GroupId": group, "GroupName": group} for group in groups]
    return made


def organisation(
    ingress: Sequence[Json] = (),
    egress: Sequence[Json] = (),
    acl: Sequence[Json] = ALLOW_ALL,
    groups: Sequence[str] | None = ("sg-e",),
    peering: str = "active",
    block_mode: str | None = None,
    without: Sequence[str] = (),
    at: datetime = NOON,
    far_groups: Sequence[str] | None = ("sg-far",),
    peered_region: str = REGION,
    kind: str | None = None,
    subnet_mode: str | None = None,
    timeouts: Mapping[str, int] | None = None,
    more: Mapping[str, Sequence[Json]] = MappingProxyType({}),
) -> Snapshot:
    """A snapshot; `without` names objects, or whole calls, that the dump lacks, `more` adds some.

    `kind` is E's InterfaceType, `timeouts` are its ConnectionTrackingConfiguration.
    """
    states = {"InternetGatewayBlockMode": block_mode}
    vpc: Json = {"VpcId": "vpc-a"} | ({"BlockPublicAccessStates": states} if block_mode else {})
    ends = {"RequesterVpcInfo": {"VpcId": "vpc-a"}, "AccepterVpcInfo": {"VpcId": "vpc-p"}}
    acl_body: Json = {
        "NetworkAclId": "acl-e",
        "Associations": [{"SubnetId": "subnet-e"}],
        "Entries": [item | {"Egress": egress} for item in acl for egress in (False, True)],
    }
    subnet: Json = {"SubnetId": "subnet-e", "CidrBlock": "10.0.1.0/24"}
    subnet["Ipv6CidrBlockAssociationSet"] = [
        {"Ipv6CidrBlock": "2600:1f18::/64", "Ipv6CidrBlockState": {"State": "associated"}},
        {"Ipv6CidrBlock": "2a00:1450::/64", "Ipv6CidrBlockState": {"State": "disassociated"}},
    ]
    if subnet_mode is not None:
        subnet["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": subnet_mode}
    own = interface("eni-e", "subnet-e", [E, E_SECOND, E_6], groups)
    told = {"InterfaceType": kind, "ConnectionTrackingConfiguration": timeouts}
    own |= {field: value for field, value in told.items() if value}
    ours: dict[str, Sequence[Json]] = {
        "describe-vpcs": [vpc],
        "describe-subnets": [subnet],
        "describe-network-interfaces": [
            own,
            interface("eni-n", "subnet-e", [NEIGHBOUR, NEIGHBOUR_6], ["sg-near"]),
            interface("eni-f", "subnet-f", [FAR], far_groups),
        ],
        "describe-security-groups": [
            {"GroupId": "sg-e", "IpPermissions": ingress, "IpPermissionsEgress": egress},
            {"GroupId": "sg-empty", "IpPermissions": [], "IpPermissionsEgress": []},
        ],
        "describe-network-acls": [acl_body],
        "describe-vpc-peering-connections": [{"Status": {"Code": peering}} | ends],
        **more,
    }
    theirs = [interface("eni-p", "subnet-p", [PEERED], ["sg-p"])]
    answers = [answer(OURS, REGION, call, bodies, without) for call, bodies in ours.items()]
    answers.append(answer(THEIRS, peered_region, "describe-network-interfaces", theirs, without))
    entries = {"Entries": [{"Cidr": "10.0.2.0/24"}]}
    answers.append(
        Answer(OURS, REGION, "get-managed-prefix-list-entries", entries, subject="pl-known")
    )
    return Snapshot(at, tuple(one for one in answers if one.command not in without))


def answer(
    account: str, region: str, call: str, bodies: Sequence[Json], without: Sequence[str]
) -> Answer:
    kept = [body for body in bodies if own_id(body) not in without]
    return Answer(account, region, call, {LIST_KEYS[call]: kept})


def own_id(body: Json) -> str | None:
    fields = ("NetworkInterfaceId", "GroupId", "NetworkAclId", "SubnetId")
    return next((body[field] for field in fields if field in body), None)


def record(peer: str = FAR, direction: str = "ingress", **more: Any) -> Record:
    """A REJECTed SYN from or to E, to port 443, two minutes after the snapshot."""
    own = E_6 if ":" in peer else E
    src, dst = (peer, own) if direction == "ingress" else (own, peer)
    made: Record = {
        "interface_id": "eni-e",
        "srcaddr": src,
        "dstaddr": dst,
        "srcport": 50000,
        "dstport": 443,
        "protocol": 6,
        "tcp_flags": 2,
        "flow_direction": direction,
        "start_time": NOON + timedelta(minutes=2),
        "action": "REJECT",
        "log_status": "OK",
    }
    return made | more


def verdict(made: Record, *snapshots: Snapshot, log: Sequence[Record] = ()) -> Expected:
    """The verdict, which there must be; `log` is what the log holds beside the record."""
    found = evaluate(made, list(snapshots), [made, *log])
    assert found is not None
    return found
