"""Ingest's records a second from local files, beside the bare floor, DuckDB and flowlogs-reader.

Eight objects of a million records each, with the 14 fields of version 2 and with the 29 of versions
2 to 5. All read the same gzip files in the same run. Run by `make bench`; RECORDS sets the records
of an object, ROUNDS how often each is run.
"""

import os
import tempfile
from pathlib import Path

import logs
import trial

OBJECTS = 8
RECORDS = int(os.environ.get("RECORDS", "1000000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
# flowlogs-reader reads one object, of fewer records; its rate is compared.
FEW = min(RECORDS, 100_000)
NAMES = {
    "ingest": "flowcause ingest",
    "floor": "bare floor",
    "copy": "DuckDB COPY",
    "flowlogs": "flowlogs-reader",
}


def main() -> None:
    print(trial.machine())
    for name, header in (("v2, 14 fields", logs.V2), ("v5, 29 fields", logs.V5)):
        with tempfile.TemporaryDirectory() as folder:
            compare(name, header, Path(folder))


def compare(name: str, header: str, folder: Path) -> None:
    logs.write(folder / "logs", header, OBJECTS, RECORDS)
    logs.write(folder / "few", header, 1, FEW)
    best = trial.alternate(("floor", "ingest", "copy"), folder / "logs", folder, ROUNDS)
    best["flowlogs"] = trial.once("flowlogs", folder / "few", folder)
    ours = best["ingest"]
    print(f"{name}: {ours.records:,} records in {OBJECTS} objects, best of {ROUNDS}")
    for task, took in best.items():
        print(
            f"  {NAMES[task]:<16} {took.rate:>11,.0f} records/s {took.seconds:8.2f} s "
            f"{took.cpu:8.2f} s of processors {took.peak:7,.0f} MB"
        )
    floor, copy = best["floor"], best["copy"]
    print(f"  {ours.seconds / floor.seconds:.2f} x the floor's time", end="")
    print(f" ({ours.cpu / floor.cpu:.2f} x of processors)")
    print(f"  {ours.rate / copy.rate:.2f} x DuckDB's rate", end="")
    print(f" ({copy.cpu / ours.cpu:.2f} x of processors)")
    print(f"  {ours.rate / best['flowlogs'].rate:.0f} x flowlogs-reader's rate")


if __name__ == "__main__":
    main()
