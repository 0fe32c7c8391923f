"""The change that would let the packet asked about pass, tried where it is of groups or an ACL.

It is that of what decides. Where more blocks the packet or its answer, that is named beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.attribution import packets
from pipeline.attribution.changed import Change
from pipeline.engines import duckdb
from pipeline.explain.hop import BLOCK, UNKNOWN, Hop, filters
from pipeline.explain.icmp import answer
from pipeline.explain.legs import Leg
from pipeline.explain.question import WITH_PORTS, Question
from pipeline.remedies.losses import loss_remedy
from pipeline.remedies.places import placed
from pipeline.remedies.remedy import NOT_AGAIN, Remedy
from pipeline.remedies.trials import tried

_FILTERS = ("security-group", "network-acl", "block-public-access")


def remedy(
    connection: duckdb.Connection,
    question: Question,
    forward: Leg,
    reply: Leg,
    changes: tuple[Sequence[Change], Sequence[Change]],
) -> Remedy | None:
    """Return the change for the first leg that is blocked; None where none is, or nobody knows.

    `connection` is opened for packets and their remedies, and these are being judged. `changes` are
    those by which the legs were judged, for an ICMP type.
    """
    leg = next((one for one in (forward, reply) if one.verdict == "blocked"), None)
    if leg is None or leg.decider is None:
        return None
    decider, is_reply = leg.decider, leg is reply
    row = _where(leg, decider, is_reply)
    if row is None or not decider.stage.startswith(_FILTERS):
        made, mended = _of_the_way(connection, leg, decider), [decider]
    else:
        if question.port is None and not is_reply and question.protocol in WITH_PORTS:
            return Remedy("Give --port to be told the change.")
        finding = _finding(question, leg, row, is_reply)
        if changes[0] and not is_reply:
            packets.rejudge(connection, *changes)
        made = tried(connection, finding, row["packet_id"], changes[is_reply])
        at_end = [hop for hop in filters(row, is_reply) if hop.outcome == BLOCK]
        mended = at_end if finding["cause"] == "sg_and_nacl" else [decider]
    others = [hop for hop in leg.blockers if hop not in mended]
    back = reply.blockers if leg is forward and reply.verdict == "blocked" else []
    return made and _as_far_as_known(_first_of(made, len(mended), others, back), leg)


def _as_far_as_known(made: Remedy, leg: Leg) -> Remedy:
    """Leave unchecked what brings a packet no further than to what nobody knows."""
    if not made.checked or all(hop.outcome != UNKNOWN for hop in leg.path):
        return made
    return replace(made, checked=False, check=f"{made.check}; what is not known of its way stays")


def _first_of(made: Remedy, count: int, others: Sequence[Hop], back: Sequence[Hop]) -> Remedy:
    """Say what else blocks; while something does on its way, no change alone is checked."""
    # Where nothing is to be changed there is nothing to be tried either.
    if made.check is None or (not others and not back):
        return made
    told = [
        f"{_named(hop)} blocks it{way}"
        for hops, way in ((others, ""), (back, " on the way back"))
        for hop in hops
    ]
    first = "First" if count == 1 else f"First {count}"
    text = f"{first} of {count + len(told)} changes: {made.text} Then, too: {'; '.join(told)}."
    if not others:
        return replace(made, text=text)
    check = f"{made.check}; what else blocks it stays"
    return replace(made, text=text, checked=False, check=check)


def _named(hop: Hop) -> str:
    return f"{hop.element_id} ({hop.cause})" if hop.element_id else f"{hop.cause}"


def _of_the_way(connection: duckdb.Connection, leg: Leg, decider: Hop) -> Remedy | None:
    verdict = _verdict(leg, decider)
    if decider.cause == "route_diverted" and decider.element_type == "interface":
        return Remedy(
            f"{verdict['peer_ip']} is that of {decider.element_id} in the sender's own VPC, out of "
            "which no route leads it: give the other interface another address.",
            check=f"{NOT_AGAIN}: only groups and ACLs are",
        )
    (known,) = placed(connection, [_lost(leg, verdict, decider)], {}).values()
    return loss_remedy(verdict, decider._asdict(), known)


def _lost(leg: Leg, verdict: Mapping[str, Any], decider: Hop) -> Mapping[str, Any]:
    """Return a lost packet as a finding of `report rejects`, as far as its place is asked for."""
    leaving, arriving = leg.at_ends.get("egress", {}), leg.at_ends.get("ingress", {})
    ends = [{name: row[name] for name in ("src_ip", "dst_ip")} for row in (leaving,) if row]
    return {
        **verdict,
        "element_id": decider.element_id,
        "peer_vpc_id": arriving.get("vpc_id") or leaving.get("peer_vpc_id"),
        "peer_ips": [verdict["peer_ip"]],
        "tried": {"ends": ends},
    }


def _where(leg: Leg, decider: Hop, is_reply: bool) -> Mapping[str, Any] | None:
    """Return what is said at the end where a hop stands; the subnets on the way are no end."""
    return next((row for row in leg.at_ends.values() if decider in filters(row, is_reply)), None)


def _verdict(leg: Leg, decider: Hop) -> Mapping[str, Any]:
    row = leg.at_ends.get("egress", {})
    return {"cause": decider.cause} | {
        name: row.get(name) for name in ("peer_ip", "vpc_id", "subnet_id")
    }


def _icmp(question: Question) -> tuple[int, int] | None:
    """Return type and code as rules have them, -1 for any code; None for every type."""
    if question.icmp_type is None:
        return None
    return question.icmp_type, -1 if question.icmp_code is None else question.icmp_code


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
        "peer_vpc_id": row["peer_vpc_id"],
        "nearest_miss": row["nearest_miss"],
        "protocol": question.protocol,
        "icmp": _icmp(answer(question) if is_reply else question),
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
