"""Whoever waits for the lake's lock is told so, whichever command it is."""

import json
import sys
import threading

import pytest
from command import GOOD
from filelock import FileLock

from pipeline import cli
from pipeline.lake import lock


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a lake, what a command may read into it, and no patience."""
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        (tmp_path / f"{name}.log").write_text(GOOD.replace("eni-0a", f"eni-{name}"))
        run(monkeypatch, "ingest", "files", f"{name}.log")
    (tmp_path / "c.log").write_text(GOOD)
    place = tmp_path / "dump" / "accounts" / "047615872826" / "eu-west-1"
    place.mkdir(parents=True)
    (place / "describe-vpcs.json").write_text(json.dumps({"Vpcs": [{"VpcId": "vpc-1"}]}))
    monkeypatch.setattr(lock, "QUIET_SECONDS", 0.0)
    return tmp_path


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["flowcause", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code in (0, None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest", "files", "c.log"],
        ["snapshot", "load", "dump", "--at", "2026-03-01"],
        ["attribute"],
        ["lake", "compact"],
        ["lake", "expire"],
    ],
    ids=" ".join,
)
def test_who_waits_is_told_for_whom(folder, arguments, monkeypatch, caplog, capsys) -> None:
    taken, free = threading.Event(), threading.Event()

    def hold():
        with lock.held(FileLock(folder / "lake" / ".lock")):
            taken.set()
            free.wait(60)

    other = threading.Thread(target=hold)
    other.start()
    taken.wait(60)
    caplog.handler.addFilter(lambda record: free.set() or True)
    try:
        run(monkeypatch, *arguments)
    finally:
        free.set()
        other.join()
    said = capsys.readouterr().err.splitlines()
    waiting = [line for line in said if "is being written to by process" in line]
    assert waiting
    assert all(line.startswith("flowcause: ") for line in said)
