"""Grouping what comes one by one, by its size and by time."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Thing = TypeVar("Thing")


def grouped(
    things: Iterable[Thing],
    size: Callable[[Thing], float],
    most: float,
    seconds: float = float("inf"),
) -> Iterator[list[Thing]]:
    """Group things in their order until their sizes add up to `most`, or for so many seconds."""
    held: list[Thing] = []
    total, begun = 0.0, time.monotonic()
    for thing in things:
        held.append(thing)
        total += size(thing)
        if total >= most or time.monotonic() - begun >= seconds:
            yield held
            held, total, begun = [], 0.0, time.monotonic()
    if held:
        yield held
