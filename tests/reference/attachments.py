"""Attachments of transit gateways, and the zones that they serve.

https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .hops import BLOCK, PASS, UNKNOWN
from .lookup import about, found
from .model import Json, Snapshot

VPC_ATTACHMENTS = "describe-transit-gateway-vpc-attachments"
PEERING_ATTACHMENTS = "describe-transit-gateway-peering-attachments"
ANY_ATTACHMENTS = "describe-transit-gateway-attachments"
TABLES = "describe-transit-gateway-route-tables"
ASSOCIATIONS = "get-transit-gateway-route-table-associations"
CARRYING = ("available", "modifying")
SIDES = ("RequesterTgwInfo", "AccepterTgwInfo")

Zone = tuple[str, ...]


@dataclass(frozen=True)
class Attachment:
    """`resource` is the VPC, or the gateway on the other side of a peering.

    `far_id` is how that gateway names a peering attachment; subnets are None where unknown.
    """

    name: str
    kind: str
    resource: str | None
    owner: str | None
    state: str | None
    subnets: tuple[str, ...] | None = None
    far_id: str | None = None

    @property
    def carries(self) -> bool:
        """https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"""
        return self.state in CARRYING


def attachments(snapshot: Snapshot, gateway_id: str) -> Iterator[Attachment]:
    """Those of one gateway; by the list of their kind, by that of all, by the tables' own."""
    for _, body in found(snapshot, VPC_ATTACHMENTS):
        if body["TransitGatewayId"] == gateway_id:
            yield of_vpc(body)
    for _, body in found(snapshot, PEERING_ATTACHMENTS):
        yield from of_peering(body, gateway_id)
    for _, body in found(snapshot, ANY_ATTACHMENTS):
        if body["TransitGatewayId"] == gateway_id:
            yield of_any(body)
    tables = [body for _, body in found(snapshot, TABLES) if body["TransitGatewayId"] == gateway_id]
    for table in tables:
        told = about(snapshot, ASSOCIATIONS, table["TransitGatewayRouteTableId"]) or {}
        for item in told.get("Associations", []):
            yield of_association(item)


def of_association(item: Json) -> Attachment:
    """What a table's associations tell of an attachment that is in no list.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRouteTableAssociation.html
    """
    name, kind = item["TransitGatewayAttachmentId"], str(item.get("ResourceType"))
    return Attachment(name, kind, item.get("ResourceId"), None, None, None, name)


def of_vpc(body: Json) -> Attachment:
    subnets = body.get("SubnetIds")
    return Attachment(
        body["TransitGatewayAttachmentId"],
        "vpc",
        body["VpcId"],
        body.get("VpcOwnerId"),
        body.get("State"),
        None if subnets is None else tuple(subnets),
    )


def of_peering(body: Json, gateway_id: str) -> Iterator[Attachment]:
    """Both gateways name it alike, unless the answer has an id of the accepter's own.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayPeeringAttachment.html
    """
    name = body["TransitGatewayAttachmentId"]
    names = (name, body.get("AccepterTransitGatewayAttachmentId") or name)
    ends = [body[side] for side in SIDES]
    for own, far in ((0, 1), (1, 0)):
        if ends[own]["TransitGatewayId"] == gateway_id:
            resource, owner = ends[far]["TransitGatewayId"], ends[far].get("OwnerId")
            state = body.get("State")
            yield Attachment(names[own], "peering", resource, owner, state, None, names[far])


def of_any(body: Json) -> Attachment:
    name = body["TransitGatewayAttachmentId"]
    resource, owner = body.get("ResourceId"), body.get("ResourceOwnerId")
    return Attachment(name, body["ResourceType"], resource, owner, body.get("State"), None, name)


def attachment_of_vpc(snapshot: Snapshot, gateway_id: str, vpc_id: str | None) -> Attachment | None:
    """One that carries, else any: what is deleted stays listed for a while."""
    own = [
        one
        for one in attachments(snapshot, gateway_id)
        if (one.kind, one.resource) == ("vpc", vpc_id)
    ]
    return min(own, key=lambda one: (not one.carries, one.subnets is None, one.name), default=None)


def attachment_with_id(snapshot: Snapshot, gateway_id: str, name: str) -> Attachment | None:
    return next((one for one in attachments(snapshot, gateway_id) if one.name == name), None)


def serving(
    snapshot: Snapshot, attachment: Attachment, subnet_id: str | None
) -> tuple[str, list[str]]:
    """Whether the attachment has a subnet in the zone of this one; and which may be that subnet.

    https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
    """
    if attachment.subnets is None:
        return UNKNOWN, []
    same = {one: same_zone(snapshot, one, subnet_id) for one in attachment.subnets}
    there = [one for one in same if same[one]]
    if there:
        return PASS, there
    unsure = [one for one in same if same[one] is None]
    return (UNKNOWN, unsure) if unsure or not same else (BLOCK, [])


def same_zone(snapshot: Snapshot, one: str, other: str | None) -> bool | None:
    """None where no snapshot tells both, or only names that two accounts give their zones.

    https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
    """
    if one == other:
        return True
    ours, theirs = zones(snapshot, one), zones(snapshot, other)
    comparable = {zone[:-1] for zone in ours} & {zone[:-1] for zone in theirs}
    return bool(ours & theirs) if comparable else None


def zones(snapshot: Snapshot, subnet_id: str | None) -> set[Zone]:
    """The zone's id, and its name with the account that calls it so; a subnet stays where it is.

    https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html
    """
    told: set[Zone] = set()
    everything = replace(snapshot, answers=snapshot.ever or snapshot.answers)
    for answer, body in found(everything, "describe-subnets"):
        if body["SubnetId"] == subnet_id:
            if body.get("AvailabilityZoneId"):
                told.add(("id", body["AvailabilityZoneId"]))
            if body.get("AvailabilityZone"):
                told.add(("name", answer.account, body["AvailabilityZone"]))
    return told
