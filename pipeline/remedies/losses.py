"""The smallest change that would bring a silently lost packet to its end, in words and commands.

None of these is tried: what a route leads to is not judged again.
https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html
https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from pipeline.remedies import loss_commands
from pipeline.remedies.loss_commands import Commands
from pipeline.remedies.remedy import NOT_AGAIN, NOTHING, Known, Remedy

Row = Mapping[str, Any]


def loss_remedy(verdict: Row, hop: Row, known: Known = NOTHING) -> Remedy | None:
    """Return what would bring a lost packet to its end; None where nobody knows where it got lost.

    `verdict` is a row of `verdicts` (cause, peer_ip, vpc_id, subnet_id), `hop` the step of its way
    that blocks (element_type, element_id, rule). The `targets` that are known are the ids that lead
    to the other end: of a route table peering connections and gateways, of a transit gateway's
    table attachments; of an attachment without a table its gateway's tables, and of one without a
    zone subnets there. Where it is not one alone, a person picks, and there is no command.
    """
    making = _MAKING.get(verdict["cause"])
    return making(verdict, hop, known) if making else _SETTLED.get(verdict["cause"])


def remedy_of_loss(finding: Row, known: Known = NOTHING) -> Remedy | None:
    """Return what would bring a finding's lost packets to their end; None where nobody knows.

    `finding` is a row of queries/reports/rejects.sql. Of several addresses the first is named, and
    no command, which would be half of what it takes.
    """
    peer_ip, others = finding["peer_ips"][0], finding["peers"] - 1
    ends = {"peer_ip": peer_ip, "subnet_id": finding["tried"]["subnet_id"]}
    made = loss_remedy({**finding, **ends}, finding, known)
    if made is None or not others or made.check is None:
        return made
    text = f"{made.text} Likewise for {others} other address{'es' * (others > 1)}."
    return replace(made, text=text, aws_cli=None, terraform=None)


def _untried(text: str, commands: Commands | None = None) -> Remedy:
    check = f"{NOT_AGAIN}: only groups and ACLs are"
    return Remedy(text, *commands, check=check) if commands else Remedy(text, check=check)


def _alone(known: Known) -> str | None:
    """Return the one target there is to choose, if it is one."""
    return known.targets[0] if len(known.targets) == 1 else None


def _by_way_of(known: Known, what: str) -> str:
    return f"by way of {' or '.join(known.targets) or what}"


def _address(verdict: Row) -> str:
    return f"{verdict['peer_ip']}/{128 if ':' in verdict['peer_ip'] else 32}"


def _route_missing(verdict: Row, hop: Row, known: Known) -> Remedy:
    block, table = _address(verdict), hop["element_id"]
    way = _by_way_of(known, "what connects the two")
    text = f"Add a route to {block}, or to a block around it, to {table}, {way}."
    if (_alone(known) or "").startswith("tgw-"):
        text += " Whether its own tables lead on is not looked at."
    return _untried(text, loss_commands.route(table, block, _alone(known), known.region))


def _route_blackhole(verdict: Row, hop: Row, known: Known) -> Remedy:
    if hop["element_type"] == "nat-gateway":
        return _nat_gateway_gone(hop, known)
    block, table = hop["rule"], hop["element_id"]
    way = _by_way_of(known, "a target that is there")
    text = f"The target of the route to {block} in {table} is gone: let it lead {way}."
    return _untried(
        text, loss_commands.route(table, block, _alone(known), known.region, stands=True)
    )


def _nat_gateway_gone(hop: Row, known: Known) -> Remedy:
    """One that failed, or is being deleted, never carries anything again.

    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
    """
    one, state = hop["element_id"], hop["rule"] or known.state
    if state == "pending":
        return _untried(f"Wait: {one} is being made ({state}).")
    return _untried(
        f"Create a NAT gateway in the place of {one}, which is {state or 'gone'}, and let the "
        "subnet's route lead to it."
    )


def _peering_not_active(verdict: Row, hop: Row, known: Known) -> Remedy:
    """Only a request can still become active.

    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
    """
    peering, status = hop["element_id"], hop["rule"] or known.state
    if status is None:
        return _untried(
            f"Accept {peering} while it waits for that, as the owner of the accepter's VPC; else "
            "create a new peering connection, and routes to it."
        )
    if status in ("initiating-request", "provisioning"):
        return _untried(f"Wait: {peering} is being made ({status}).")
    if status != "pending-acceptance":
        return _untried(
            f"Create a new peering connection, and routes to it: {peering} is {status}."
        )
    text = f"Accept {peering}: the owner of the accepter's VPC does."
    return _untried(text, loss_commands.accepted_peering(peering, known.region))


def _gateway_acl(verdict: Row, hop: Row, known: Known) -> Remedy:
    """Its subnet is the transit gateway's own, which best has an ACL that allows all.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
    """
    acl, entry = hop["element_id"], _entry(hop)
    text = f"Let {acl} allow it before {entry}: it is of the transit gateway's own subnet."
    return _untried(text)


def _nat_acl(verdict: Row, hop: Row, known: Known) -> Remedy:
    """Between the two ends only a NAT gateway's subnet is meant; at an end remedy.py knows more."""
    acl, entry = hop["element_id"], _entry(hop)
    text = f"Let {acl} allow it before {entry}: it is of the NAT gateway's subnet."
    return _untried(text)


def _entry(hop: Row) -> str:
    return f"entry {hop['rule']}" if hop["rule"] else "all its entries that deny it"


def _attachment_state(verdict: Row, hop: Row, known: Known) -> Remedy:
    one, state = hop["element_id"], hop["rule"] or known.state
    if hop["element_type"] == "transit-gateway":
        vpc, subnet = verdict["vpc_id"], verdict["subnet_id"]
        text = f"Attach {vpc} to {one}, with a subnet in the Availability Zone of {subnet}."
        return _untried(text, loss_commands.attached(one, vpc, subnet, known.region))
    # What is told of the attachments between transit gateways names where they would lead.
    if "would lead to tgw-" in f"{hop.get('why')} {verdict.get('note')}":
        if state == "pendingAcceptance":
            return _untried(
                f"Accept {one}, a peering of two transit gateways: the owner of the one that was "
                "asked does, in its Region."
            )
        return _untried(f"Peer the two transit gateways anew: {one} is {state}.")
    if state is None:
        return _untried(
            f"Accept {one} while it waits for that, as the transit gateway's owner; else attach "
            "the VPC anew."
        )
    if state != "pendingAcceptance":
        return _untried(f"Attach the VPC anew: {one} is {state}.")
    text = f"Accept {one}: the transit gateway's owner does."
    return _untried(text, loss_commands.accepted_attachment(one, known.region))


def _zone(verdict: Row, hop: Row, known: Known) -> Remedy:
    zone = hop["rule"] or "that Availability Zone"
    text = f"Add a subnet in {zone} to {hop['element_id']}."
    return _untried(text, loss_commands.served(hop["element_id"], _alone(known), known.region))


def _not_associated(verdict: Row, hop: Row, known: Known) -> Remedy:
    which = " or ".join(known.targets) or "a route table of the transit gateway that leads there"
    text = f"Associate {hop['element_id']} with {which}."
    return _untried(text, loss_commands.association(hop["element_id"], _alone(known), known.region))


def _no_gateway_route(verdict: Row, hop: Row, known: Known) -> Remedy:
    block, table = _address(verdict), hop["element_id"]
    way = _by_way_of(known, "the attachment of the other end")
    if hop["element_type"] == "transit-gateway":
        return _untried(f"Add a route to {block} to the table that {table} asks, {way}.")
    text = (
        f"Add a route to {block}, or to a block around it, to {table}, {way}, or have that "
        "propagate into it."
    )
    return _untried(text, loss_commands.gateway_route(table, block, _alone(known), known.region))


def _gateway_blackhole(verdict: Row, hop: Row, known: Known) -> Remedy:
    block, table = hop["rule"], hop["element_id"]
    way = _by_way_of(known, "the attachment of the other end")
    text = f"The route to {block} in {table} drops what it matches: let it lead {way}."
    return _untried(
        text, loss_commands.gateway_route(table, block, _alone(known), known.region, stands=True)
    )


def _no_public_address(verdict: Row, hop: Row, known: Known) -> Remedy:
    """To a private address no gateway of the internet leads: the route to it is what is missing.

    https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
    """
    one, subnet = verdict["peer_ip"], verdict["subnet_id"]
    if ip_address(one).is_global:
        return _untried(
            "Associate a public address with the interface, or route "
            f"{one} by way of a NAT gateway."
        )
    way = _by_way_of(known, "what connects the two")
    return _untried(
        f"Add a route to {_address(verdict)}, or to a block around it, to the table of {subnet}, "
        f"{way}: {hop['element_id']} carries no private addresses."
    )


def _elsewhere(text: str) -> Callable[[Row, Row, Known], Remedy]:
    """Make what only a person can change; the text may name the address and what is there."""
    return lambda verdict, hop, known: _untried(
        text.format(address=verdict["peer_ip"], element=hop["element_id"])
    )


_MAKING: dict[str, Callable[[Row, Row, Known], Remedy]] = {
    "route_missing": _route_missing,
    "route_blackhole": _route_blackhole,
    "route_diverted": _elsewhere(
        "A route of {element} leads {address} elsewhere: change it, or add one that is more "
        "specific."
    ),
    "peering_not_active": _peering_not_active,
    "outside_peer_cidr": _elsewhere(
        "{address} is no address of the VPC behind {element}: route it to where it is."
    ),
    "peering_not_transitive": _elsewhere(
        "{element} leads no further than its two VPCs: connect the VPC of {address} itself, or use "
        "a transit gateway."
    ),
    "tgw_nacl_deny": _gateway_acl,
    "nacl_ingress_deny": _nat_acl,
    "nacl_egress_deny": _nat_acl,
    "tgw_attachment_state": _attachment_state,
    "tgw_not_associated": _not_associated,
    "tgw_zone": _zone,
    "tgw_no_route": _no_gateway_route,
    "tgw_blackhole": _gateway_blackhole,
    "no_public_ip": _no_public_address,
    "no_subnet": _elsewhere("No subnet holds {address}: send it to an address that is there."),
    "no_interface": _elsewhere("No interface has {address}: send it to an address that is there."),
    "beyond_middlebox": _elsewhere("What {element} does with it, its own rules and logs tell."),
    "nat_protocol_unsupported": _elsewhere(
        "NAT gateways carry TCP, UDP and ICMP alone: give the interface a public address, or "
        "another way."
    ),
    "load_balancer_no_listener": _elsewhere(
        "Add a listener for the port to the load balancer at {address}, or use one that it has."
    ),
    "dns_resolved_elsewhere": _elsewhere(
        "{address} is the public address of what has a private one: let its name resolve to that "
        "(enableDnsSupport and enableDnsHostnames of both VPCs, and of a peering connection "
        "AllowDnsResolutionFromRemoteVpc)."
    ),
}
# What a change to the network mends.
MENDABLE = tuple(_MAKING)
# What none does.
_SETTLED = {
    "nat_unsolicited": Remedy(
        "Nothing is to be changed: nobody behind the NAT gateway asked for it."
    ),
    "host_silent": Remedy(
        "Nothing of the network is to be changed: it arrived, and the host did not answer."
    ),
    "host_refused": Remedy(
        "Nothing of the network is to be changed: it arrived, and the host refused it."
    ),
}
