"""Others' connections that a random log shows answered, about when some start came to nothing.

Some are nearly like it: of another port or direction, or no answer.
"""

import random
from datetime import timedelta

from .model import Record
from .packet import SYN, TCP

SWAPPED = {"srcaddr": "dstaddr", "srcport": "dstport", "pkt_srcaddr": "pkt_dstaddr"}
# Seconds before the start of what may be lost. That is a minute, ten, thirty or two hours after a
# snapshot, which judges from a minute after it, and lasts up to a minute.
SECONDS = [0] * 8 + [1, 30, 540, 541, 1740, 1741, 7140, 7141, -1, -30, -30, -31, -60, -61]


def random_answers(rng: random.Random, records: list[Record]) -> list[Record]:
    return [
        _answer(rng, record)
        for record in records
        if record["protocol"] == TCP and record["tcp_flags"] == SYN
        if record["action"] == "ACCEPT" and record["flow_direction"] != "ingress"
        if rng.random() < 0.7
    ]


def _answer(rng: random.Random, sent: Record) -> Record:
    """From the port that was called, to another than called there."""
    made = dict(sent)
    for one, other in SWAPPED.items():
        made |= {one: sent[other], other: sent[one]}
    start = sent["start_time"] - timedelta(seconds=rng.choice(SECONDS))
    return made | {
        "dstport": rng.choice([50002] * 15 + [sent["srcport"]]),
        "srcport": rng.choice([sent["dstport"]] * 8 + [22, None]),
        "tcp_flags": rng.choice([18] * 6 + [19, 16, 2, 4, None]),
        "flow_direction": rng.choice(["ingress"] * 5 + [None, None, "egress"]),
        "action": rng.choice(["ACCEPT", "ACCEPT", "ACCEPT", "REJECT"]),
        "start_time": start,
        "end_time": start + timedelta(seconds=rng.choice([0, 60])),
    }
