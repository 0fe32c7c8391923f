"""Requests that are answered when so many of them are under way at once: proof without a clock."""

import threading
from contextlib import suppress

# Seconds that nobody waits where all goes well.
_PATIENCE = 5


class Crowd:
    """A place where so many wait for each other, and whether they came together."""

    def __init__(self, number):
        self._barrier = threading.Barrier(number)

    def join(self):
        """Wait for the others; where they come one by one, none waits for them any more."""
        with suppress(threading.BrokenBarrierError):
            self._barrier.wait(_PATIENCE)

    def came_together(self):
        return not self._barrier.broken
