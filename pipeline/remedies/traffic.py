"""What packets a finding is about, in the terms of a rule: service, ports and addresses.

A finding is a row of queries/reports/rejects.sql.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from pipeline.remedies import wording

# Where answers may go: load balancers, NAT gateways and Lambda use all of these.
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_EPHEMERAL = (1024, 65535)
# As many single addresses as are worth a rule each; beyond that a person picks the block.
FEW = 4


def preposition(finding: Mapping[str, Any]) -> str:
    """Return the word between the packets and their other end."""
    return "from" if finding["direction"] == "ingress" else "to"


def service(finding: Mapping[str, Any]) -> str:
    """Name the protocol, with the ports where it has any."""
    protocol, wanted = wording.protocol_name(finding["protocol"]), ports(finding)
    if wanted is None:
        told = f"protocol {protocol}" if protocol.isdigit() else protocol
        return f"{told} type {finding['icmp'][0]}" if finding.get("icmp") else told
    if not is_one_range(finding):
        return f"{protocol} to the {finding['ports']} ports listed"
    if is_answer(finding):
        return f"answers, {protocol} to {_told(wanted)},"
    return f"{protocol}/{wanted[0]}"


def _told(wanted: tuple[int, int]) -> str:
    first, last = wanted
    return f"port {first}" if first == last else f"ports {first}-{last}"


def is_one_range(finding: Mapping[str, Any]) -> bool:
    """Return whether one rule has room for all ports, without others that nobody asked for."""
    wanted = ports(finding)
    return wanted is None or wanted == _EPHEMERAL or finding["ports"] == 1


def ports(finding: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the ports to open, of protocols that have any: those of answers are ephemeral."""
    if finding["protocol"] not in (6, 17):
        return None
    lowest = finding["dst_ports"][0]
    return _EPHEMERAL if is_answer(finding) and lowest >= _EPHEMERAL[0] else (lowest, lowest)


def is_answer(finding: Mapping[str, Any]) -> bool:
    """Return whether the packets are answers, which an ACL refused."""
    return bool(finding["cause"].endswith("_reply"))


def is_from_outside(finding: Mapping[str, Any]) -> bool:
    """Return whether packets come from the internet, or may: from where no route table tells."""
    if finding["direction"] != "ingress":
        return False
    if finding["path"] == "unknown":
        return any(map(_is_public, finding["peer_ips"]))
    return bool(finding["path"] == "internet")


def _is_public(address: str) -> bool:
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


def peers(finding: Mapping[str, Any]) -> str:
    """Name the addresses of the other end, where they are few."""
    if finding["peers"] <= FEW:
        return ", ".join(finding["peer_ips"])
    return f"the {finding['peers']} addresses of the other end"


def blocks(finding: Mapping[str, Any]) -> list[str]:
    """Return the peers as single-address blocks."""
    return [f"{ip}/{128 if ':' in ip else 32}" for ip in finding["peer_ips"]]
