"""Over a transit gateway, and one more that it is peered with.

https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from dataclasses import replace

from .attachments import Attachment, attachment_of_vpc, attachment_with_id, serving
from .hops import BLOCK, GATEWAY, UNKNOWN, End, Hop, Trip, Way
from .into_vpc import into_vpc
from .routes import ACTIVE, BLACKHOLE, MISSING
from .transit_acls import acl_hop
from .transit_tables import UNSEEN, TableRoute, association, table_route

LEAVING = ("vpn", "direct-connect-gateway", "vpn-concentrator", "client-vpn")
NOWHERE = End(GATEWAY)


def by_gateway(trip: Trip, gateway_id: str) -> Way:
    """The VPC's own attachment: its state, its subnet in the sender's zone, that subnet's ACL."""
    own = attachment_of_vpc(trip.snapshot, gateway_id, trip.interface.vpc_id)
    if own is None:
        return Way((Hop("attachment", "transit-gateway", gateway_id, UNKNOWN),), NOWHERE)
    state = state_hop(own)
    zone, subnets = serving(trip.snapshot, own, trip.interface.subnet_id)
    hops = [state, zone_hop(own, zone)]
    if zone != BLOCK:
        hops.append(acl_hop(trip, subnets, "ingress"))
    return through(trip, gateway_id, own.name).after(*hops)


def state_hop(one: Attachment) -> Hop:
    kind = "transit-gateway-attachment"
    if one.state is None:
        return Hop("attachment", kind, one.name, UNKNOWN)
    if one.carries:
        return Hop("attachment", kind, one.name)
    return Hop("attachment", kind, one.name, BLOCK, "tgw_attachment_state")


def zone_hop(one: Attachment, outcome: str) -> Hop:
    cause = "tgw_zone" if outcome == BLOCK else None
    return Hop("zone", "transit-gateway-attachment", one.name, outcome, cause)


def through(trip: Trip, gateway_id: str, attachment_id: str, more: int = 1) -> Way:
    """The table that the attachment it came by is associated with, and the route in it.

    `more` is how many gateways may follow.
    """
    said, table_id = association(trip.snapshot, gateway_id, attachment_id)
    kind = "transit-gateway-attachment"
    if said == UNSEEN:
        return unseen(Hop("association", kind, attachment_id))
    if table_id is None:
        hop = Hop("association", kind, attachment_id, BLOCK, "tgw_not_associated")
        return Way((hop,), NOWHERE)
    joined = Hop("association", kind, attachment_id)
    table = Hop("gateway-route", "transit-gateway-route-table", table_id)
    route = table_route(trip.snapshot, table_id, trip.sent.destination)
    if route is None:
        return unseen(table).after(joined)
    if route.outcome != ACTIVE:
        return Way((joined, refused(table, route)), NOWHERE)
    return led(trip, gateway_id, route, more).after(joined, replace(table, rule=route.destination))


def unseen(hop: Hop) -> Way:
    """What only the gateway's owner sees, and no snapshot of the owner's has."""
    missing = Hop(hop.stage, hop.element_type, hop.element_id, UNKNOWN, "tgw_table_unseen")
    return Way((missing,), NOWHERE)


def refused(table: Hop, route: TableRoute) -> Hop:
    causes = {MISSING: "tgw_no_route", BLACKHOLE: "tgw_blackhole"}
    cause = causes.get(route.outcome)
    outcome = BLOCK if cause else UNKNOWN
    return Hop(table.stage, table.element_type, table.element_id, outcome, cause, route.destination)


def led(trip: Trip, gateway_id: str, route: TableRoute, more: int) -> Way:
    """Where the attachment leads to which the route sends the packet."""
    name = str(route.attachment)
    target = attachment_with_id(trip.snapshot, gateway_id, name)
    state = (
        state_hop(target)
        if target
        else Hop("attachment", "transit-gateway-attachment", name, UNKNOWN)
    )
    if route.kind in LEAVING:
        return Way((state,), NOWHERE)
    if route.kind == "vpc":
        vpc_id = str(route.resource or (target.resource if target else None))
        return into_vpc(trip, vpc_id, target).after(state)
    return next_gateway(trip, target if route.kind == "peering" else None, more).after(state)


def next_gateway(trip: Trip, target: Attachment | None, more: int) -> Way:
    """Over a peering of gateways, whose routes are static; what a third would do is not told.

    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering.html
    """
    if target is None or target.resource is None or not more:
        name = target.resource if target else None
        return Way((Hop("gateway-peering", "transit-gateway", name, UNKNOWN),), NOWHERE)
    return through(trip, target.resource, str(target.far_id), more - 1)
