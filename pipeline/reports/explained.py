"""A question answered, as one JSON object."""

from dataclasses import asdict
from typing import Any

from pipeline.explain.answer import Answer
from pipeline.explain.hop import Hop
from pipeline.explain.legs import Leg
from pipeline.explain.seen import OBSERVED


def document(answer: Answer) -> dict[str, Any]:
    """Return the answer as one JSON object."""
    told = answer.told
    return {
        "question": asdict(told.question),
        "source": asdict(told.source),
        "destination": asdict(told.destination),
        "forward": _leg(told.forward),
        "reply": _leg(told.reply),
        "dns": told.dns
        and {
            "name": told.dns.name,
            "addresses": told.dns.addresses,
            "path": [_hop(hop) for hop in told.dns.hops],
        },
        "snapshots": [
            {name: row[name] for name in ("account_id", "region", *OBSERVED)}
            for row in told.snapshots
        ],
        "observed": answer.observed,
        "changes": answer.changes,
        "remedy": answer.told.remedy
        and {
            name: getattr(answer.told.remedy, name)
            for name in ("text", "aws_cli", "terraform", "checked", "check")
        },
    }


def _leg(leg: Leg) -> dict[str, Any]:
    decider = leg.decider
    return {
        "verdict": leg.verdict,
        "cause": decider and decider.cause,
        "certainty": leg.certainty,
        "element_type": decider and decider.element_type,
        "element_id": decider and decider.element_id,
        "rule": decider and decider.rule,
        "path": [_hop(hop) for hop in leg.path],
        "blockers": [
            {"stage": hop.stage, "cause": hop.cause}
            | {name: getattr(hop, name) for name in ("element_type", "element_id", "rule")}
            for hop in leg.blockers
        ],
        "note": leg.note,
    }


def _hop(hop: Hop) -> dict[str, Any]:
    names = ("stage", "element_type", "element_id", "rule", "outcome", "why")
    return {name: getattr(hop, name) for name in names}
