"""What is said of a silent loss: where a packet that nothing refused was lost."""

from collections.abc import Callable, Mapping
from typing import Any

# {it} is the element that decided, with its name; {rule} the route's destination or
# the ACL's entry.
LOST = {
    "route_missing": "no route of {it} leads there",
    "route_blackhole": "the route of {it} to {rule} is a blackhole",
    "route_diverted": "{it} leads it into another VPC",
    "peering_not_active": "{it} is not active",
    "outside_peer_cidr": "{it} leads to a VPC that has no such address",
    "peering_not_transitive": "{it} carries nothing that is for beyond the peer's VPC",
    "tgw_nacl_deny": "entry {rule} of {it}, of a transit gateway's own subnet, refuses it",
    "tgw_attachment_state": "{it} carries nothing in its state",
    "tgw_not_associated": "{it} is associated with no route table",
    "tgw_zone": "{it} does not serve the Availability Zone",
    "tgw_no_route": "no route of {it} leads there",
    "tgw_blackhole": "{it} drops what is for {rule}",
    "tgw_table_unseen": "it is lost beyond {it}, whose routes no snapshot has",
    "no_subnet": "no subnet has the address",
    "no_interface": "no interface has the address",
    "no_public_ip": "{it} carries only what has a public address at both ends",
    "beyond_middlebox": "it is lost beyond {it}, of which no snapshot says more",
    "nat_unsolicited": "{it} drops what nothing inside asked for",
    "nat_protocol_unsupported": "{it} carries TCP, UDP and ICMP alone",
    "load_balancer_no_listener": "{it} does not listen on the port",
    "dns_resolved_elsewhere": "it leaves for the public address of what could be reached privately",
    "host_silent": "it arrives at {it}, which does not answer",
    "host_refused": "it arrives at {it}, which resets it",
    "lost_unexplained": "it is lost, and the snapshots do not explain it",
}


def lost(row: Mapping[str, Any], named: Callable[[Mapping[str, Any], list[str]], list[str]]) -> str:
    """Say where the packets of a finding were lost; `named` puts names behind ids."""
    (it,) = named(row, [row["element_id"] or "it"])
    if row["cause"] == "tgw_nacl_deny" and row["rule"] is None:
        return f"{it}, of a transit gateway's own subnet, refuses it whatever the ICMP type"
    return LOST[row["cause"]].format(it=it, rule=row["rule"] or "it")
