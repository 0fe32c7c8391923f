"""What it costs to compact a day: records a second and peak memory, for two sizes of a day.

The day is made of files of a quarter of a million records each, in the order of their times, as
ingest leaves them. Each size is compacted in a process of its own. Run by `make bench`; DAY sets
the records of the larger day in millions.
"""

import os
import subprocess
import sys
import tempfile
from itertools import chain
from pathlib import Path

import polars as pl

from pipeline.lake.catalog import create_lake
from pipeline.lake.commits import writing
from pipeline.lake.staging import staging
from pipeline.lake.tables import LEDGER

MILLIONS = int(os.environ.get("DAY", "8"))
FILE = 250_000
START = 1_772_409_600_000_000
RUN = """
import sys, time
from pathlib import Path
from pipeline.lake.catalog import open_lake
from pipeline.lake.compact import compact
lake = open_lake(Path(sys.argv[1]))
begun = time.perf_counter()
(done,) = [one for one in compact(lake) if one.table == "flows"]
took = time.perf_counter() - begun
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
print(f"{done.rows:>12,} records: {done.rows / took:>9,.0f} records/s, peak {peak:,.0f} MB, "
      f"{done.files_before} files of {done.bytes_before / 1e6:,.0f} MB became "
      f"{done.files_after} of {done.bytes_after / 1e6:,.0f} MB")
"""


def main() -> None:
    print("compacting one day")
    for millions in (max(1, MILLIONS // 4), MILLIONS):
        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder) / "lake", millions * 1_000_000 // FILE)
            subprocess.run([sys.executable, "-c", RUN, Path(folder) / "lake"], check=True)


def fill(path: Path, files: int) -> None:
    lake = create_lake(path)
    for first in range(0, files, 8):
        with staging(lake) as stage:
            numbers = range(first, min(files, first + 8))
            laid = [stage.lay_down("flows", flows(number, files)) for number in numbers]
            with writing(lake, "ledger") as batch:
                batch.register(stage, list(chain.from_iterable(laid)))
                batch.commit(pl.DataFrame([{"object_id": str(first)}], schema=LEDGER.schema()))


def flows(number: int, files: int) -> pl.DataFrame:
    """Return the records of one file: its share of the day, from five hundred interfaces."""
    some = pl.int_range(FILE, eager=True)
    mixed = some.hash(number)
    span = 86_400_000_000 // files
    start = START + number * span + some * (span // FILE)
    return pl.DataFrame(
        {
            "version": pl.repeat(2, FILE, dtype=pl.Int32, eager=True),
            "account_id": pl.repeat("123456789012", FILE, eager=True),
            "interface_id": "eni-" + (10**16 + mixed % 500).cast(pl.String),
            "srcaddr": "10.0." + (mixed // 500 % 256).cast(pl.String) + ".7",
            "dstaddr": "10.1." + (mixed // 7 % 65536).cast(pl.String),
            "srcport": (mixed // 3 % 60_000).cast(pl.Int32),
            "dstport": (mixed % 5).cast(pl.Int32),
            "protocol": pl.repeat(6, FILE, dtype=pl.Int32, eager=True),
            "packets": (mixed % 400).cast(pl.Int64),
            "bytes": (mixed % 400_000).cast(pl.Int64),
            "start_time": start.cast(pl.Datetime("us", "UTC")),
            "end_time": (start + 60_000_000).cast(pl.Datetime("us", "UTC")),
            "action": pl.repeat("ACCEPT", FILE, eager=True),
            "log_status": pl.repeat("OK", FILE, eager=True),
            "object_id": pl.repeat(f"{number:032x}", FILE, eager=True),
            "line_number": (some + 2).cast(pl.Int64),
        }
    )


if __name__ == "__main__":
    main()
