"""Block Public Access, where the log's format does not name it.

https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
"""

from .lookup import Interface, with_id
from .model import Blocker, Expected, Snapshot
from .packet import Packet
from .references import is_local

# The flow-log version that has reject-reason; a record that does not say has it.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
REJECT_REASON = 8


def row_1(vpc_id: str | None) -> Expected:
    """Decision table row 1: VPC Block Public Access, named by the VPC."""
    return refused("certain", 1, vpc_id)


def row_9_or_20(
    snapshot: Snapshot, interface: Interface, packet: Packet, log_version: int
) -> Expected | None:
    """Decision table rows 9 and 20: a public peer and Block Public Access switched on."""
    mode = mode_for(snapshot, interface, packet, log_version)
    if mode == "off":
        return None
    if packet.direction == "ingress":
        return refused("probable", 9, interface.vpc_id)
    return refused("probable", 20, interface.vpc_id) if mode == "block-bidirectional" else None


def mode_for(snapshot: Snapshot, interface: Interface, packet: Packet, log_version: int) -> str:
    """Block Public Access as it concerns the packet; `off` where the log would have named it.

    It concerns internet gateways, not the VPC's own blocks, which may be public ones. These dumps
    hold no routes that would name another way.
    """
    mode = block_mode(snapshot, interface)
    if log_version >= REJECT_REASON or not packet.peer.is_global:
        return "off"
    if is_local(snapshot, interface, packet):
        return "off"
    # In that mode NAT gateways and egress-only internet gateways can be used still.
    if mode == "block-ingress" and interface.kind in ("nat_gateway", "natGateway"):
        return "off"
    return mode


def refused(certainty: str, row: int, vpc_id: str | None) -> Expected:
    kind, cause = "block-public-access", "block_public_access"
    blocker = Blocker(kind, kind, vpc_id, None, cause)
    return Expected(cause, certainty, row, kind, vpc_id, blockers=(blocker,))


def block_mode(snapshot: Snapshot, interface: Interface) -> str:
    """As the subnet states it, else as the VPC does; `off` where neither states anything."""
    places = (
        with_id(snapshot, "describe-subnets", "SubnetId", interface.subnet_id),
        with_id(snapshot, "describe-vpcs", "VpcId", interface.vpc_id),
    )
    for place in places:
        states = (place or {}).get("BlockPublicAccessStates") or {}
        if states.get("InternetGatewayBlockMode"):
            return str(states["InternetGatewayBlockMode"])
    return "off"
