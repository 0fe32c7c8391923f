"""What came of trying a remedy, told: what it lets through, and what refuses its packets next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.remedies.remedy import AGAIN, NOT_AGAIN, Remedy
from pipeline.remedies.surroundings import MOST

# What is judged: the packet itself, the packet at its other end, and what answers it.
ITSELF, ARRIVING, ANSWER = 0, 1, 2
_WHAT = {ITSELF: "it", ARRIVING: "it", ANSWER: "its answers"}


def checked(
    proposed: Remedy, finding: Mapping[str, Any], verdicts: Sequence[Mapping[str, Any]]
) -> Remedy:
    """Say what came of a trial: allowed, and by what refused next; or what is against it."""
    itself = [one for one in verdicts if one["step"] == ITSELF]
    against = next((one for one in itself if not one["allowed"]), None)
    # Of what may have been refused it is not known that it passes.
    if all(one["was_refused"] is False for one in itself):
        why = "it passes, as things stood at its last record"
        return replace(proposed, check=f"{NOT_AGAIN}: {why}")
    if against is not None:
        return replace(proposed, check=f"{AGAIN}: {_against(against)}")
    ends = len(finding["tried"]["ends"])
    some = f" in {MOST} of its {ends} pairs of ends" if ends > MOST else ""
    told = "".join(f"; next, {_refusal(one)}" for one in _next(verdicts))
    check = f"{AGAIN}: groups and ACL let it through{some}{told}"
    return replace(proposed, checked=True, check=check)


def _next(verdicts: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the first refusal at the other end, and the first one of the answers."""
    refused = [one for one in verdicts if one["allowed"] is False]
    for step in (ARRIVING, ANSWER):
        yield from [one for one in refused if one["step"] == step][:1]


def _against(verdict: Mapping[str, Any]) -> str:
    """Name what is against a packet: what was there to be changed, or what comes next."""
    is_next = verdict["cause"] == "block_public_access"
    return f"{'next, ' if is_next else ''}{_refusal(verdict)}"


def _refusal(verdict: Mapping[str, Any]) -> str:
    """Name what refuses a packet that is judged, or why that is not known."""
    what, at = _WHAT[verdict["step"]], f"at {verdict['interface_id']}"
    if verdict["allowed"] is None:
        return f"whether it passes {at} is not known ({verdict['cause']}: {verdict['note']})"
    if verdict["element_type"] == "network-acl":
        rule = f"rule {verdict['rule']} of " if verdict["rule"] else ""
        return f"{rule}{verdict['element_id']} refuses {what} {at}"
    if verdict["element_type"] == "security-group":
        return f"no rule of {verdict['element_id']} allows {what} {at}"
    return f"VPC Block Public Access may refuse {what} {at}"
