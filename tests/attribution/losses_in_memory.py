"""Records of both ends of a packet in the network of wide_network.py, and what is told of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from network_in_memory import answered, holding
from reference.model import Json, Record, Snapshot
from reference.organisation import NOON, OURS, REGION, STRANGER, THEIRS
from wide_network import Network, snapshot

from pipeline.attribution.stages import STAGES
from pipeline.engines.duckdb import Connection

MINUTE = timedelta(minutes=1)
SENT = NOON + 10 * MINUTE
DAY = timedelta(days=1)
TOLD = """
    select j.line_number, d.*
    from loss_judgements as j
    inner join decisions_made as d on j.decision_id = d.decision_id
    order by j.line_number
"""


def flow(interface: str, src: str, dst: str, direction: str = "egress", **more: Any) -> Record:
    """An accepted SYN from port 50000 to port 443, ten minutes after the snapshot."""
    made = {
        "interface_id": interface,
        "srcaddr": src,
        "dstaddr": dst,
        "pkt_srcaddr": src,
        "pkt_dstaddr": dst,
        "srcport": 50000,
        "dstport": 443,
        "protocol": 6,
        "packets": 3,
        "bytes": 180,
        "tcp_flags": 2,
        "flow_direction": direction,
        "start_time": SENT,
        "end_time": SENT + timedelta(seconds=15),
        "action": "ACCEPT",
        "log_status": "OK",
    }
    return made | more


def answer(record: Record, **more: Any) -> Record:
    """The SYN-ACK that the same interface shows for a record, the other way."""
    direction = "ingress" if record["flow_direction"] == "egress" else "egress"
    turned = {
        "srcaddr": record["dstaddr"],
        "dstaddr": record["srcaddr"],
        "pkt_srcaddr": record["pkt_dstaddr"],
        "pkt_dstaddr": record["pkt_srcaddr"],
        "srcport": record["dstport"],
        "dstport": record["srcport"],
        "flow_direction": direction,
        "tcp_flags": 18 if record["protocol"] == 6 else None,
    }
    return record | turned | more


def at(record: Record, interface: str, **more: Any) -> Record:
    """The same packet as another interface shows it, a second later."""
    direction = "ingress" if record["flow_direction"] == "egress" else "egress"
    later = {"start_time": record["start_time"] + timedelta(seconds=1)}
    return record | later | {"interface_id": interface, "flow_direction": direction} | more


def heartbeat(interface: str, minutes: int) -> Record:
    """What a log says of an interface without traffic."""
    moment = NOON + minutes * MINUTE
    return {
        "interface_id": interface,
        "log_status": "NODATA",
        "start_time": moment,
        "end_time": moment + MINUTE,
    }


WATCHED = ("eni-e", "eni-f", "eni-t", "eni-c", "eni-d")
BEATS = [heartbeat(one, minutes) for one in WATCHED for minutes in (5, 40)]


def log(resource: str, kind: str = "ALL", **more: Any) -> Json:
    made = {
        "FlowLogId": f"fl-{resource}",
        "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS",
        "ResourceId": resource,
        "TrafficType": kind,
    }
    return made | more


def watched(network: Network, *not_these: str) -> Network:
    """The network with a flow log of every VPC, in its owner's account."""
    logs = {(OURS, REGION): "vpc-a", (THEIRS, REGION): "vpc-b", (STRANGER, REGION): "vpc-c"}
    logs[THEIRS, "us-east-1"] = "vpc-d"
    made = {
        (*place, "describe-flow-logs"): [log(vpc)]
        for place, vpc in logs.items()
        if vpc not in not_these
    }
    return network | made


def losses(
    memory: Connection,
    folder,
    records: list[Record],
    *networks: Network,
    beats: list[Record] = BEATS,
    at: tuple[datetime, ...] = (NOON, NOON + DAY),
    counters: Sequence[Record] = (),
) -> list[dict[str, Any]]:
    """The losses told, with `record` for the place of the record.

    One network stands for two days. `counters` are records of a transit gateway.
    """
    both = networks if len(networks) > 1 else networks * 2
    taken: list[Snapshot] = [snapshot(one, when) for one, when in zip(both, at, strict=False)]
    with holding(memory, folder, [*records, *beats], *taken, counters=counters):
        rows = answered(memory, STAGES, TOLD)
    return [row | {"record": row["line_number"] - 2} for row in rows]
