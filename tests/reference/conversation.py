"""A packet from A to B of the crossing and its answer, as either end may have seen them."""

from datetime import timedelta
from typing import Any

from .connections import flow_log
from .crossed import ONE, TWO, A, B, Crossing
from .crossing import add_interface, crossing, route
from .losses import loss
from .model import Expected, Record, Snapshot
from .organisation import NOON

START = NOON + timedelta(minutes=30)
LOGS = "describe-flow-logs"


def logged(made: Crossing, a: str | None = "ALL", b: str | None = "ALL", **more: Any) -> Crossing:
    """Flow logs of both VPCs, of these types; None leaves one out."""
    for name, account, kind in (("vpc-a", ONE, a), ("vpc-b", TWO, b)):
        if kind:
            made.add(account, LOGS, f"fl-{name}", flow_log(kind, name, **more))
    return made


def packet(interface: str = "eni-a", direction: str = "egress", **more: Any) -> Record:
    """A SYN of eni-a to eni-b's port 443, as one of the two saw it, accepted."""
    made: Record = {
        "interface_id": interface,
        "srcaddr": A,
        "dstaddr": B,
        "srcport": 50000,
        "dstport": 443,
        "protocol": 6,
        "tcp_flags": 2,
        "flow_direction": direction,
        "start_time": START,
        "end_time": START + timedelta(seconds=50),
        "action": "ACCEPT",
        "log_status": "OK",
    }
    return made | more


def answer(interface: str, direction: str, seconds: int = 0, **more: Any) -> Record:
    """The SYN-ACK, so much later."""
    ends = {"srcaddr": B, "dstaddr": A, "srcport": 443, "dstport": 50000, "tcp_flags": 18}
    start = START + timedelta(seconds=seconds)
    times = {"start_time": start, "end_time": start + timedelta(seconds=50)}
    return packet(interface, direction, **(ends | times | more))


def gap(interface: str, begin: int, end: int) -> Record:
    return {
        "interface_id": interface,
        "log_status": "SKIPDATA",
        "start_time": START + timedelta(seconds=begin),
        "end_time": START + timedelta(seconds=end),
    }


def beat(interface: str, seconds: int) -> Record:
    """What a log says of an interface without traffic."""
    return gap(interface, seconds, seconds + 60) | {"log_status": "NODATA"}


BEATS = [beat(one, hours * 3600) for one in ("eni-a", "eni-b", "eni-t") for hours in (-2, 2)]


def judged(made: Crossing | Snapshot, record: Record, *others: Record) -> Expected | None:
    snapshot = made.snapshot() if isinstance(made, Crossing) else made
    return loss(record, [snapshot], [record, *others, *BEATS])


def told(found: Expected | None) -> tuple[str, str, str | None]:
    assert found is not None
    return found.cause, found.certainty, found.element_id


def broken(**more: Any) -> Crossing:
    """No route from A to B."""
    made = logged(crossing(), **more)
    made.of("rtb-a")["Routes"] = [route("10.0.0.0/16", "local")]
    return made


def broken_back(**more: Any) -> Crossing:
    """No route from B to A."""
    made = logged(crossing(), **more)
    made.of("rtb-b")["Routes"] = [route("10.1.0.0/16", "local")]
    return made


def twin(made: Crossing, own: str) -> None:
    """A VPC with the block of A or B and an interface there, in account 1, which logs all."""
    made.add(ONE, "describe-vpcs", "vpc-t", {"VpcId": "vpc-t", "OwnerId": ONE})
    made.add(ONE, "describe-subnets", "subnet-t", {"SubnetId": "subnet-t", "VpcId": "vpc-t"})
    add_interface(made, ONE, "eni-t", "subnet-t", [own])
    made.add(ONE, LOGS, "fl-vpc-t", flow_log("ALL", "vpc-t"))


REFUSED = packet("eni-b", "ingress", action="REJECT")
REACHED = packet("eni-b", "ingress")
REPLIED = answer("eni-b", "egress")
FORWARD, REPLY = "forward", "reply"
