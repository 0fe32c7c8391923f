"""Write the sample organisation: snapshots, the truth about its faults, README, flow logs.

Usage: python sample_data/generate.py

Everything follows from the plants: first they are declared, then the truth about them is written,
then the logs. The same program always writes the same bytes.
"""

import shutil
from pathlib import Path

from generator.interfaces import INTERFACES
from generator.logs import write_logs
from generator.readme import write_readme
from generator.records import Record
from generator.scenes import records_of
from generator.snapshots import write_snapshots
from generator.traffic import ordinary_records, quiet_records
from generator.trail import write_trail
from generator.truth import FAULTS, write_truth

HERE = Path(__file__).parent


def main() -> None:
    for folder in ("snapshots", "logs", "trail"):
        shutil.rmtree(HERE / folder, ignore_errors=True)
    write_snapshots(HERE / "snapshots")
    write_truth(HERE / "truth.csv")
    write_readme(HERE / "README.md", len(INTERFACES))
    write_logs(HERE / "logs", all_records())
    write_trail(HERE / "trail")


def all_records() -> list[Record]:
    told = [record for fault in FAULTS for record in records_of(fault)]
    told += ordinary_records()
    return [*told, *quiet_records(told)]


if __name__ == "__main__":
    main()
