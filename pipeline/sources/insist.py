"""Answers of AWS's that came damaged: told from whole ones, and asked for again."""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from botocore.parsers import ResponseParserError

# boto3 tries again until an answer begins; what breaks off or is damaged is asked for again here.
_ATTEMPTS = 5
_FIRST_PAUSE = 0.2

Answer = TypeVar("Answer")


class BadBody(OSError):
    """An answer that is not the object: it broke off, ended early, or was damaged on its way."""


def insisting(read: Callable[[], Answer]) -> Answer:
    """Call `read` again where its answer was damaged, after a pause that doubles, with jitter.

    Raises what the last call raised.
    """
    for attempt in range(_ATTEMPTS - 1):
        try:
            return read()
        except (BadBody, ResponseParserError):
            time.sleep(_FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1))
    return read()


def whole(answer: Any, *keys: str) -> Any:
    """Return an answer that has one of what every whole one has. Raises ResponseParserError.

    boto3 takes an answer that is empty, or JSON that broke off, for an answer of nothing.
    """
    if all(answer.get(key) is None for key in keys):
        raise ResponseParserError(f"an answer without {keys[0]}")
    return answer
