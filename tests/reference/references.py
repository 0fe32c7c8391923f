"""Group references: whose addresses a rule stands for that names a group instead of a block.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterator
from itertools import product

from .lookup import Interface, found, holds, interfaces, interfaces_were_listed, with_id
from .model import Json, Snapshot
from .outcomes import DOUBTFUL, INEFFECTIVE, MATCH, MISS, UNKNOWN
from .packet import Packet

SUPPORT = "SecurityGroupReferencingSupport"


def reference_outcomes(
    snapshot: Snapshot, interface: Interface, pair: Json, packet: Packet
) -> list[str]:
    """A group reference stands for the private addresses of the interfaces in that group.

    Unknown where nobody listed the members, unless the peer's own interface is known: one of the
    same VPC, for these dumps hold no routes that would name another.
    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    """
    holders = [other for other in interfaces(snapshot) if holds(other, packet.peer)]
    members = [other for other in holders if pair["GroupId"] in (other.group_ids or [])]
    if members:
        return [member_outcome(snapshot, interface, one, packet.direction) for one in members]
    if any(other.group_ids is None for other in holders):
        return [UNKNOWN]
    local = any(other.vpc_id == interface.vpc_id for other in holders)
    return [MISS if local or members_are_known(snapshot, interface, pair) else UNKNOWN]


def members_are_known(snapshot: Snapshot, interface: Interface, pair: Json) -> bool:
    """Whether the group's account listed its interfaces; a stale pair without UserId has none."""
    account = pair.get("UserId")
    return account is None or interfaces_were_listed(snapshot, account, interface.region)


def member_outcome(
    snapshot: Snapshot, interface: Interface, member: Interface, direction: str
) -> str:
    """Whether a reference reaches a member: in its VPC, over a peering or a transit gateway.

    Ineffective where the snapshot shows the way that is shut, doubtful where it shows no way.
    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    """
    if member.vpc_id == interface.vpc_id:
        return MATCH
    if member.region != interface.region:
        return INEFFECTIVE
    peerings = peering_states(snapshot, interface.vpc_id, member.vpc_id)
    if "active" in peerings:
        return MATCH
    outcomes = {
        INEFFECTIVE if peerings else DOUBTFUL,
        *gateway_outcomes(snapshot, interface, member, direction),
    }
    return next(one for one in (MATCH, UNKNOWN, INEFFECTIVE, DOUBTFUL) if one in outcomes)


def peering_states(snapshot: Snapshot, one: str | None, other: str | None) -> list[str]:
    """https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html"""
    return [
        peering["Status"]["Code"]
        for _, peering in found(snapshot, "describe-vpc-peering-connections")
        if {peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]}
        == {one, other}
    ]


def gateway_outcomes(
    snapshot: Snapshot, interface: Interface, member: Interface, direction: str
) -> Iterator[str]:
    """One outcome for each transit gateway to which both VPCs are attached.

    Only inbound rules reach over it, and only where it and both attachments support it.
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
    """
    ours = attachments(snapshot, interface.vpc_id)
    theirs = attachments(snapshot, member.vpc_id)
    for one, other in product(ours, theirs):
        if one["TransitGatewayId"] != other["TransitGatewayId"]:
            continue
        gateway = with_id(
            snapshot, "describe-transit-gateways", "TransitGatewayId", one["TransitGatewayId"]
        )
        said = {support(body) for body in (gateway, one, other)}
        if direction == "egress" or "disable" in said:
            yield INEFFECTIVE
        else:
            yield MATCH if said == {"enable"} else UNKNOWN


def attachments(snapshot: Snapshot, vpc_id: str | None) -> list[Json]:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayVpcAttachment.html"""
    return [
        body
        for _, body in found(snapshot, "describe-transit-gateway-vpc-attachments")
        if body["VpcId"] == vpc_id and body["State"] == "available"
    ]


def support(body: Json | None) -> str | None:
    """`enable` or `disable`; None where the dump lacks the object or its option."""
    option: str | None = ((body or {}).get("Options") or {}).get(SUPPORT)
    return option
