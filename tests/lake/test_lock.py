"""The lake's lock: who waits is told for whom, and does not wait for ever."""

import logging
import re
import threading

import pytest
from filelock import FileLock

from pipeline.errors import LakeProblem
from pipeline.lake import lock


@pytest.fixture
def busy(tmp_path, monkeypatch):
    """A lock file that another has, who lets go of it when told; and no patience."""
    monkeypatch.setattr(lock, "QUIET_SECONDS", 0.0)
    taken, free = threading.Event(), threading.Event()

    def hold():
        with lock.held(FileLock(tmp_path / ".lock")):
            taken.set()
            free.wait(60)

    other = threading.Thread(target=hold)
    other.start()
    taken.wait(60)
    yield tmp_path / ".lock", free
    free.set()
    other.join()


def test_who_waits_says_for_whom(busy, caplog) -> None:
    file, free = busy
    caplog.handler.addFilter(lambda record: free.set() or True)
    with lock.held(FileLock(file)):
        pass
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    holder = r"is being written to by process \d+ on \S+ since \d\d:\d\d:\d\dZ: waiting"
    assert re.search(holder, record.getMessage())


def test_nobody_waits_for_ever(busy, monkeypatch) -> None:
    file, _ = busy
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.0)
    told = r"locked for 0 minutes by process \d+ on \S+ since .*: end it if it hangs"
    with pytest.raises(LakeProblem, match=told), lock.held(FileLock(file)):
        pass


def test_a_lock_file_without_a_word_in_it_is_anothers(busy, monkeypatch) -> None:
    file, _ = busy
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.0)
    file.write_text("")
    with pytest.raises(LakeProblem, match="by another process"), lock.held(FileLock(file)):
        pass
