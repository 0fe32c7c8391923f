"""One leg of several: those of the ports that were left open, and of the snapshot after."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.explain.legs import Leg
from pipeline.explain.packets import Stretch

_Place = tuple[datetime, Stretch]


def reading(at: datetime, legs: Mapping[_Place, Leg]) -> Leg:
    """Return the leg at a time, for the most of its ports, with what it depends on.

    Where it depends on the port, or the next snapshot answers otherwise, it is conditional.
    """
    now = {stretch: one for (time, stretch), one in legs.items() if time == at}
    if not now:
        return Leg("unknown", "unknown", [], "neither end is in a snapshot")
    widest = max(_together(now), key=_ports)
    chosen = now[widest[0]]
    notes = [*_by_port(now), *_later(at, legs, widest[0], chosen)]
    return _conditional(chosen, notes) if notes else chosen


def among(legs: Mapping[str, Leg]) -> Leg:
    """Return the leg to or from the first of several addresses of a name.

    Where that of another one is decided otherwise, it is conditional.
    """
    (address, chosen), *others = legs.items()
    otherwise = [
        f"{_outcome(one)} for {other}" for other, one in others if _said(one) != _said(chosen)
    ]
    if not otherwise:
        return chosen
    told = f"it depends on the address: {_outcome(chosen)} for {address}, {', '.join(otherwise)}"
    return _conditional(chosen, [*([chosen.note] if chosen.note else []), told])


def _conditional(chosen: Leg, notes: Sequence[str]) -> Leg:
    certainty = "unknown" if chosen.verdict == "unknown" else "conditional"
    return replace(chosen, certainty=certainty, note="; ".join(notes))


def _said(one: Leg) -> tuple[str | None, ...]:
    decider = one.decider
    return (one.verdict, *(decider[:4] if decider else ()))


def _together(now: Mapping[Stretch, Leg]) -> list[list[Stretch]]:
    """Return the stretches of ports of which the same is said, neighbours or not."""
    by_answer: dict[tuple[str | None, ...], list[Stretch]] = {}
    for stretch, one in now.items():
        by_answer.setdefault(_said(one), []).append(stretch)
    return list(by_answer.values())


def _ports(stretches: list[Stretch]) -> int:
    return sum((one.last or 0) - (one.first or 0) + 1 for one in stretches)


def _by_port(now: Mapping[Stretch, Leg]) -> list[str]:
    together = _together(now)
    if len(together) == 1:
        return []
    told = [f"{_outcome(now[ones[0]])} for {_listed(ones)}" for ones in together]
    return [f"it depends on the port: {', '.join(told)}"]


def _outcome(one: Leg) -> str:
    decider = one.decider
    return (
        f"{one.verdict} by {decider.element_id}" if decider and decider.element_id else one.verdict
    )


def _listed(stretches: list[Stretch]) -> str:
    """Return ports as people write them, neighbouring stretches as one."""
    ordered = sorted((one.first or 0, one.last or 0) for one in stretches)
    runs: list[tuple[int, int]] = []
    for first, last in ordered:
        if runs and runs[-1][1] + 1 == first:
            runs[-1] = runs[-1][0], last
        else:
            runs.append((first, last))
    return ", ".join(str(Stretch(first, last)) for first, last in runs)


def _later(at: datetime, legs: Mapping[_Place, Leg], stretch: Stretch, chosen: Leg) -> list[str]:
    later = [one for (time, ports), one in legs.items() if time != at and ports == stretch]
    otherwise = dict.fromkeys(_outcome(one) for one in later if _said(one) != _said(chosen))
    return [f"the next snapshot answers otherwise: {outcome}" for outcome in otherwise]
