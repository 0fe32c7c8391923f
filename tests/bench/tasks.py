"""What the benches time, each in a process of its own, which reports what it took as JSON.

`ingest` is flowcause, and so is `declared`, where no header names the fields; `floor` what nobody
who unpacks, parses and writes can beat by much: two threads that do only that, check nothing and
keep no account; `copy` DuckDB's own; `flowlogs` flowlogs-reader, from compressed lines to its
records (https://pypi.org/project/flowlogs-reader/).
Starting up is not counted. The imports stand in the tasks, for none is to run with another's.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path


def ingest(logs: Path, target: Path) -> Callable[[], int]:
    from pipeline import api
    from pipeline.config import Settings

    shutil.rmtree(target, ignore_errors=True)
    return lambda: api.ingest_files([logs], Settings(target)).counts["flows"]


def declared(logs: Path, target: Path) -> Callable[[], int]:
    from pipeline import api
    from pipeline.config import Settings

    shutil.rmtree(target, ignore_errors=True)
    formats = ["default"]
    return lambda: api.ingest_files([logs], Settings(target), log_formats=formats).counts["flows"]


def floor(logs: Path, target: Path) -> Callable[[], int]:
    from concurrent.futures import ThreadPoolExecutor

    import polars as pl
    from isal import igzip

    numbers = "version srcport dstport protocol packets bytes start end tcp-flags traffic-path"

    def convert(path: Path) -> int:
        text = igzip.decompress(path.read_bytes())
        names = text[: text.index(b"\n")].decode().split()
        schema = {name: pl.Int64() if name in numbers.split() else pl.String() for name in names}
        rows = pl.read_csv(text, separator=" ", schema=schema, null_values="-", quote_char=None)
        rows.write_parquet(target / f"{path.name}.parquet", compression="zstd")
        return rows.height

    def run() -> int:
        with ThreadPoolExecutor(2) as pool:
            return sum(pool.map(convert, sorted(logs.iterdir())))

    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    return run


def copy(logs: Path, target: Path) -> Callable[[], int]:
    """Every column with the type that DuckDB finds: what a user gets without flowcause."""
    import duckdb

    connection = duckdb.connect()

    def run() -> int:
        done = connection.execute(
            "copy (from read_csv($logs, delim = ' ', header = true, nullstr = '-')) "
            "to $target (format parquet, compression zstd)",
            {"logs": str(logs / "*.log.gz"), "target": str(target)},
        )
        return int(done.fetchall()[0][0])

    return run


def flowlogs(logs: Path, target: Path) -> Callable[[], int]:
    """The first object alone, read as its reader of S3 objects does; nothing is written."""
    import gzip
    from csv import DictReader

    from flowlogs_reader import FlowRecord

    def run() -> int:
        with gzip.open(min(logs.iterdir()), "rt") as lines:
            reader = DictReader(lines, delimiter=" ")
            reader.fieldnames = [name.replace("-", "_") for name in reader.fieldnames or ()]
            return sum(1 for row in reader if FlowRecord(row))

    return run


def peak() -> float:
    """Return the most memory that this process had, in MB.

    What getrusage says begins with the peak of the process that started this one.
    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    """
    told = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    return int(told.split()[0]) / 1024


def main(task: str, logs: str, target: str) -> None:
    tasks = (ingest, declared, floor, copy, flowlogs)
    run = {one.__name__: one for one in tasks}[task]
    prepared = run(Path(logs), Path(target))
    begun, spent = time.perf_counter(), time.process_time()
    records = prepared()
    told = {
        "records": records,
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - spent,
        "peak": peak(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
