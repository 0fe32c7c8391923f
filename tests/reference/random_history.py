"""What a random log holds beside its REJECT records: accepted flows, gaps, and older records.

All are made around one REJECT record, near the edges of what counts as seen before it.
"""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

from .model import Record
from .state import new_id

OPPOSITE = {"ingress": "egress", "egress": "ingress"}
SWAPPED = {"srcaddr": "dstaddr", "srcport": "dstport", "pkt_srcaddr": "pkt_dstaddr"}
# Seconds from an accepted flow to the record; the boundaries are 0, an hour, and a minute more than
# each timeout from its end, which is up to a minute after its start.
SECONDS = [0, 0, 1, 30, 30, 240, 241, 300, 660, 661, 720, 1800, 3599, 3600, 3600, 3601, 7200]
SECONDS += [-1, -60, 90, 91, 120, 121, 150, 180, 181, 300, 301, 1860, 1861, 1921]
# Seconds from the begin of a gap to the record, and how long the gap is.
GAPS = [
    (4000, 400),
    (4000, 400),
    (4000, 399),
    (3660, 60),
    (1800, 60),
    (0, 60),
    (-1, 60),
    (9000, 60),
]
OLDER = [3599, 3600, 3600, 3600, 3601, 5400, 7200]


def random_history(rng: random.Random, rejects: list[Record]) -> list[Record]:
    return [record for reject in rejects for record in _around(rng, reject)]


def _around(rng: random.Random, reject: Record) -> Iterator[Record]:
    if rng.random() < 0.03:
        yield _flowless(rng, reject, "SKIPDATA", *rng.choice(GAPS))
    if rng.random() < 0.25:
        yield _flowless(rng, reject, "NODATA", rng.choice(OLDER), 60)
    if reject["action"] is None:
        return
    chance = rng.random()
    if chance < 0.36:
        yield _accepted(rng, _answered(rng, reject))
    elif chance < 0.46:
        yield _accepted(rng, reject)
    elif chance < 0.53:
        yield rng.choice(SPOILT)(rng, _accepted(rng, _answered(rng, reject)))
    elif chance < 0.7:
        yield _accepted(rng, _answered(rng, reject))
        yield _accepted(rng, reject)


def _flowless(rng: random.Random, reject: Record, status: str, before: int, lasting: int) -> Record:
    start = reject["start_time"] - timedelta(seconds=before)
    place = ("interface_id", "account_id", "vpc_id", "subnet_id")
    return dict.fromkeys(reject) | {
        **{field: reject[field] for field in place},
        "log_status": status,
        "start_time": start,
        "end_time": start + timedelta(seconds=lasting),
    }


def _accepted(rng: random.Random, record: Record) -> Record:
    start = record["start_time"] - timedelta(seconds=rng.choice(SECONDS))
    flags = rng.choice([None, 2, 2, 3, 18, 19, 0]) if record["protocol"] == 6 else 0
    return record | {
        "action": "ACCEPT",
        "reject_reason": None,
        "tcp_flags": flags,
        "start_time": start,
        "end_time": start + timedelta(seconds=rng.choice([0, 30, 60])),
    }


def _answered(rng: random.Random, record: Record) -> Record:
    """The flow the other way; the two may differ in which columns they fill."""
    made = dict(record)
    for one, other in SWAPPED.items():
        made |= {one: record[other], other: record[one]}
    direction = OPPOSITE.get(record["flow_direction"])
    made["flow_direction"] = direction if rng.random() < 0.8 else None
    if rng.random() < 0.3:
        made |= packet_s_own(made)
    return made


def packet_s_own(record: Record) -> Record:
    """The packet's own addresses where its columns are empty, or else in both places."""
    source = record["pkt_srcaddr"] or record["srcaddr"]
    target = record["pkt_dstaddr"] or record["dstaddr"]
    ends = {"srcaddr": source, "dstaddr": target}
    filled = {"pkt_srcaddr": source, "pkt_dstaddr": target}
    return ends | (filled if record["pkt_srcaddr"] is None else dict.fromkeys(filled))


def _other_port(rng: random.Random, record: Record) -> Record:
    field = rng.choice(["srcport", "dstport"])
    return record | {field: rng.choice([None, (record[field] + 1) % 65536])}


def other_interface(rng: random.Random, record: Record) -> Record:
    return record | {"interface_id": new_id(rng, "eni")}


def other_protocol(rng: random.Random, record: Record) -> Record:
    return record | {"protocol": 6 if record["protocol"] == 17 else 17}


def other_direction(rng: random.Random, record: Record) -> Record:
    return record | {"flow_direction": rng.choice(["ingress", "egress"])}


def refused(rng: random.Random, record: Record) -> Record:
    return record | {"action": "REJECT"}


SPOILT: list[Callable[[random.Random, Record], Record]] = [
    _other_port,
    other_interface,
    other_protocol,
    other_direction,
    refused,
]
