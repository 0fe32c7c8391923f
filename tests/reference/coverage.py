"""What the flow logs of a snapshot could have seen of an interface.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from .history import Log
from .lookup import Interface, found, interfaces
from .model import Answer, Json, Record, Snapshot
from .silence import PATIENCE

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html
SEES_ACCEPTED = ("ALL", "ACCEPT")
SEES_ALL = ("ALL",)


def accepted_are_logged(snapshot: Snapshot, interface: Interface) -> bool:
    """A flow log that the interface's own account lists takes accepted flows, and delivers."""
    return any(delivering(snapshot, interface, SEES_ACCEPTED))


def were_logged(
    snapshot: Snapshot, interface: Interface, types: tuple[str, ...], record: Record, log: Log
) -> bool:
    """Whether a flow log of these types was there before the record, and went on behind it."""
    return any(
        is_in_time(one, record) and goes_on(snapshot, one["ResourceId"], record, log)
        for one in delivering(snapshot, interface, types)
    )


def is_in_time(one: Json, record: Record) -> bool:
    made = one.get("CreationTime")
    return made is None or datetime.fromisoformat(made) <= record["start_time"]


def goes_on(snapshot: Snapshot, resource: str, record: Record, log: Log) -> bool:
    """Whether there are records of the log's resource from before, and from when answers are due.

    What was never delivered, or not yet, proves nothing.
    """
    everything = replace(snapshot, answers=snapshot.ever or snapshot.answers)
    covered = {
        one.body["NetworkInterfaceId"]
        for one in interfaces(everything)
        if resource in (one.body["NetworkInterfaceId"], one.subnet_id, one.vpc_id)
    }
    starts = [one["start_time"] for one in log if one.get("interface_id") in covered]
    due = (record.get("end_time") or record["start_time"]) + PATIENCE
    return bool(starts) and min(starts) < record["start_time"] and max(starts) >= due


def shows_packets(snapshot: Snapshot, interface: Interface) -> bool:
    """Whether a flow log of all traffic names the packet's own destination."""
    formats = [one.get("LogFormat") or "" for one in delivering(snapshot, interface, SEES_ALL)]
    return any("pkt-dstaddr" in one for one in formats)


def delivering(snapshot: Snapshot, interface: Interface, types: tuple[str, ...]) -> Iterator[Json]:
    for answer, flow_log in active_flow_logs(snapshot, interface):
        is_own = answer.account == interface.account
        is_delivered = flow_log.get("DeliverLogsStatus") != "FAILED"
        if is_own and is_delivered and flow_log.get("TrafficType") in types:
            yield flow_log


def accepted_go_unseen(snapshot: Snapshot, interface: Interface) -> bool:
    """There are flow logs, whoever lists them, and none of them takes accepted flows."""
    types = [log.get("TrafficType") for _, log in active_flow_logs(snapshot, interface)]
    return bool(types) and not any(one in SEES_ACCEPTED for one in types)


def active_flow_logs(snapshot: Snapshot, interface: Interface) -> Iterator[tuple[Answer, Json]]:
    """Those of the interface, of its subnet and of its VPC."""
    resources = (interface.body["NetworkInterfaceId"], interface.subnet_id, interface.vpc_id)
    for answer, flow_log in found(snapshot, "describe-flow-logs"):
        is_active = flow_log.get("FlowLogStatus", "ACTIVE") == "ACTIVE"
        if is_active and flow_log["ResourceId"] in resources:
            yield answer, flow_log
