"""Whoever waits for the lake's lock is told so, whichever command it is."""

import json
import sys
import threading
from io import StringIO

import pytest
from command import GOOD
from filelock import FileLock
from rich.console import Console

from pipeline import cli
from pipeline.ingest.summary import Summary
from pipeline.lake import lock
from pipeline.reports import logs, progress


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


def test_the_word_of_it_goes_above_the_bar(monkeypatch) -> None:
    page = StringIO()
    monkeypatch.setattr(sys, "stderr", page)
    with progress.bar(Console(file=page, width=80, force_terminal=True)) as update:
        update(Summary(found=2, size=1))
        logs.write("waiting")
    # The bar is erased before the line is written, and drawn anew below it.
    before, _, after = page.getvalue().partition("flowcause: waiting")
    assert before.endswith("\x1b[2K")
    assert "0/2 objects" in after
