"""What one small ingest costs after 1, 100, 300 and 1,000 others: a run of an object of 20 records.

Each figure is the median of nine runs in a row; the clock's time says what a user waits, the
processor's what the machine did. A commit is timed from the read object on, a run with all around
it. The lake maintains itself on the way, nothing else is run. Run by `make bench`; COMMITS sets how
many there are.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline import api
from pipeline.config import Settings
from pipeline.ingest import run

COMMITS = int(os.environ.get("COMMITS", "1000"))
MARKS = [mark for mark in (1, 100, 300, 1000) if mark <= COMMITS]
ROUND = 9
HEADER = "interface-id srcaddr dstaddr srcport dstport protocol start end action"


def main() -> None:
    print("one small ingest after so many others, on the clock and (of the processor)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        timed: list[tuple[float, ...]] = []
        for one in times(Path(folder)):
            timed.append(one)
            mark = len(timed) - ROUND
            if mark in MARKS:
                show(mark, median(timed, MARKS[0]), median(timed, mark))


def show(mark: int, first: list[float], now: list[float]) -> None:
    commit, worked, whole, all_worked = (1000 * seconds for seconds in now)
    ratios = [later / before for later, before in zip(now, first, strict=True)]
    print(
        f"  {mark:>5,}  a commit {commit:>4,.0f} ms ({worked:,.0f}): {ratios[0]:.2f} "
        f"({ratios[1]:.2f}) x the first's, a run {whole:>4,.0f} ms ({all_worked:,.0f}): "
        f"{ratios[2]:.2f} ({ratios[3]:.2f}) x",
        flush=True,
    )


def median(timed: list[tuple[float, ...]], mark: int) -> list[float]:
    """Return the medians of the runs after `mark` others: commit, its processor, run, its own."""
    columns = zip(*timed[mark : mark + ROUND], strict=True)
    return [statistics.median(column) for column in columns]


def times(folder: Path) -> Iterator[tuple[float, ...]]:
    """Ingest object after object and yield the times of each."""
    commit, committed = run.commit, []

    def timed_commit(*arguments) -> None:
        begun, worked = time.perf_counter(), time.process_time()
        commit(*arguments)
        committed.append((time.perf_counter() - begun, time.process_time() - worked))

    run.commit = timed_commit
    for number in range(MARKS[-1] + ROUND):
        log = folder / f"{number}.log"
        log.write_text("\n".join([HEADER, *lines(number), ""]))
        begun, worked = time.perf_counter(), time.process_time()
        api.ingest_files([log], Settings(folder / "lake"))
        yield *committed[-1], time.perf_counter() - begun, time.process_time() - worked
    run.commit = commit


def lines(number: int) -> list[str]:
    """Return 20 records and a line that does not fit."""
    start = 1_772_409_600 + number * 60
    fitting = [
        f"eni-{line:08x} 10.0.0.{line} 10.1.0.1 {number} 443 6 {start} {start + 60} ACCEPT"
        for line in range(20)
    ]
    return [*fitting, f"bad {number}"]


if __name__ == "__main__":
    main()
