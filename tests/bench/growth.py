"""Time and peak memory as records grow: a million, ten million, a hundred million.

The last figure is how much longer a record takes than at the smallest size: 1 where the time grows
as the records do. All are in objects of as many records each; the objects differ in their last
lines, so that none is the same as another. Run by `make bench`; MILLIONS sets the sizes, like
"1 10", RECORDS the records of an object.
"""

import os
import shutil
import tempfile
from pathlib import Path

import logs
import trial
from isal import igzip

MILLIONS = [int(size) for size in os.environ.get("MILLIONS", "1 10 100").split()]
# A tenth of a million at most, so that the smallest size has work for every thread, too.
RECORDS = min(int(os.environ.get("RECORDS", "100000")), 100_000)


def main() -> None:
    print(trial.machine())
    took: list[trial.Trial] = []
    with tempfile.TemporaryDirectory() as folder:
        for millions in MILLIONS:
            write(Path(folder) / "logs", millions * 1_000_000 // RECORDS)
            took.append(trial.once("ingest", Path(folder) / "logs", Path(folder) / "lake"))
            shutil.rmtree(Path(folder) / "logs")
            show(took[0], took[-1])


def show(first: trial.Trial, now: trial.Trial) -> None:
    print(
        f"{now.records:>12,} records {now.seconds:8.2f} s {now.cpu:8.2f} s of processors, "
        f"{1e6 / now.rate:6.3f} s a million, {now.peak:6,.0f} MB at the peak",
        flush=True,
    )
    if now is not first:
        more, longer = now.records / first.records, now.seconds / first.seconds
        print(
            f"  {longer:.2f} x the time for {more:.0f} x the records: {longer / more:.2f}",
            flush=True,
        )


def write(folder: Path, objects: int) -> None:
    folder.mkdir()
    text = logs.text(logs.V2, RECORDS - 1, 0)
    last = text.rstrip().rpartition(b"\n")[2].rpartition(b" ")[0]
    for number in range(objects):
        packed = igzip.compress(text + last + b" OK%d\n" % number, 1)
        (folder / f"{number:05}.log.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
