"""flowcause lake, as people use it: what is printed, and with which exit code."""

import json
import os
import sys
from pathlib import Path

import pytest
from test_command_line import GOOD

from pipeline import api
from pipeline.cli import main
from pipeline.config import Settings


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Return a folder with a lake of three logs, each ingested by a run of its own."""
    for number in range(3):
        log = tmp_path / f"{number}.log"
        log.write_text(GOOD.replace("50000", f"5000{number}"))
        api.ingest_files([log], Settings(tmp_path / "lake"))
    return tmp_path


@pytest.fixture
def flowcause(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command of the lake: (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["flowcause", "lake", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run


def test_the_upkeep_of_a_lake(lake, flowcause) -> None:
    def asked(*arguments: str):
        code, out, err = flowcause(*arguments, "--format", "json")
        assert (code, err) == (0, "")
        return json.loads(out)

    told = asked("status")
    assert [row["what"] for row in told["due"]] == ["small files of flows"]
    (done,) = asked("compact")
    assert (done["table"], done["files_before"], done["files_after"]) == ("flows", 3, 1)
    assert asked("compact") == []
    assert asked("expire")["files"] == 0
    for path in (lake / "lake" / "warehouse").rglob("*.*"):
        os.utime(path, (path.stat().st_mtime - 7200,) * 2)
    assert asked("expire", "--older-than", "0s")["files"] > 3
    assert asked("verify") == []


def test_on_a_terminal_of_80_columns(lake, flowcause) -> None:
    code, out, _ = flowcause("status")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "flowcause lake compact" in out
    _, out, _ = flowcause("compact")
    assert out.startswith("flows: 3 files of ")
    assert out.endswith(", 3 rows.\n")
    assert flowcause("compact")[1] == "Nothing is worth compacting.\n"
    assert flowcause("expire")[1] == "0 versions let go, 0 files deleted (0 bytes).\n"
    assert "No maintenance is due." in flowcause("status")[1]
    assert flowcause("verify") == (0, "All is as it should be.\n", "")


def test_findings_end_with_exit_code_1(lake, flowcause) -> None:
    (lake / "0.log").write_text("another\n")
    code, out, _ = flowcause("verify")
    assert code == 1
    said = "changed since; its old rows stay where it is ingested again"
    assert f"{lake / '0.log'}\n   {said}\n1 finding.\n" in out
    code, out, _ = flowcause("verify", "--format", "json")
    assert code == 1
    assert [row["check"] for row in json.loads(out)] == ["sources"]


@pytest.mark.parametrize("verb", ["status", "verify", "compact", "expire"])
def test_without_a_lake_nothing_is_done(tmp_path, flowcause, verb) -> None:
    code, out, err = flowcause(verb)
    assert (code, out) == (2, "")
    assert "no lake at" in err
    assert list(tmp_path.iterdir()) == []


def test_a_time_to_come_is_refused(lake, flowcause) -> None:
    code, _, err = flowcause("expire", "--older-than", "2999-01-01")
    assert code == 2
    assert "2999-01-01 is yet to come" in err
