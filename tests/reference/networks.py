"""`random_network(seed)`: a small random organisation, its snapshots, and a log to judge.

The same seed always gives the same network; `drawn_network` draws one from whatever draws.
"""

import random
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .dumps import write_dump as write_snapshots
from .dumps import write_log as write_records
from .model import Record, Snapshot
from .random_changes import forget_groups, hide_some, mutate
from .random_records import random_records
from .random_rules import fill_acls, fill_groups
from .random_timeouts import set_timeouts
from .random_topology import random_topology
from .state import photograph

BEGIN = datetime(2025, 6, 1, tzinfo=UTC)
RECORDS = 200


@dataclass(frozen=True)
class Network:
    """Snapshots in order of time, and the log's records in order of lines.

    Among the records are accepted flows and records without flows, which have no verdicts.
    """

    snapshots: list[Snapshot]
    records: list[Record]


def random_network(seed: int) -> Network:
    return drawn_network(random.Random(seed), f"{seed}", RECORDS)


def drawn_network(rng: random.Random, timeouts: str, count: int) -> Network:
    """A network and so many refused records; `timeouts` is the seed of the interfaces' timeouts."""
    state = random_topology(rng)
    fill_groups(rng, state)
    fill_acls(rng, state)
    if rng.random() < 0.2:
        forget_groups(rng, state)
    states, instants, instant = [], [], BEGIN
    for number in range(rng.choice([1, 2, 3, 3])):
        if number:
            mutate(rng, state)
        hide_some(rng, state)
        set_timeouts(state, f"{timeouts} {number}")
        states.append(deepcopy(state))
        instants.append(instant)
        instant += timedelta(seconds=rng.choice([60, 61, 119, 3600, 86400]))
    snapshots = [photograph(one, when) for one, when in zip(states, instants, strict=True)]
    return Network(snapshots, random_records(rng, states, instants, count))


def distinct(rng: random.Random) -> random.Random:
    """Give each thing an id of its own, for hypothesis likes to draw one number twice."""
    rng.getrandbits = random.Random(0).getrandbits  # type: ignore[method-assign]
    return rng


def write_dump(network: Network, folder: Path) -> list[Path]:
    """Each snapshot's answers under `<folder>/<n>/accounts/<account>/<region>/`; the folders."""
    return write_snapshots(network.snapshots, folder)


def write_log(network: Network, path: Path) -> None:
    """The records as a flow-log file; record i (from 0) is line i + 2."""
    write_records(network.records, path)
