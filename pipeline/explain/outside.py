"""What comes from the internet, and what goes there: where no snapshot has the other end."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from pipeline.explain.hop import BLOCK, PASS, UNKNOWN, Hop
from pipeline.explain.question import is_address

Row = Mapping[str, Any]
_BROUGHT = (
    "from the internet only a load balancer or an accelerator that keeps the sender's address "
    "brings it"
)


def outside(verb: str) -> Hop:
    """Return the hop of an end that no snapshot has."""
    return Hop("interface", None, None, None, UNKNOWN, f"{verb} that no snapshot has")


def entering(arriving: Row | None, is_reply: bool) -> Hop:
    """Return how a packet comes in from an end that no snapshot has.

    From the internet it comes by the gateway by which its answers leave, to a public address,
    unless something else there decides about it. `arriving` is a row of
    queries/explain/filters.sql.
    https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
    """
    unknown = outside("comes from an end")
    if arriving is None or not ip_address(arriving["src_ip"]).is_global:
        return unknown
    target, interface = arriving["route_target"] or "", arriving["interface_id"]
    if target.startswith("nat-") and is_reply:
        return unknown._replace(why=f"comes back by {target}, whose subnet's ACL is not asked")
    if target.startswith("eigw-") and not is_reply:
        return unknown._replace(why=f"nothing but answers comes in by {target}")
    if target.startswith(("igw-", "nat-")) and is_public(arriving, "dst_ip") is False:
        return unknown._replace(why=f"{interface} has no public address: {_BROUGHT}")
    if not target.startswith("igw-") or not is_public(arriving, "dst_ip"):
        return unknown
    gateway = ("internet-gateway", "internet-gateway", target, None)
    if why := _kept_out(arriving, is_reply):
        return Hop(*gateway, UNKNOWN, why)
    return Hop(*gateway, PASS, "comes in by it", is_sure=not arriving["route_late"])


def _kept_out(arriving: Row, is_reply: bool) -> str | None:
    """Return what else decides about a packet from the internet, of which not all is known.

    https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    interface = arriving["interface_id"]
    if arriving["route_state"] != "active":
        return (
            f"the route to it is {arriving['route_state'] or 'of no known state'}: it may be gone"
        )
    if arriving["has_edge_table"]:
        return "a route table of its own says where it leads what comes in"
    if arriving["deny_all_igw_traffic"]:
        return f"DenyAllIgwTraffic is set at {interface}: nothing from the internet gets to it"
    if is_reply:
        is_open = arriving["block_mode"] in (None, "off")
        return None if is_open else f"Block Public Access is {arriving['block_mode']}"
    if arriving["interface_type"] in ("nat_gateway", "natGateway"):
        return f"{interface} is a NAT gateway's, which drops what nobody behind it asked for"
    if arriving["is_balancer"] and not arriving["listens"]:
        return f"{interface} is a load balancer's, and no listener is known for the port"
    return None


def leading_out(hops: Sequence[Hop], leaving: Row | None, is_answer: bool) -> list[Hop]:
    """Return the hops of a way, of which not all that blocks is sure where it leads outside.

    What answers the internet at an interface without a public address was brought there by
    something that takes the answer back, whatever the routes; with one it may have been. No route
    is asked of link-local addresses. `is_answer` is whether the packet answers an end that no
    snapshot has.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
    """
    if leaving is None or not hops or not is_address(leaving["dst_ip"]):
        return list(hops)
    there = ip_address(leaving["dst_ip"])
    if not there.is_link_local and not (is_answer and there.is_global):
        return list(hops)
    if not there.is_link_local and is_public(leaving, "src_ip"):
        return [hop._replace(is_sure=False) if hop.outcome == BLOCK else hop for hop in hops]
    why = "what brought the packet it answers may take it back, whatever the routes"
    told = "no route table is asked of such an address" if there.is_link_local else why
    return [
        hop._replace(outcome=UNKNOWN, cause=None, why=told) if hop.outcome == BLOCK else hop
        for hop in hops
    ]


def is_public(row: Row, own: str) -> bool | None:
    """Tell whether the internet knows an interface's own address; None where that is not known.

    https://www.rfc-editor.org/rfc/rfc4193 has the addresses of IPv6 that it does not.
    """
    if ":" in row[own]:
        return is_address(row[own]) and ip_address(row[own]).is_global
    known: bool | None = row["is_public"]
    return known
