"""Group references: whose addresses a rule stands for that names a group instead of a block.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterator
from itertools import product

from .acls import same_subnet, vpc_cidrs
from .attachments import CARRYING
from .lookup import Interface, found, holds, inside, interfaces, interfaces_were_listed, with_id
from .model import Json, Snapshot
from .outcomes import DOUBTFUL, INEFFECTIVE, MATCH, MISS, UNKNOWN
from .packet import Packet
from .routes import chosen_route, table_of_subnet

SUPPORT = "SecurityGroupReferencingSupport"


def reference_outcomes(
    snapshot: Snapshot, interface: Interface, pair: Json, packet: Packet
) -> list[str]:
    """A group reference stands for the private addresses of the interfaces in that group.

    An address of the VPC's own blocks is there and nowhere else, whoever has it too; these dumps
    hold no routes that would name another VPC. Unknown where nobody listed the members, unless the
    peer's own interface is known: one of the same VPC.
    https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    """
    holders = [other for other in interfaces(snapshot) if holds(other, packet.peer)]
    if is_local(snapshot, interface, packet):
        holders = [other for other in holders if other.vpc_id == interface.vpc_id]
    members = [other for other in holders if pair["GroupId"] in (other.group_ids or [])]
    told = [member_outcome(snapshot, interface, one, packet.direction) for one in members]
    if MATCH in told and is_redirected(snapshot, interface, packet):
        told = [DOUBTFUL if one == MATCH else one for one in told]
    if any(other.group_ids is None for other in holders):
        told.append(UNKNOWN)
    if told:
        return told
    local = any(other.vpc_id == interface.vpc_id for other in holders)
    return [MISS if local or members_are_known(snapshot, interface, pair) else UNKNOWN]


def is_redirected(snapshot: Snapshot, interface: Interface, packet: Packet) -> bool:
    """Whether the subnet's route to the peer leads by an appliance or an endpoint.

    A reference does not hold across a middlebox, to whatever VPC (section 2.2). Within a subnet no
    route is asked, and what comes in may have come by another way than its answer goes.
    """
    table = table_of_subnet(snapshot, interface.subnet_id, interface.vpc_id)
    if table is None or same_subnet(snapshot, interface, packet):
        return False
    target = chosen_route(snapshot, table, packet.peer).target
    return str(target).startswith(("vpce-", "eni-", "i-"))


def is_local(snapshot: Snapshot, interface: Interface, packet: Packet) -> bool:
    """Whether the peer is in a block of the interface's own VPC."""
    vpc = with_id(snapshot, "describe-vpcs", "VpcId", interface.vpc_id)
    return vpc is not None and any(inside(packet.peer, cidr) for cidr in vpc_cidrs(vpc))


def members_are_known(snapshot: Snapshot, interface: Interface, pair: Json) -> bool:
    """Whether the group's account listed its interfaces; a stale pair without UserId has none."""
    account = pair.get("UserId")
    return account is None or interfaces_were_listed(snapshot, account, interface.region)


def member_outcome(
    snapshot: Snapshot, interface: Interface, member: Interface, direction: str
) -> str:
    """Whether a reference reaches a member: in its VPC, over a peering or a transit gateway.

    Ineffective where the snapshot shows the way that is shut, doubtful where it shows no way, or
    where both sides say different things of a peering connection.
    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
    """
    if member.vpc_id == interface.vpc_id:
        return MATCH
    if member.region != interface.region:
        return INEFFECTIVE
    peerings = peering_states(snapshot, interface.vpc_id, member.vpc_id)
    over_gateways = set(gateway_outcomes(snapshot, interface, member, direction))
    if {"active"} in peerings or MATCH in over_gateways:
        return MATCH
    if UNKNOWN in over_gateways:
        return UNKNOWN
    if any("active" in states for states in peerings):
        return DOUBTFUL
    return INEFFECTIVE if peerings or over_gateways else DOUBTFUL


def peering_states(snapshot: Snapshot, one: str | None, other: str | None) -> list[set[str]]:
    """What is said of each peering connection of two VPCs: both its sides list it.

    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
    """
    said: dict[str | None, set[str]] = {}
    for _, peering in found(snapshot, "describe-vpc-peering-connections"):
        ends = {peering[f"{end}VpcInfo"]["VpcId"] for end in ("Requester", "Accepter")}
        if ends == {one, other}:
            name = peering.get("VpcPeeringConnectionId")
            said.setdefault(name, set()).add(peering["Status"]["Code"])
    return list(said.values())


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
    """Those that carry traffic, as one does that is being modified (section 2.7).

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayVpcAttachment.html
    """
    return [
        body
        for _, body in found(snapshot, "describe-transit-gateway-vpc-attachments")
        if body["VpcId"] == vpc_id and body["State"] in CARRYING
    ]


def support(body: Json | None) -> str | None:
    """`enable` or `disable`; None where the dump lacks the object or its option."""
    option: str | None = ((body or {}).get("Options") or {}).get(SUPPORT)
    return option
