"""The lake's lock: one writer at a time, and a word to those who wait for it."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import LakeProblem
from pipeline.lake.disk import told

# A batch is committed in seconds: nobody needs to hear of such a wait.
QUIET_SECONDS = 5.0
# The longest that a writer holds the lock is for a day's files; after that it hangs.
WAIT_SECONDS = 1800.0

log = logging.getLogger(__name__)


@contextmanager
def held(lock: FileLock) -> Iterator[None]:
    """Hold the lock; while another process does, say for whom this waits.

    The kernel frees the lock of a process that dies. Raises LakeProblem after half an hour.
    """
    file = Path(lock.lock_file)
    with told(file.parent):
        _acquire(lock, file)
    try:
        # Only said to those who wait; a full disk does not stop what may make room.
        with suppress(OSError):
            file.write_text(_holder())
        yield
    finally:
        lock.release()


def _acquire(lock: FileLock, file: Path) -> None:
    try:
        lock.acquire(QUIET_SECONDS)
        return
    except Timeout:
        log.warning(f"the lake at {file.parent} is being written to by {_known(file)}: waiting")
    try:
        lock.acquire(WAIT_SECONDS)
    except Timeout as error:
        raise LakeProblem(
            f"the lake at {file.parent} has been locked for {WAIT_SECONDS / 60:.0f} minutes by "
            f"{_known(file)}: end it if it hangs, then run this again"
        ) from error


def _holder() -> str:
    return f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%H:%M:%SZ}\n"


def _known(file: Path) -> str:
    """Return who wrote into the lock file that it has the lock."""
    try:
        return file.read_text(errors="replace").strip() or "another process"
    except OSError:
        return "another process"
