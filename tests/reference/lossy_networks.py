"""`lossy_network(seed)`: a small random organisation with ways, its snapshots, and what got lost.

The same seed always gives the same network. It is written like any other, by `write_dump` and
`write_log` of the networks.
"""

import random
from copy import deepcopy
from datetime import timedelta

from .networks import BEGIN, Network
from .random_losses import random_losses
from .random_timeouts import set_timeouts
from .random_ways import change_ways, hide_ways, random_ways
from .state import photograph

CONVERSATIONS = 120


def lossy_network(seed: int) -> Network:
    return drawn_lossy_network(random.Random(seed), f"{seed}", CONVERSATIONS)


def drawn_lossy_network(rng: random.Random, timeouts: str, count: int) -> Network:
    """A network and so many conversations; `timeouts` is the seed of the interfaces' timeouts."""
    state = random_ways(rng)
    states, instants, instant = [], [], BEGIN
    for number in range(rng.choice([1, 1, 2, 3])):
        if number:
            change_ways(rng, state)
        hide_ways(rng, state)
        set_timeouts(state, f"{timeouts} {number}")
        states.append(deepcopy(state))
        instants.append(instant)
        instant += timedelta(seconds=rng.choice([61, 3600, 3600, 86400]))
    snapshots = [photograph(one, when) for one, when in zip(states, instants, strict=True)]
    return Network(snapshots, random_losses(rng, states, instants, count))
