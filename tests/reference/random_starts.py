"""Connections that a random log shows to begin, about when others like them are refused.

Some are nearly like them: of another port, peer, interface, protocol or direction, or refused, too.
"""

import random
from collections.abc import Callable
from datetime import timedelta

from .model import Record
from .packet import SYN
from .random_history import (
    other_direction,
    other_interface,
    other_protocol,
    packet_s_own,
    refused,
)

# Seconds before the start of what is refused: that is a minute, ten or thirty after a snapshot,
# which judges from a minute after it, and lasts up to a minute.
SECONDS = [0, 0, 0, 1, 30, 120, 540, 541, 1000, 1740, 1741, 4000, -1, -30, -31, -60, -61]


def random_starts(rng: random.Random, rejects: list[Record]) -> list[Record]:
    return [
        _begun(rng, reject)
        for reject in rejects
        if reject["tcp_flags"] == SYN
        for _ in range(rng.choice([0, 1, 1, 2]))
    ]


def _begun(rng: random.Random, reject: Record) -> Record:
    """Flags are ORed over the window; the ports that connections come from differ."""
    start = reject["start_time"] - timedelta(seconds=rng.choice(SECONDS))
    made = reject | {
        "action": "ACCEPT",
        "reject_reason": None,
        "tcp_flags": rng.choice([2, 2, 2, 3, 6, 7, 0, 18, None]),
        "srcport": rng.choice([reject["srcport"], 50001]),
        "start_time": start,
        "end_time": start + timedelta(seconds=rng.choice([0, 60])),
    }
    if rng.random() < 0.3:
        made |= packet_s_own(made)
    if rng.random() < 0.2:
        made["flow_direction"] = None
    return rng.choice(NEARLY)(rng, made) if rng.random() < 0.2 else made


def _other_port(rng: random.Random, record: Record) -> Record:
    return record | {"dstport": rng.choice([None, (record["dstport"] + 1) % 65536])}


def _other_peer(rng: random.Random, record: Record) -> Record:
    side = rng.choice(["src", "dst"])
    stranger = "2600:1f18:0:ff::7" if ":" in record["srcaddr"] else "10.0.0.7"
    return record | {f"{side}addr": stranger, f"pkt_{side}addr": None}


NEARLY: list[Callable[[random.Random, Record], Record]] = [
    _other_port,
    _other_peer,
    other_interface,
    other_protocol,
    other_direction,
    refused,
]
