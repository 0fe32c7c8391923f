"""Maintenance killed with SIGKILL: the lake reads as before or after, and the next run cleans up.

The moments are seeded: each run dies at a certain one of the calls that Python makes in it.
"""

import os
import random
import signal
import subprocess
import sys

import many_commits
import pytest
from many_commits import contents, expire_all, files, ingest
from polars.testing import assert_frame_equal

from pipeline import api
from pipeline.config import Settings
from pipeline.lake import rewrite
from pipeline.lake.catalog import open_lake
from pipeline.lake.compact import compact
from pipeline.lake.tables import TABLES

KILLS = int(os.environ.get("KILLS", "10"))
# For every line "verb number" forks a process that runs the verb and kills itself at that call of a
# function of ours, of pyiceberg or pathlib; says how many calls there were and how it ended.
RUNS = """
import os, signal, sys, threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from pipeline.lake import rewrite
from pipeline.lake.catalog import open_lake
from pipeline.lake.compact import compact
from pipeline.lake import expire as expiring
rewrite.CHUNK = 7
expiring.UNREGISTERED = timedelta(0)
counted = ("/pyiceberg/", "/pipeline/", "/pathlib")
calls = 0
def run(verb, last):
    def count(frame, event, argument):
        global calls
        if any(part in frame.f_code.co_filename for part in counted):
            calls += 1
            if calls == last:
                os.kill(os.getpid(), signal.SIGKILL)
    threading.settrace(count)
    sys.settrace(count)
    lake = open_lake(Path(sys.argv[1]))
    compact(lake) if verb == "compact" else expiring.expire(lake, datetime.now(UTC))
    sys.settrace(None)
for line in sys.stdin:
    child = os.fork()
    if not child:
        run(line.split()[0], int(line.split()[1]))
        print(calls, end=" ", flush=True)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a verb to a certain call: (calls, if it came so far), exit."""
    command = [sys.executable, "-c", RUNS, str(tmp_path / "lake")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def ask(verb: str, last: int = 0) -> list[int]:
            process.stdin.write(f"{verb} {last}\n")
            process.stdin.flush()
            return [int(word) for word in process.stdout.readline().split()]

        yield ask
        process.stdin.close()


def test_nothing_is_lost_or_doubled_whenever_it_dies(tmp_path, run) -> None:
    settings, rng = Settings(tmp_path / "lake"), random.Random(20260302)
    ingest(settings, tmp_path / "logs", range(2))
    lake = open_lake(settings.lake)
    calls = {verb: run(verb)[0] for verb in ("compact", "expire")}
    killed = 0
    for number in range(2, 2 + KILLS):
        ingest(settings, tmp_path / "logs", range(number, number + 1))
        before = contents(lake)
        verb = ("compact", "expire")[number % 2]
        killed += run(verb, rng.randrange(calls[verb])) == [-signal.SIGKILL]
        assert_same(before, contents(lake))
    assert killed >= 0.8 * KILLS
    before = contents(lake)
    compact(lake)
    expire_all(lake)
    assert_same(before, contents(lake))
    assert api.lake_verify(settings) == []
    data = {path for path in many_commits.on_disk(lake) if "/data/" in path}
    assert data == {path for name in TABLES for path in files(lake, name)}


def assert_same(before, after) -> None:
    for name in before:
        assert_frame_equal(before[name], after[name])


@pytest.mark.parametrize("step", ["swap", "show"])
def test_it_dies_between_its_two_commits(tmp_path, monkeypatch, step) -> None:
    settings = Settings(tmp_path / "lake")
    ingest(settings, tmp_path / "logs", range(3))
    lake = open_lake(settings.lake)
    before, planned = contents(lake), files(lake, "flows")

    def dies(*_) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"pipeline.lake.commits.Batch.{step}", dies)
    with pytest.raises(KeyboardInterrupt):
        compact(lake)
    monkeypatch.undo()
    assert files(lake, "flows") == planned
    assert_same(before, contents(lake))
    ingest(settings, tmp_path / "logs", range(3, 4))
    assert set(planned) < set(files(lake, "flows")), "the next batch rolls it back"
    compact(lake)
    expire_all(lake)
    assert api.lake_verify(settings) == []
    assert rewrite.SORTING not in " ".join(many_commits.on_disk(lake))
