"""The packets whose judging answers a question: both legs, at both ends, now and a snapshot later.

Where a port is left open, one packet stands for each stretch of ports that all rules treat alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipeline.attribution.packets import PACKETS
from pipeline.explain.question import WITH_PORTS, End, Question, addresses

LAST_PORT = 65535
# The ports that clients ask from.
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
_EPHEMERAL = 1024


@dataclass(frozen=True, slots=True)
class Stretch:
    """Ports that all rules treat alike; `first` is None where a packet has none."""

    first: int | None
    last: int | None

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One packet: of which leg, at which end, to or from which of the targets, and its ports."""

    is_reply: bool
    is_leaving: bool
    target: int
    stretch: Stretch
    at: datetime


def stretches(
    port: int | None, question: Question, turns: Sequence[int], least: int
) -> list[Stretch]:
    """Return the stretches of a port from `least` on: one of one port where it is given."""
    if question.protocol not in WITH_PORTS:
        return [Stretch(None, None)]
    if port is not None:
        return [Stretch(port, port)]
    firsts = sorted({least, *(turn for turn in turns if least < turn <= LAST_PORT)})
    return [
        Stretch(first, after - 1)
        for first, after in zip(firsts, [*firsts[1:], LAST_PORT + 1], strict=True)
    ]


def asked(
    question: Question,
    source: End,
    targets: Sequence[End],
    turns: Sequence[int],
    times: Sequence[datetime],
) -> list[tuple[Asked, dict[str, object]]]:
    """Return the packets, each with its row of PACKETS; `turns` are where rules turn."""
    forward = stretches(question.port, question, turns, 0)
    reply = stretches(question.source_port, question, turns, _EPHEMERAL)
    return [
        (one, row)
        for at in times
        for place, target in enumerate(targets)
        for is_reply, ports in ((False, forward), (True, reply))
        for stretch in ports
        for one, row in _both_ends(
            question, source, target, Asked(is_reply, True, place, stretch, at)
        )
    ]


def _both_ends(
    question: Question, source: End, target: End, one: Asked
) -> Iterator[tuple[Asked, dict[str, object]]]:
    here, there = (target, source) if one.is_reply else (source, target)
    src_ip, dst_ip = addresses(here, there)
    row = {
        "src_ip": src_ip,
        "dst_ip": dst_ip,
        "protocol": question.protocol,
        "dst_port": one.stretch.first,
        "src_port": question.port if one.is_reply else question.source_port,
        "phase": "reply" if one.is_reply else "initial",
        "start_time": one.at,
    }
    for end, is_leaving, direction in ((here, True, "egress"), (there, False, "ingress")):
        if end.interface_id is not None:
            told = Asked(one.is_reply, is_leaving, one.target, one.stretch, one.at)
            yield told, row | {"interface_id": end.interface_id, "direction": direction}


def frame(rows: Sequence[dict[str, object]]) -> pl.DataFrame:
    """Return packets in one table, in their order."""
    columns = ["interface_id", "direction", "src_ip", "dst_ip", "protocol", "src_port", "dst_port"]
    names = [*columns, "phase", "start_time"]
    return pl.DataFrame(list(rows), schema={name: PACKETS[name] for name in names})
