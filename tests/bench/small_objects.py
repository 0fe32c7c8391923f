"""Objects a second from disk where they are many and small: ten thousand of 2 to 32 KB.

Run by `make bench`; SMALL_OBJECTS sets how many.
"""

import gzip
import os
import random
import tempfile
from pathlib import Path

import logs
import trial

OBJECTS = int(os.environ.get("SMALL_OBJECTS", "10000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
LEAST, MOST = 2 * 1024, 32 * 1024
# A packed record of version 2 takes about so many bytes.
RECORD = 21


def main() -> None:
    print(trial.machine())
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "logs")
        best = trial.alternate(("floor", "ingest"), Path(folder) / "logs", Path(folder), ROUNDS)
    ours, floor = best["ingest"], best["floor"]
    print(f"{OBJECTS:,} objects of 2 to 32 KB, {ours.records:,} records, best of {ROUNDS}")
    print(f"  flowcause ingest {OBJECTS / ours.seconds:>8,.0f} objects/s {ours.seconds:8.2f} s")
    print(f"  bare floor       {OBJECTS / floor.seconds:>8,.0f} objects/s {floor.seconds:8.2f} s")
    print(f"  peak memory      {ours.peak:>8,.0f} MB")


def write(folder: Path) -> None:
    """Cut objects out of one long log, which costs less than making each."""
    folder.mkdir()
    rng = random.Random(0)
    header, *lines = logs.text(logs.V2, 200_000, 0).splitlines()
    for number in range(OBJECTS):
        count = rng.randrange(LEAST, MOST) // RECORD
        first = rng.randrange(len(lines) - count)
        text = b"\n".join([header, *lines[first : first + count], b""])
        (folder / f"{number:05}.log.gz").write_bytes(gzip.compress(text, 6, mtime=0))


if __name__ == "__main__":
    main()
