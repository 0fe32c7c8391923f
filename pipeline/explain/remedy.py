"""The change that would let the packet asked about pass, tried where it is of groups or an ACL."""

from collections.abc import Mapping
from typing import Any

from pipeline.engines import duckdb
from pipeline.explain.hop import BLOCK, Hop, filters
from pipeline.explain.legs import Leg
from pipeline.explain.question import WITH_PORTS, Question
from pipeline.remedies.losses import loss_remedy
from pipeline.remedies.remedy import Remedy
from pipeline.remedies.trials import tried

_FILTERS = ("security-group", "network-acl", "block-public-access")


def remedy(
    connection: duckdb.Connection, question: Question, forward: Leg, reply: Leg
) -> Remedy | None:
    """Return the change for the first leg that is blocked; None where none is, or nobody knows.

    `connection` is opened for packets and their remedies.
    """
    leg = next((one for one in (forward, reply) if one.verdict == "blocked"), None)
    if leg is None or leg.decider is None:
        return None
    decider = leg.decider
    if not decider.stage.startswith(_FILTERS):
        return loss_remedy(_verdict(leg, decider), decider._asdict())
    is_reply = leg is reply
    row = _where(leg, decider, is_reply)
    if row is None:
        return None
    if question.port is None and not is_reply and question.protocol in WITH_PORTS:
        return Remedy("Give --port to be told the change.")
    return tried(connection, [_finding(question, leg, row, is_reply)])[0]


def _where(leg: Leg, decider: Hop, is_reply: bool) -> Mapping[str, Any] | None:
    """Return what is said at the end where a hop stands; the subnets on the way are no end."""
    return next((row for row in leg.at_ends.values() if decider in filters(row, is_reply)), None)


def _verdict(leg: Leg, decider: Hop) -> Mapping[str, Any]:
    row = leg.at_ends.get("egress", {})
    return {"cause": decider.cause} | {
        name: row.get(name) for name in ("peer_ip", "vpc_id", "subnet_id")
    }


def _finding(
    question: Question, leg: Leg, row: Mapping[str, Any], is_reply: bool
) -> dict[str, Any]:
    """Return the blocked packet as a finding of `report rejects`: one packet, one peer."""
    blockers = [
        {"element_type": hop.element_type, "element_id": hop.element_id, "rule": hop.rule}
        for hop in filters(row, is_reply)
        if hop.outcome == BLOCK
    ]
    decider = leg.decider
    assert decider is not None
    both = {one["element_type"] for one in blockers} == {"security-group", "network-acl"}
    ends = {"interface_id": row["interface_id"], "src_ip": row["src_ip"], "dst_ip": row["dst_ip"]}
    return {
        "cause": "sg_and_nacl" if both else decider.cause,
        "element_id": decider.element_id,
        "rule": decider.rule,
        "blockers": blockers,
        "path": row["path"],
        "direction": row["direction"],
        "vpc_id": row["vpc_id"],
        "nearest_miss": row["nearest_miss"],
        "protocol": question.protocol,
        "ports": 1,
        "dst_ports": [row["dst_port"]],
        "peers": 1,
        "peer_ips": [row["peer_ip"]],
        "interface_ids": [row["interface_id"]],
        "tried": {
            "ends": [ends],
            "source_port": row["src_port"],
            "last_start": question.at,
        },
    }
