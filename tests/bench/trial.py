"""Running what is timed: in a process of its own, alternately with what it is compared with.

Of some rounds the quickest counts, for the seconds and for the processors' seconds each: whatever
else the machine does only adds to them.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TASKS = Path(__file__).parent / "tasks.py"
# A throw-away environment: no user and no test needs what it holds.
_UV = (Path(sys.executable).parent / "uv", "run", "--quiet", "--no-project", "--with")
_WITH = {"flowlogs": (*_UV, "flowlogs-reader==5.0.1", "python")}


@dataclass(frozen=True, slots=True)
class Trial:
    """What a task took: records read, seconds by the clock and of processors, MB at the peak."""

    records: int
    seconds: float
    cpu: float
    peak: float

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds


def machine() -> str:
    """Return what the figures were taken on."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return f"{model}, {cores} cores, Python {platform.python_version()}, load {load:.1f} at start"


def once(task: str, logs: Path, target: Path) -> Trial:
    """Run one task once."""
    command = [*_WITH.get(task, [sys.executable]), TASKS, task, logs, target]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Trial(**json.loads(ran.stdout))


def alternate(tasks: Sequence[str], logs: Path, folder: Path, rounds: int) -> dict[str, Trial]:
    """Run tasks in turn for some rounds and return the best of each, all of the same records."""
    ran: dict[str, list[Trial]] = {task: [] for task in tasks}
    for _ in range(rounds):
        for task in tasks:
            ran[task].append(once(task, logs, folder / task))
    assert len({one.records for trials in ran.values() for one in trials}) == 1
    return {task: _best(trials) for task, trials in ran.items()}


def _best(trials: list[Trial]) -> Trial:
    return Trial(
        trials[0].records,
        min(one.seconds for one in trials),
        min(one.cpu for one in trials),
        max(one.peak for one in trials),
    )
