"""Random idle timeouts of interfaces: most are set, and some are set otherwise in a later snapshot.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ConnectionTrackingConfiguration.html
"""

import random

from .state import State

# None is AWS's default, which no answer says.
CHOICES = {
    "TcpEstablishedTimeout": [None, 60, 60, 240, 1800, 3540, 432000],
    "UdpTimeout": [None, None, 30, 45, 60],
    "UdpStreamTimeout": [None, None, 60, 60, 120, 180],
}


def set_timeouts(state: State, seed: str) -> None:
    """By a seed of its own: whatever else is random stays as it is."""
    rng = random.Random(seed)
    for body in state.all("describe-network-interfaces"):
        if rng.random() < 0.4:
            body.pop("ConnectionTrackingConfiguration", None)
        told = {name: rng.choice(values) for name, values in CHOICES.items()}
        kept = {name: seconds for name, seconds in told.items() if seconds is not None}
        if rng.random() < 0.4 and kept:
            body["ConnectionTrackingConfiguration"] = kept
