"""Changes to groups and ACLs as AWS CLI and as Terraform.

https://docs.aws.amazon.com/cli/latest/reference/ec2/authorize-security-group-ingress.html
https://docs.aws.amazon.com/cli/latest/reference/ec2/create-network-acl-entry.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_ingress_rule
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl_rule
"""

import json
from collections.abc import Sequence

from pipeline.remedies.changes import PROTOCOLS, AclEntry, GroupRule
from pipeline.remedies.commands import (
    Value,
    are_plain,
    aws,
    block_argument,
    block_option,
    is_block,
    option,
    resource,
)

_TCP_AND_UDP = (6, 17)


def of_rules(rules: Sequence[GroupRule], region: str | None = None) -> tuple[str, str] | None:
    """Return AWS CLI and Terraform for rules of a group that differ in their peers alone.

    None where an id or an address is not as AWS writes it.
    """
    first = rules[0]
    ids = [first.group_id, *(rule.referenced_group_id for rule in rules if rule.cidr is None)]
    if not are_plain(ids) or not all(is_block(rule.cidr) for rule in rules if rule.cidr):
        return None
    permission = json.dumps([_permission(rules)])
    call = f"authorize-security-group-{first.direction}"
    group = option("group-id", first.group_id)
    cli = aws(call, region, group, option("ip-permissions", permission))
    return cli, "\n\n".join(map(_rule_resource, rules))


def _permission(rules: Sequence[GroupRule]) -> dict[str, object]:
    """Ports stand for TCP and UDP, types for ICMP; other protocols have neither."""
    blocks = [rule.cidr for rule in rules if rule.cidr]
    peers = {
        "IpRanges": [{"CidrIp": block} for block in blocks if ":" not in block],
        "Ipv6Ranges": [{"CidrIpv6": block} for block in blocks if ":" in block],
        "UserIdGroupPairs": [
            {"GroupId": rule.referenced_group_id}
            | ({"UserId": rule.account_id} if rule.account_id else {})
            for rule in rules
            if rule.referenced_group_id
        ],
    }
    ports = _ports(rules[0])
    return {
        "IpProtocol": protocol_name(rules[0].protocol),
        **({"FromPort": ports[0], "ToPort": ports[1]} if ports else {}),
        **{key: value for key, value in peers.items() if value},
    }


def protocol_name(protocol: int) -> str:
    """Return a protocol as groups write it."""
    return PROTOCOLS.get(protocol, str(protocol))


def _ports(rule: GroupRule) -> tuple[int, int] | None:
    return rule.icmp or (-1, -1) if rule.protocol in (1, 58) else rule.ports


def _rule_resource(rule: GroupRule) -> str:
    served: list[Value] = [
        protocol_name(rule.protocol),
        *dict.fromkeys(rule.icmp or rule.ports or ()),
    ]
    peer = rule.cidr or rule.referenced_group_id or ""
    return resource(
        f"aws_vpc_security_group_{rule.direction}_rule",
        [rule.group_id, rule.direction, *served, peer],
        _rule_arguments(rule),
    )


def _rule_arguments(rule: GroupRule) -> dict[str, Value]:
    arguments: dict[str, Value] = {
        "security_group_id": rule.group_id,
        "ip_protocol": protocol_name(rule.protocol),
    }
    if ports := _ports(rule):
        arguments |= {"from_port": ports[0], "to_port": ports[1]}
    if rule.cidr:
        return arguments | {"cidr_ipv6" if ":" in rule.cidr else "cidr_ipv4": rule.cidr}
    account = f"{rule.account_id}/" if rule.account_id else ""
    return arguments | {"referenced_security_group_id": f"{account}{rule.referenced_group_id}"}


def of_entries(
    entries: Sequence[AclEntry], region: str | None = None
) -> tuple[str, str | None] | None:
    """Return AWS CLI and Terraform for entries; none of the latter where one is replaced.

    An entry that Terraform made is changed where it stands there. None where an id or a block is
    not as AWS writes it.
    """
    if not are_plain([entry.network_acl_id for entry in entries]):
        return None
    if not all(is_block(entry.cidr) for entry in entries):
        return None
    cli = "\n".join(_entry_command(entry, region) for entry in entries)
    if any(entry.replaces for entry in entries):
        return cli, None
    return cli, "\n\n".join(map(_entry_resource, entries))


def _entry_command(entry: AclEntry, region: str | None) -> str:
    call = "replace" if entry.replaces else "create"
    acl = option("network-acl-id", entry.network_acl_id)
    return aws(
        f"{call}-network-acl-entry",
        region,
        f"{acl} --{entry.direction} {option('rule-number', entry.rule_number)}",
        " ".join([option("protocol", entry.protocol), *_entry_ports(entry)]),
        f"{block_option(entry.cidr)} {option('rule-action', entry.action)}",
    )


def _entry_ports(entry: AclEntry) -> list[str]:
    if entry.protocol in _TCP_AND_UDP:
        first, last = entry.ports or (0, 65535)
        return [f"--port-range From={first},To={last}"]
    if entry.protocol in (1, 58):
        kind, code = entry.icmp or (-1, -1)
        return [f"--icmp-type-code Type={kind},Code={code}"]
    return []


def _entry_resource(entry: AclEntry) -> str:
    told_by: list[Value] = [entry.network_acl_id, entry.direction, entry.rule_number]
    return resource("aws_network_acl_rule", told_by, _entry_arguments(entry))


def _entry_arguments(entry: AclEntry) -> dict[str, Value]:
    arguments: dict[str, Value] = {
        "network_acl_id": entry.network_acl_id,
        "egress": entry.direction == "egress",
        "rule_number": entry.rule_number,
        "rule_action": entry.action,
        "protocol": str(entry.protocol),
        **block_argument(entry.cidr),
    }
    if entry.protocol in _TCP_AND_UDP:
        first, last = entry.ports or (0, 65535)
        return arguments | {"from_port": first, "to_port": last}
    if entry.protocol in (1, 58):
        kind, code = entry.icmp or (-1, -1)
        return arguments | {"icmp_type": kind, "icmp_code": code}
    return arguments
