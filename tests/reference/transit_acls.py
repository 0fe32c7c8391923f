"""The ACLs of the subnets in which a transit gateway has its interfaces.

They ask what comes in from the VPC for its source, and what goes out into it for its destination.
https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
"""

from .acls import ALLOW, DENY, DEPENDS, first_match
from .hops import BLOCK, PASS, UNKNOWN, Hop, Trip
from .lookup import acl_of_subnet

Said = tuple[str, str | None, str | None]


def acl_hop(trip: Trip, subnets: list[str], direction: str) -> Hop:
    """What all of them say alike: any may be the one that the packet passes through."""
    said = {said_by(trip, subnet, direction) for subnet in subnets}
    outcomes = {outcome for outcome, *_ in said}
    stage = f"gateway-acl-{direction}"
    if outcomes == {PASS} or outcomes == {BLOCK}:
        outcome, acl_id, rule = min(said, key=str)
        cause = "tgw_nacl_deny" if outcome == BLOCK else None
        sure = outcome != BLOCK or rule is not None
        return Hop(stage, "network-acl", acl_id, outcome, cause, rule, sure)
    return Hop(stage, "network-acl", None, UNKNOWN)


def said_by(trip: Trip, subnet_id: str, direction: str) -> Said:
    acl = acl_of_subnet(trip.snapshot, subnet_id)
    if acl is None:
        return UNKNOWN, None, None
    outcome, rule = first_match(acl, trip.sent.seen(direction))
    told = {ALLOW: PASS, DENY: BLOCK, DEPENDS: UNKNOWN}[outcome]
    return told, acl["NetworkAclId"], str(rule) if rule else None
