"""What an event's request names, as columns of the inventory.

CloudTrail has a call's parameters as the API has them, in camel case, lists as `{"items": [...]}`
or, of newer calls, as `{"tag": 1, "content": ...}`, with one element in place of a list of one.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import ipaddress
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from pipeline.lake.calls.call import ZONE

# Parts of a request that do something else each, and parts whose fields others have, too.
_PARTS = {
    "addentry",
    "removeentry",
    "addroutetableid",
    "removeroutetableid",
    "addsubnetids",
    "removesubnetids",
    "groupset",
}
_QUALIFYING = {
    "accepterpeeringconnectionoptions",
    "aliastarget",
    "groups",
    "icmptypecode",
    "portrange",
    "requesterpeeringconnectionoptions",
    "targetips",
    "targets",
}
# What a column is called in requests, where it is not by its own name.
_DNS = "peeringconnectionoptions.allowdnsresolutionfromremotevpc"
_NAMES = {
    "accepter_allow_dns_resolution_from_remote_vpc": f"accepter{_DNS}",
    "address": "privateipaddress ipv6address ipv6addresses",
    "alias": "aliastarget.dnsname",
    "cidr": "cidr cidrip cidripv4 cidripv6 cidrblock ipv6cidrblock",
    "destination": "destinationcidrblock destinationipv6cidrblock",
    "from_port": "fromport portrange.from",
    "icmp_code": "icmptypecode.code",
    "icmp_type": "icmptypecode.type",
    "interface_id": "networkinterfaceid",
    "is_egress": "egress isegress",
    "port": "port targets.port",
    "protocol": "protocol ipprotocol aclprotocol",
    "referenced_group_id": "groups.groupid referencedgroupid",
    "requester_allow_dns_resolution_from_remote_vpc": f"requester{_DNS}",
    "route_table_id": "routetableid addroutetableid removeroutetableid",
    "subnet_id": "subnetid subnets subnetids addsubnetids removesubnetids",
    "target": "gatewayid natgatewayid transitgatewayid vpcpeeringconnectionid networkinterfaceid "
    "egressonlyinternetgatewayid carriergatewayid localgatewayid corenetworkarn vpcendpointid",
    "target_id": "targets.id",
    "target_ip": "targetips.ip targetips.ipv6",
    "target_port": "targetips.port",
    "to_port": "toport portrange.to",
    "value": "value resourcerecords",
}
_PROTOCOLS = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
# Where -1 stands for all.
_NUMBERS = ("from_port", "to_port", "icmp_type", "icmp_code")
# No request is as deep.
_DEEPEST = 20

Statement = Mapping[str, Any]


@lru_cache(10_000)
def statements(event_name: str, request: str | None) -> Sequence[Statement]:
    """Return what an event's request says, in JSON: of each element of its lists a statement.

    Each has the fields that stand around its element, in lower case, and `part`, the part of the
    request that it is in. Other lists of the same request make other statements.
    """
    said = _said(json.loads(request or "null"), "", 0) or [{}]
    for way in ("ingress", "egress"):
        if event_name.lower().endswith(way):
            return [one | {"direction": way} for one in said]
    return said


def _said(value: Any, name: str, depth: int) -> list[dict[str, Any]]:
    bare = _bare(value)
    if depth > _DEEPEST:
        return []
    if isinstance(bare, list):
        return [one for inner in bare for one in _said(inner, name, depth + 1)]
    if not isinstance(bare, dict):
        return [{name: bare}]
    around: dict[str, Any] = {}
    within: list[dict[str, Any]] = []
    for key, inner in bare.items():
        field = key.lower()
        said = _said(inner, f"{name}.{field}" if name in _QUALIFYING else field, depth + 1)
        if field == "action":
            around["part"] = str(inner).lower()
        elif field in _PARTS:
            within += [one | {"part": field} for one in said]
        elif len(said) == 1 and not isinstance(_bare(inner), list):
            around |= said[0]
        else:
            within += said
    return [around | one for one in within] or [around]


def _bare(value: Any) -> Any:
    """Return a value without what CloudTrail wraps around it: a list, an object or a plain one."""
    if not isinstance(value, dict):
        return value
    held = {key: inner for key, inner in value.items() if key != "tag"}
    if set(held) <= {"items", "item"}:
        return [one for inner in held.values() for one in _listed(inner)]
    if set(held) in ({"content"}, {"value"}):
        return next(iter(held.values()))
    return held


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def told(statement: Statement, columns: Iterable[str]) -> dict[str, str]:
    """Return what a statement says of columns, written as `plain` writes it."""
    found = {
        column: statement[name]
        for column in columns
        for name in _NAMES.get(column, column.replace("_", "").lower()).split()
        if name in statement
    }
    return plain(found)


def plain(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the values that are there, so written that those that mean the same are equal.

    AWS keeps a block with host bits in its canonical form, and of all protocols no ports.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    """
    said = {
        column: _plain(column, str(value)) for column, value in row.items() if value is not None
    }
    is_all = said.get("protocol") == "all"
    return {
        column: value
        for column, value in said.items()
        if column not in _NUMBERS or (value != "-1" and not is_all)
    }


@lru_cache(10_000)
def _plain(column: str, value: str) -> str:
    text = value.lower()
    if column in ("key", "value"):
        # https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
        return value
    if column == "protocol":
        return _PROTOCOLS.get(text, text)
    if column in ("cidr", "destination"):
        with suppress(ValueError):
            return str(ipaddress.ip_network(text, strict=False))
    if column in ("name", "alias"):
        return text.replace("\\052", "*").rstrip(".")
    return text.removeprefix(ZONE)
