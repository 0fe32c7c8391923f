"""Over a VPC peering connection.

https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
"""

from .arrivals import arrival, blocks_of
from .attachments import VPC_ATTACHMENTS
from .hops import BLOCK, PASS, PEERING, UNKNOWN, End, Hop, Trip, Way
from .lookup import found, inside, with_id
from .model import Json, Snapshot
from .routes import is_private

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
    """Whether the peer could reach the destination itself, which no peering connection passes on.

    Over a peering of its own or a transit gateway, or, of what is not private, over the internet.
    https://docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html
    """
    if not is_private(trip.sent.destination):
        return True
    joined = [
        (far["VpcId"], peer_blocks(trip.snapshot, far))
        for _, other in found(trip.snapshot, PEERINGS)
        if other["VpcPeeringConnectionId"] != peering_id and other["Status"]["Code"] == "active"
        if (far := far_side(other, vpc_id))
    ]
    joined += [(one, blocks_of(trip.snapshot, one)) for one in over_gateways(trip, vpc_id)]
    return any(inside(trip.sent.destination, cidr) for _, blocks in joined for cidr in blocks or [])


def over_gateways(trip: Trip, vpc_id: str) -> set[str]:
    """The VPCs that are attached to a transit gateway that this one is attached to, too."""
    attached = {
        (body["TransitGatewayId"], body["VpcId"])
        for _, body in found(trip.snapshot, VPC_ATTACHMENTS)
        if body.get("State") == "available"
    }
    own = {gateway for gateway, one in attached if one == vpc_id}
    return {one for gateway, one in attached if gateway in own and one != vpc_id}
