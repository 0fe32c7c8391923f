"""Over a VPC peering connection.

https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
"""

from .arrivals import arrival, blocks_of
from .hops import BLOCK, PASS, PEERING, UNKNOWN, End, Hop, Trip, Way
from .lookup import found, inside, with_id
from .model import Json, Snapshot

PEERINGS = "describe-vpc-peering-connections"
SIDES = ("RequesterVpcInfo", "AccepterVpcInfo")


def by_peering(trip: Trip, peering_id: str) -> Way:
    """Only an active one carries, and only to the blocks of the VPC on its other side."""
    peering = with_id(trip.snapshot, PEERINGS, "VpcPeeringConnectionId", peering_id)
    far = far_side(peering, trip.interface.vpc_id) if peering else None
    if peering is None or far is None:
        return Way((hop(peering_id, UNKNOWN),), End(PEERING))
    status = (peering.get("Status") or {}).get("Code")
    hops = [] if status == "active" else [told_by(status, peering_id)]
    blocks = peer_blocks(trip.snapshot, far)
    if blocks and not any(inside(trip.sent.destination, cidr) for cidr in blocks):
        beyond = leads_on(trip, peering_id, far["VpcId"])
        cause = "peering_not_transitive" if beyond else "outside_peer_cidr"
        return Way((*hops, hop(peering_id, BLOCK, cause)), End(PEERING))
    if not hops:
        hops = [hop(peering_id, PASS if blocks else UNKNOWN)]
    return arrival(trip.snapshot, far["VpcId"], trip.sent.destination, PEERING).after(*hops)


def told_by(status: str | None, peering_id: str) -> Hop:
    """What a status that is not active makes of the connection."""
    if status is None:
        return hop(peering_id, UNKNOWN)
    return hop(peering_id, BLOCK, "peering_not_active")


def hop(peering_id: str, outcome: str, cause: str | None = None) -> Hop:
    return Hop("peering", "peering", peering_id, outcome, cause)


def far_side(peering: Json, vpc_id: str | None) -> Json | None:
    """The end that is not the VPC's own; None where neither is."""
    near, far = (peering[side] for side in SIDES)
    if vpc_id not in (near["VpcId"], far["VpcId"]):
        return None
    return far if near["VpcId"] == vpc_id else near


def peer_blocks(snapshot: Snapshot, far: Json) -> list[str] | None:
    """What the connection tells of the VPC behind it, and what the VPC tells; None where neither.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnectionVpcInfo.html
    """
    told = [item["CidrBlock"] for item in far.get("CidrBlockSet") or []]
    told += [item["Ipv6CidrBlock"] for item in far.get("Ipv6CidrBlockSet") or []]
    return [*told, *(blocks_of(snapshot, far["VpcId"]) or [])] or None


def leads_on(trip: Trip, peering_id: str, vpc_id: str) -> bool:
    """Whether the peer has an active peering of its own with a VPC that holds the destination.

    Then it was meant to be passed through, which no peering connection does.
    https://docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html
    """
    for _, other in found(trip.snapshot, PEERINGS):
        far = far_side(other, vpc_id)
        if far is None or other["VpcPeeringConnectionId"] == peering_id:
            continue
        blocks = peer_blocks(trip.snapshot, far) or []
        holds = any(inside(trip.sent.destination, cidr) for cidr in blocks)
        if holds and other["Status"]["Code"] == "active":
            return True
    return False
