"""Answers to what a Network Load Balancer brought with the client's own address kept.

It takes them back, whatever the routes; it is in the target's VPC, or in one peered with it.
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
"""

from dataclasses import replace

from .history import Log, ends_of
from .lookup import Interface, found, holds, interfaces
from .model import Record, Snapshot
from .silence import sent_there

BALANCER = "network_load_balancer"
SIDES = ("RequesterVpcInfo", "AccepterVpcInfo")


def may_be_brought(record: Record, own: Interface, snapshots: list[Snapshot], log: Log) -> bool:
    """Whether nobody shows that it asked, and such a load balancer is or was where it could be."""
    everything = replace(snapshots[0], answers=snapshots[0].ever)
    ends = ends_of(record)
    named = own.body["NetworkInterfaceId"]
    asked = any(
        ends is not None and holds(one, ends[1][0]) and sent_there(record, one, log)
        for one in interfaces(everything)
        if one.body["NetworkInterfaceId"] != named
    )
    places = {own.vpc_id, *peered(everything, own.vpc_id)}
    balancers = [one for one in interfaces(everything) if one.kind == BALANCER]
    return not asked and any(one.vpc_id in places for one in balancers)


def peered(snapshot: Snapshot, vpc_id: str | None) -> set[str]:
    """Those that any connection was ever between, and the VPC."""
    pairs = [
        {(one.get(side) or {}).get("VpcId") for side in SIDES}
        for _, one in found(snapshot, "describe-vpc-peering-connections")
    ]
    return {other for pair in pairs if vpc_id in pair for other in pair if other}
