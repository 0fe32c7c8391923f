"""The way of a packet that its own subnet let go: what it meets, and where it should arrive.

Groups and ACLs of the two ends are not on it: what they refuse has a record of its own. The ACLs
of a transit gateway's subnets are, for no interface of anyone's writes what they refuse.
https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
"""

from dataclasses import replace

from .acls import same_subnet
from .arrivals import arrival, at_home, blocks_of, candidates
from .exits import by_exit
from .hops import (
    BLOCK,
    LOCAL,
    UNKNOWN,
    Hop,
    Sent,
    Trip,
    Way,
)
from .lookup import Interface
from .model import Json, Snapshot
from .peered import by_peering
from .routes import ACTIVE, BLACKHOLE, MISSING, Choice, chosen_route, table_of_subnet
from .transit import by_gateway

TELLING = ("peering_not_active", "tgw_attachment_state")


def way(snapshot: Snapshot, interface: Interface, sent: Sent) -> Way:
    """Hops in path order and the other end, in the network of one snapshot."""
    trip = Trip(snapshot, interface, sent)
    found = at_once(trip) or routed(trip)
    if found.end.vpc_id is not None:
        return found
    held = candidates(snapshot, sent.destination)
    return replace(found, end=replace(found.end, candidates=held))


def at_once(trip: Trip) -> Way | None:
    """Within a subnet no route is asked.

    https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
    """
    vpc_id = trip.interface.vpc_id
    if vpc_id and same_subnet(trip.snapshot, trip.interface, trip.sent.seen("egress")):
        return arrival(trip.snapshot, vpc_id, trip.sent.destination, LOCAL)
    return None


def routed(trip: Trip) -> Way:
    """By the route table of the sender's subnet.

    An address of the VPC's own stays in it: a route more specific than the local one leads there
    by a middlebox, and no table is without a local route.
    https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
    """
    vpc_id, found = trip.interface.vpc_id, by_table(trip)
    if vpc_id is None or blocks_of(trip.snapshot, vpc_id) is None:
        return found
    return at_home(trip.snapshot, found, vpc_id, trip.sent.destination, LOCAL)


def by_table(trip: Trip) -> Way:
    table = table_of_subnet(trip.snapshot, trip.interface.subnet_id, trip.interface.vpc_id)
    if table is None:
        return Way((Hop("route", "route-table", None, UNKNOWN),))
    choice = chosen_route(trip.snapshot, table, trip.sent.destination)
    if choice.outcome == ACTIVE:
        return onward(trip, choice).after(hop(table, rule=choice.destination))
    if choice.outcome == BLACKHOLE:
        return into_a_blackhole(trip, table, choice)
    if choice.outcome == MISSING:
        return Way((hop(table, BLOCK, "route_missing"),))
    return Way((hop(table, UNKNOWN),))


def into_a_blackhole(trip: Trip, table: Json, choice: Choice) -> Way:
    """A route to what is gone or does not work: where the target itself tells why, it decides.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
    """
    beyond = onward(trip, choice)
    if beyond.hops and beyond.hops[0].cause in TELLING:
        return beyond.after(hop(table, rule=choice.destination))
    return beyond.after(hop(table, BLOCK, "route_blackhole", choice.destination))


def hop(
    table: Json, outcome: str = "pass", cause: str | None = None, rule: str | None = None
) -> Hop:
    return Hop("route", "route-table", table["RouteTableId"], outcome, cause, rule)


def onward(trip: Trip, choice: Choice) -> Way:
    """What the route's target does with the packet."""
    if choice.target == "local" and trip.interface.vpc_id:
        return arrival(trip.snapshot, trip.interface.vpc_id, trip.sent.destination, LOCAL)
    if choice.kind == "VpcPeeringConnectionId":
        return by_peering(trip, str(choice.target))
    if choice.kind == "TransitGatewayId":
        return by_gateway(trip, str(choice.target))
    return by_exit(trip, choice)
