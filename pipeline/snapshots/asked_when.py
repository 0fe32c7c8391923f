"""When answers in files were asked for, where the script that saved them has written it down.

Beside the answers it leaves times.txt, a line each: began, ended, and the name of the file.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import BadInput
from pipeline.times import past

FILE = "times.txt"
Times = dict[Path, tuple[datetime, datetime]]


def times_of(files: Iterable[Path], refused: list[tuple[Path, str]]) -> Times:
    """Return began and ended of files by what is beside them; what cannot be read is noted."""
    times: Times = {}
    for index in sorted({file.with_name(FILE) for file in files}):
        try:
            times |= _read(index)
        except BadInput as problem:
            refused.append((index, str(problem)))
    return times


def _read(index: Path) -> Times:
    try:
        lines = index.read_text(encoding="utf-8").split("\n")
        return dict(_times(index, line) for line in lines if line)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, BadInput) as error:
        raise BadInput(
            f"{index} does not say when answers were asked for ({error}): "
            "they are taken to be of the time of --at"
        ) from error


def _times(index: Path, line: str) -> tuple[Path, tuple[datetime, datetime]]:
    began, ended, name = line.split(" ", 2)
    times = _moment(began), _moment(ended)
    # A clock that is set back meanwhile must not end a call before it began.
    return index.with_name(name), (min(times), max(times))


def _moment(text: str) -> datetime:
    """Read a time as the script writes it. Raises ValueError, and BadInput for one to come."""
    datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    return past(text, datetime.now(UTC))
