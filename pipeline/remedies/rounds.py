"""Rounds of trials: remedies that cannot touch each other's packets are tried at once.

A change only ever allows, and only what it names. So few judgings do for many findings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import product
from typing import Any

from pipeline.remedies.changes import Changed, element_of
from pipeline.remedies.remedy import Remedy

# Element, direction, protocol, peer and port.
_Key = tuple[str, str, int, str, int | str]
_ANY = "any"


@dataclass(frozen=True, slots=True)
class Trial:
    """A remedy to be tried; what its changes could touch, and what could touch its packets."""

    number: int
    proposed: Remedy
    touches: frozenset[_Key]
    touched_by: frozenset[_Key]


def trial(number: int, proposed: Remedy, finding: Mapping[str, Any]) -> Trial:
    """Return the trial of a remedy for a finding, a row of queries/reports/rejects.sql."""
    elements = [
        element for blocker in finding["blockers"] for element in blocker["element_id"].split(",")
    ]
    ports = finding["dst_ports"][:1] if finding["protocol"] in (6, 17) else []
    touched_by = product(
        elements,
        [finding["direction"]],
        [finding["protocol"]],
        [*map(_address, finding["peer_ips"]), _ANY],
        [*ports, _ANY],
    )
    return Trial(number, proposed, frozenset(map(_key, proposed.changes)), frozenset(touched_by))


def _key(change: Changed) -> _Key:
    """Return what a change could touch: whom of many, and which of many ports, is left open."""
    first, last = change.ports or (0, 65535)
    peer = _address(change.cidr.partition("/")[0]) if change.cidr else _ANY
    port = first if first == last else _ANY
    return element_of(change), change.direction, change.protocol, peer, port


def _address(text: str) -> str:
    """Return an address in one of the ways in which it can be written."""
    try:
        return str(ip_address(text))
    except ValueError:
        return text


def rounds(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Share trials out, each into the first round with which it has nothing to do."""
    shared: list[tuple[list[Trial], set[_Key], set[_Key]]] = []
    for one in trials:
        fitting = (
            other
            for other in shared
            if one.touches.isdisjoint(other[2]) and one.touched_by.isdisjoint(other[1])
        )
        into = next(fitting, None)
        if into is None:
            shared.append(into := ([], set(), set()))
        into[0].append(one)
        into[1].update(one.touches)
        into[2].update(one.touched_by)
    return [together for together, *_ in shared]
