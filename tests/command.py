"""The command line run as people run it, and a flow log to give it."""

import os
import subprocess
import sys
from pathlib import Path

HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status"
)
LINE = (
    "2 047615872826 eni-0a1b2c3d 10.0.1.5 10.0.2.7 50000 443 6 3 180 1772452800 1772452860 "
    "REJECT OK"
)
GOOD = f"{HEADER}\n{LINE}\n"


def flowcause(*arguments, cwd: Path, **environment) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "flowcause", *map(str, arguments)],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "COLUMNS": "80", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def refused(ran: subprocess.CompletedProcess[str]) -> str:
    """Return the one line on stderr of a run that was refused."""
    assert ran.returncode == 2, ran
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert line.startswith("flowcause: ")
    return line
