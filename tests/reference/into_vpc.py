"""From a transit gateway into a VPC: its zones, ACLs and the route tables of its subnets there.

https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from .arrivals import arrival, at_home, home, subnet_at
from .attachments import Attachment, serving
from .exits import by_nat, to_middlebox
from .hops import BLOCK, GATEWAY, UNKNOWN, End, Hop, Trip, Way
from .routes import ACTIVE, BLACKHOLE, MISSING, Choice, chosen_route, table_of_subnet
from .transit_acls import acl_hop


def into_vpc(trip: Trip, vpc_id: str, target: Attachment | None) -> Way:
    """By any of the attachment's subnets: what they do not all do alike is unknown."""
    subnets = list(target.subnets or ()) if target else []
    destination = trip.sent.destination
    delivered = delivery(trip, vpc_id, subnets)
    delivered = at_home(trip.snapshot, delivered, vpc_id, destination, GATEWAY)
    there = delivered.end.interface
    blocks = subnet_at(trip.snapshot, vpc_id, destination) or {}
    own = there.subnet_id if there else blocks.get("SubnetId")
    hops = []
    if own and target:
        hops.append(zone_hop(trip, target, own))
    # Into the gateway's own subnet no rule is asked.
    # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
    asked = [subnet for subnet in subnets if subnet != own]
    if asked or not subnets:
        hop = acl_hop(trip, asked, "egress")
        mixed = len(asked) < len(subnets) and hop.outcome == BLOCK
        hops.append(Hop(hop.stage, hop.element_type, None, UNKNOWN) if mixed else hop)
    return delivered.after(*hops)


def zone_hop(trip: Trip, target: Attachment, subnet_id: str) -> Hop:
    """AWS promises to deliver into zones with a subnet of the attachment, and no more.

    What it does for others is not said; from there no answer finds its way back.
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
    """
    outcome, _ = serving(trip.snapshot, target, subnet_id)
    cause = "tgw_zone" if outcome == BLOCK else None
    kind = "transit-gateway-attachment"
    return Hop("zone", kind, target.name, outcome, cause, sure=outcome != BLOCK)


def delivery(trip: Trip, vpc_id: str, subnets: list[str]) -> Way:
    """By the route tables of the gateway's subnets, which must all say the same."""
    choices: dict[str, tuple[str | None, Choice]] = {}
    for subnet in subnets:
        table = table_of_subnet(trip.snapshot, subnet, vpc_id)
        name = table["RouteTableId"] if table else None
        unknown = Choice(UNKNOWN)
        routed = chosen_route(trip.snapshot, table, trip.sent.destination) if table else unknown
        choices[subnet] = (name, routed)
    said = {choice for _, choice in choices.values()}
    name, choice = min(choices.values(), key=str, default=(None, Choice(UNKNOWN)))
    if len(said) != 1 or choice.outcome == UNKNOWN:
        return Way((Hop("delivery-route", "route-table", None, UNKNOWN),), End(GATEWAY))
    if choice.outcome in (MISSING, BLACKHOLE):
        cause = f"route_{choice.outcome}"
        blocked = Hop("delivery-route", "route-table", name, BLOCK, cause, choice.destination)
        return Way((blocked,), End(GATEWAY, vpc_id, home(trip.snapshot, vpc_id)[0]))
    return onward(trip, vpc_id, choice).after(
        Hop("delivery-route", "route-table", name, rule=choice.destination)
    )


def onward(trip: Trip, vpc_id: str, choice: Choice) -> Way:
    """To the VPC itself, or on from it; a peering takes in only what comes from its own VPC.

    https://docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html
    """
    assert choice.outcome == ACTIVE
    target = str(choice.target)
    if target == "local":
        return arrival(trip.snapshot, vpc_id, trip.sent.destination, GATEWAY)
    if choice.kind == "VpcPeeringConnectionId":
        hop = Hop("peering", "peering", target, BLOCK, "peering_not_transitive")
        return Way((hop,), End(GATEWAY))
    if choice.kind == "NatGatewayId":
        return Way(by_nat(trip, target).hops, End(GATEWAY))
    kind = "interface" if target.startswith("eni-") else "middlebox"
    return Way(to_middlebox(kind, target).hops, End(GATEWAY))
