"""What a person at a terminal sees while a command runs, and when it is over."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import GOOD, flowcause
from servers import ENVIRON

from pipeline.sources import aws


def watched(*arguments, cwd, **environment) -> list[str]:
    """Run a command on a terminal of 80 columns and return the lines that are left there."""
    here, there = pty.openpty()
    environ = {"PATH": os.environ["PATH"], "COLUMNS": "80", "TERM": "xterm", **environment}
    command = [Path(sys.executable).parent / "flowcause", *map(str, arguments)]
    ran = subprocess.Popen(command, cwd=cwd, env=environ, stdout=there, stderr=there)
    os.close(there)
    written = b""
    try:
        while data := os.read(here, 65536):
            written += data
    except OSError:
        pass  # On Linux the end of a terminal is an error.
    os.close(here)
    ran.wait(60)
    return screen(written.decode())


def screen(text: str) -> list[str]:
    """Return the lines that a terminal shows: the few codes that rich writes, done."""
    lines, row, column = [""], 0, 0
    for code, plain in re.findall(r"(\x1b\[[?0-9;]*[A-Za-z]|\r|\n)|([^\x1b\r\n]+)", text):
        if plain:
            line = lines[row].ljust(column)
            lines[row] = line[:column] + plain + line[column + len(plain) :]
            column += len(plain)
        elif code == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif code == "\r":
            column = 0
        elif code == "\x1b[2K":
            lines[row] = ""
        elif code.endswith("A"):
            row -= int(code[2:-1] or 1)
    return [line.rstrip() for line in lines if line.strip()]


@pytest.fixture
def queue(cloud):
    """A queue with a message that nobody can read."""
    client = aws.client(cloud, "sqs", "us-east-1")
    url = client.create_queue(QueueName="new")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="hello")
    return url


def test_a_warning_stands_on_a_line_of_its_own_and_the_bar_goes(queue, cloud, tmp_path) -> None:
    told = ["--endpoint-url", cloud.endpoint_url, "--region", "us-east-1"]
    lines = watched("ingest", "sqs", queue, *told, cwd=tmp_path, **ENVIRON)
    said = " ".join(lines)
    assert lines[0].startswith("flowcause: message ")
    assert said.endswith("it is not JSON, as every event of S3 is 0 of 0 objects ingested.")
    assert "looking" not in said


def test_no_bar_is_left_where_a_command_is_refused(tmp_path) -> None:
    (line,) = watched("ingest", "files", "nowhere", cwd=tmp_path)
    assert line.startswith("flowcause: nowhere does not exist")


def test_no_bar_is_left_where_there_is_nothing_to_compact(tmp_path) -> None:
    (tmp_path / "a.log").write_text(GOOD)
    flowcause("ingest", "files", "a.log", cwd=tmp_path)
    assert watched("lake", "compact", cwd=tmp_path) == ["Nothing is worth compacting."]
