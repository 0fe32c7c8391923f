"""The smallest change that would let a finding's packets pass, in words, AWS CLI and Terraform.

What stands in a command comes from data, so it is quoted for the shell and for HCL.
https://docs.aws.amazon.com/cli/latest/reference/ec2/authorize-security-group-ingress.html
https://docs.aws.amazon.com/cli/latest/reference/ec2/create-network-acl-entry.html
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}
# Where answers may go: load balancers, NAT gateways and Lambda use all of these.
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_EPHEMERAL = (1024, 65535)
# As many single addresses as are worth a rule each; beyond that a person picks the block.
_FEW = 4


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change in words; the commands are None where no one command makes it."""

    text: str
    aws_cli: str | None = None
    terraform: str | None = None


def remedy(finding: Mapping[str, Any]) -> Remedy | None:
    """Return what would let a finding's packets pass; None where nothing is to be changed.

    `finding` is a row of queries/reports/rejects.sql.
    """
    cause = finding["cause"]
    if finding["path"] == "internet" and finding["direction"] == "ingress" and "sg" in cause:
        return None
    if cause in ("sg_ingress_miss", "sg_egress_miss"):
        return _group(finding)
    if cause == "sg_reference_ineffective":
        return _instead_of_reference(finding)
    if cause.startswith("nacl_"):
        return _acl(finding, finding["element_id"], finding["rule"])
    if cause == "sg_and_nacl":
        return _both(finding)
    return _REFUSED_ELSEWHERE.get(cause)


_REFUSED_ELSEWHERE = {
    "block_public_access": Remedy(
        "If this traffic is wanted, exclude the VPC or subnet from VPC Block Public Access "
        "(create-vpc-block-public-access-exclusion); its owner decides."
    ),
    "encryption_control": Remedy(
        "The VPC enforces encryption in transit: use an encrypted path, or exclude the resource "
        "from the VPC's encryption controls."
    ),
}


def _group(finding: Mapping[str, Any]) -> Remedy:
    near = finding["nearest_miss"] or {}
    group = near.get("element_id") or finding["element_id"].split(",")[0]
    direction, ports = finding["direction"], _ports(finding)
    preposition = "from" if direction == "ingress" else "to"
    text = f"Allow {_service(finding)} {preposition} {_peers(finding)} in {group}."
    blocks = _blocks(finding)
    if not blocks:
        return Remedy(text)
    permission = {
        "IpProtocol": _protocol(finding),
        **dict(zip(("FromPort", "ToPort"), ports, strict=True)),
    }
    v4 = [{"CidrIp": block} for block in blocks if ":" not in block]
    v6 = [{"CidrIpv6": block} for block in blocks if ":" in block]
    permission |= ({"IpRanges": v4} if v4 else {}) | ({"Ipv6Ranges": v6} if v6 else {})
    cli = _command(
        f"authorize-security-group-{direction}",
        f"--group-id {shlex.quote(group)}",
        f"--ip-permissions {shlex.quote(json.dumps([permission]))}",
    )
    return Remedy(text, cli, _group_terraform(group, direction, _protocol(finding), ports, blocks))


def _instead_of_reference(finding: Mapping[str, Any]) -> Remedy:
    """A reference does not reach everywhere, an address does."""
    told = _group(finding)
    return replace(told, text=f"A reference to a group does not reach the peer. {told.text}")


def _group_terraform(
    group: str, direction: str, protocol: str, ports: tuple[int, int], blocks: list[str]
) -> str:
    key = "cidr_ipv6" if ":" in blocks[0] else "cidr_ipv4"
    return "\n".join(
        [
            f'resource "aws_vpc_security_group_{direction}_rule" "flowcause" {{',
            f"  security_group_id = {_hcl(group)}",
            f"  ip_protocol       = {_hcl(protocol)}",
            f"  from_port         = {ports[0]}",
            f"  to_port           = {ports[1]}",
            f"  {key:<17} = {_hcl(blocks[0])}",
            "}",
        ]
    )


def _acl(finding: Mapping[str, Any], acl: str, rule: str) -> Remedy:
    number = min(int(rule), 32767) - 1
    preposition = "from" if finding["direction"] == "ingress" else "to"
    text = (
        f"Allow {_service(finding)} {preposition} {_peers(finding)} in {acl} with a free number "
        f"below {rule}. An ACL keeps no state: its other direction must let the replies pass."
    )
    blocks = _blocks(finding)
    if len(blocks) != 1 or number < 1:
        return Remedy(text)
    first, last = _ports(finding)
    family = "--ipv6-cidr-block" if ":" in blocks[0] else "--cidr-block"
    ports = (
        f"--port-range From={first},To={last}"
        if finding["protocol"] in (6, 17)
        else "--icmp-type-code Type=-1,Code=-1"
    )
    cli = _command(
        "create-network-acl-entry",
        f"--network-acl-id {shlex.quote(acl)} --{finding['direction']} --rule-number {number}",
        f"--protocol {finding['protocol']} {ports}",
        f"{family} {shlex.quote(blocks[0])} --rule-action allow",
    )
    return Remedy(text, cli, _acl_terraform(finding, acl, number, blocks[0]))


def _acl_terraform(finding: Mapping[str, Any], acl: str, number: int, block: str) -> str:
    first, last = _ports(finding)
    key = "ipv6_cidr_block" if ":" in block else "cidr_block"
    return "\n".join(
        [
            'resource "aws_network_acl_rule" "flowcause" {',
            f"  network_acl_id = {_hcl(acl)}",
            f"  egress         = {'true' if finding['direction'] == 'egress' else 'false'}",
            f"  rule_number    = {number}",
            '  rule_action    = "allow"',
            f"  protocol       = {_hcl(str(finding['protocol']))}",
            f"  from_port      = {first}",
            f"  to_port        = {last}",
            f"  {key:<14} = {_hcl(block)}",
            "}",
        ]
    )


def _both(finding: Mapping[str, Any]) -> Remedy:
    by_type = {blocker["element_type"]: blocker for blocker in finding["blockers"]}
    acl = by_type["network-acl"]
    parts = [
        _group({**finding, "element_id": by_type["security-group"]["element_id"]}),
        _acl(finding, acl["element_id"], acl["rule"]),
    ]
    commands = [part.aws_cli for part in parts]
    resources = [part.terraform for part in parts]
    return Remedy(
        "Both need a change. " + " ".join(part.text for part in parts),
        None if None in commands else "\n".join(filter(None, commands)),
        None if None in resources else "\n".join(filter(None, resources)),
    )


def _command(call: str, *options: str) -> str:
    """Lay a command out on lines that a shell takes for one, so that it can be pasted."""
    return " \\\n  ".join([f"aws ec2 {call}", *options])


def _protocol(finding: Mapping[str, Any]) -> str:
    return _PROTOCOLS.get(finding["protocol"], str(finding["protocol"]))


def _service(finding: Mapping[str, Any]) -> str:
    ports = finding["dst_ports"]
    if finding["protocol"] not in (6, 17) or not ports:
        return _protocol(finding)
    if _is_answer(finding):
        return f"answers, {_protocol(finding)} to ports {_EPHEMERAL[0]}-{_EPHEMERAL[1]},"
    if finding["ports"] > 1:
        return f"{_protocol(finding)} to the {finding['ports']} ports listed"
    return f"{_protocol(finding)}/{ports[0]}"


def _ports(finding: Mapping[str, Any]) -> tuple[int, int]:
    if finding["protocol"] not in (6, 17):
        return -1, -1
    if _is_answer(finding):
        return _EPHEMERAL
    return finding["dst_ports"][0], finding["dst_ports"][0]


def _is_answer(finding: Mapping[str, Any]) -> bool:
    return bool(finding["cause"].endswith("_reply"))


def _peers(finding: Mapping[str, Any]) -> str:
    if finding["peers"] <= _FEW:
        return ", ".join(finding["peer_ips"])
    return f"the {finding['peers']} addresses of the other end"


def _blocks(finding: Mapping[str, Any]) -> list[str]:
    """Return the peers as single-address blocks; none where they or the ports are too many."""
    if finding["peers"] > _FEW or (finding["ports"] > 1 and not _is_answer(finding)):
        return []
    return [f"{ip}/{128 if ':' in ip else 32}" for ip in finding["peer_ips"]]


def _hcl(text: str) -> str:
    """Quote for HCL: JSON's escapes, and no interpolation."""
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")
