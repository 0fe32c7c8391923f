"""Flow logs, transit gateways and earlier records by hand, to add to an `organisation`."""

from datetime import timedelta
from typing import Any

from .model import Json, Record
from .organisation import OURS

SWAPPED = {
    "srcaddr": "dstaddr",
    "srcport": "dstport",
    "pkt_srcaddr": "pkt_dstaddr",
}
OPPOSITE = {"ingress": "egress", "egress": "ingress", None: None}


def flow_log(kind: str | None = "ALL", resource: str = "vpc-a", **more: Any) -> Json:
    """Of VPC A unless said; more fields may be said, and None leaves one out."""
    made = {
        "FlowLogId": "fl-1",
        "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS",
        "ResourceId": resource,
        "TrafficType": kind,
    }
    return {field: value for field, value in (made | more).items() if value is not None}


def flow_logs(*made: Json) -> dict[str, list[Json]]:
    return {"describe-flow-logs": list(made)}


def attachment(vpc: str, support: str | None = "enable", **more: Any) -> Json:
    made: Json = {
        "TransitGatewayAttachmentId": f"tgw-attach-{vpc}",
        "TransitGatewayId": "tgw-1",
        "VpcId": vpc,
        "VpcOwnerId": OURS,
        "State": "available",
        "Options": {} if support is None else {"SecurityGroupReferencingSupport": support},
    }
    return made | more


def gateway(support: str | None = "enable", name: str = "tgw-1") -> Json:
    options = {} if support is None else {"SecurityGroupReferencingSupport": support}
    return {"TransitGatewayId": name, "OwnerId": OURS, "Options": options}


def joined(*attachments: Json, by: Json | None = None) -> dict[str, list[Json]]:
    """Both VPCs' attachments and their gateway; None where the dump lacks the gateway."""
    return {
        "describe-transit-gateways": [] if by is None else [by],
        "describe-transit-gateway-vpc-attachments": list(attachments),
    }


def accepted(record: Record, seconds: int, **more: Any) -> Record:
    """The same flow, accepted so many seconds before."""
    start = record["start_time"] - timedelta(seconds=seconds)
    return record | {"action": "ACCEPT", "start_time": start} | more


def answered(record: Record, seconds: int = 30, **more: Any) -> Record:
    """The reversed flow, accepted so many seconds before."""
    made = accepted(record, seconds)
    for one, other in SWAPPED.items():
        made |= {one: record.get(other), other: record.get(one)}
    return made | {"flow_direction": OPPOSITE[record.get("flow_direction")]} | more


def skipped(record: Record, began: int, ended: int, status: str = "SKIPDATA") -> Record:
    """A record without a flow, from so many seconds before until so many before."""
    start = record["start_time"]
    return {
        "interface_id": record["interface_id"],
        "log_status": status,
        "start_time": start - timedelta(seconds=began),
        "end_time": start - timedelta(seconds=ended),
    }
