"""The benches, each on little: that they run at all; what they print is for people to read.

`ingest.py` is left out: it has flowlogs-reader fetched, and a test fetches nothing.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LITTLE = {"RECORDS": "2000", "ROUNDS": "1", "SMALL_OBJECTS": "40", "MILLIONS": "1", "DAY": "1"}
BENCHES = {
    "accuracy.py": "| all |",
    "agreement.py": "judged alike",
    "explaining.py": "explain over",
    "attribution.py": "million records a second",
    "commits.py": "a commit",
    "compacting.py": "records/s",
    "growth.py": "MB at the peak",
    "kinds.py": "MB",
    "objects_in_s3.py": "x the loop's rate",
    "small_objects.py": "objects/s",
    "snapshots.py": "rows of inventory changed",
}


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_runs_and_prints_figures(name) -> None:
    ran = subprocess.run(
        [sys.executable, Path(__file__).parent / name],
        env=os.environ | LITTLE | {"COMMITS": "1", "ACCOUNTS": "1", "VPCS": "2", "NETWORKS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert BENCHES[name] in ran.stdout
