"""Ingest's records a second on seeded flow logs, beside DuckDB's own COPY and the bare floor.

All read the same gzip files in the same run and write Parquet, on the threads the machine has; each
is run three times and the best counts. The floor is what nobody who unpacks, parses and writes can
beat by much: two threads that do only that, check nothing and keep no account. Then the peak memory
of one ingest of these objects and of three times as many. Run by `make bench`; RECORDS sets the
records of an object.
"""

import gzip
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl
from isal import igzip

from pipeline import api
from pipeline.config import Settings
from pipeline.records.fields import VPC_FIELDS
from pipeline.records.settle import is_number

OBJECTS = 8
RECORDS = int(os.environ.get("RECORDS", "250000"))
ROUNDS = 3
V2 = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status"
)
# The 29 fields of versions 2 to 5, in the order of the alphabet, as the console's form lists them.
V5 = " ".join(
    sorted(
        f"{V2} vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id "
        "sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction "
        "traffic-path".split()
    )
)
NUMBERS = frozenset(field.name for field in VPC_FIELDS if is_number(field))
START = 1_772_400_000
PEAK = """
import resource, sys
from pathlib import Path
from pipeline import api
from pipeline.config import Settings
api.ingest_files([Path(sys.argv[1])], Settings(Path(sys.argv[2])))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    cores = len(os.sched_getaffinity(0))
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}")
    for name, header in (("v2, 14 fields", V2), ("v5, 29 fields", V5)):
        with tempfile.TemporaryDirectory() as folder:
            compare(name, header, Path(folder))


def compare(name: str, header: str, folder: Path) -> None:
    logs = folder / "logs"
    logs.mkdir()
    for number in range(OBJECTS):
        write_log(logs / f"{number}.log.gz", header.split(), number)
    records = OBJECTS * RECORDS
    ours = best(lambda: ingest(logs, folder / "lake", records))
    theirs = best(lambda: copy(logs, folder / "copied.parquet"))
    bare = best(lambda: floor(logs, folder / "bare", header.split()))
    print(f"{name}: {records:,} records in {OBJECTS} objects")
    print(f"  flowcause ingest  {records / ours:>12,.0f} records/s  {ours:6.2f} s")
    print(f"  DuckDB COPY       {records / theirs:>12,.0f} records/s  {theirs:6.2f} s")
    print(f"  bare floor        {records / bare:>12,.0f} records/s  {bare:6.2f} s")
    print(f"  ratio             {theirs / ours:>12.2f} x DuckDB's rate")
    print(f"                    {ours / bare:>12.2f} x the floor's time")
    few = peak(logs, folder / "lake")
    multiply(logs)
    print(
        f"  peak memory       {few:>12,.0f} MB, and {peak(logs, folder / 'lake'):,.0f} MB for "
        f"{3 * OBJECTS} objects"
    )


def best(run: Callable[[], None]) -> float:
    """Return the seconds of the best of some rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def ingest(logs: Path, lake: Path, records: int) -> None:
    shutil.rmtree(lake, ignore_errors=True)
    summary = api.ingest_files([logs], Settings(lake))
    assert summary.counts["flows"] == records


def multiply(logs: Path) -> None:
    """Put two more of each object beside it, each with lines of its own."""
    for path in sorted(logs.iterdir()):
        text = gzip.decompress(path.read_bytes())
        last = text.rstrip().rpartition(b"\n")[2] + b"\n"
        for more in (1, 2):
            packed = gzip.compress(text + more * last, 6, mtime=0)
            path.with_name(f"{more}-{path.name}").write_bytes(packed)


def peak(logs: Path, lake: Path) -> float:
    """Return the peak resident memory of one ingest in a process of its own, in MB."""
    shutil.rmtree(lake, ignore_errors=True)
    ran = subprocess.run(
        [sys.executable, "-c", PEAK, logs, lake], capture_output=True, text=True, check=True
    )
    return int(ran.stdout) / 1024


def copy(logs: Path, target: Path) -> None:
    """Every column with the type that DuckDB finds: what a user gets without flowcause."""
    with duckdb.connect() as connection:
        connection.execute(
            "copy (from read_csv($logs, delim = ' ', header = true, nullstr = '-')) "
            "to $target (format parquet, compression zstd)",
            {"logs": str(logs / "*.log.gz"), "target": str(target)},
        )


def floor(logs: Path, target: Path, names: list[str]) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    schema = {name: pl.Int64() if name in NUMBERS else pl.String() for name in names}

    def convert(path: Path) -> None:
        text = igzip.decompress(path.read_bytes())
        rows = pl.read_csv(text, separator=" ", schema=schema, null_values="-", quote_char=None)
        rows.write_parquet(target / f"{path.name}.parquet", compression="zstd")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(convert, sorted(logs.iterdir())))


def write_log(path: Path, names: list[str], seed: int) -> None:
    rng = random.Random(seed)
    lines = [" ".join(names)]
    for number in range(RECORDS):
        fields = record(rng, number)
        lines.append(" ".join(fields[name] for name in names))
    path.write_bytes(gzip.compress("\n".join([*lines, ""]).encode(), 6, mtime=0))


def record(rng: random.Random, number: int) -> dict[str, str]:
    source, target = (f"10.0.{rng.randrange(16)}.{rng.randrange(256)}" for _ in range(2))
    start = START + number * 3600 // RECORDS
    return {
        "version": "2",
        "account-id": "123456789012",
        "interface-id": f"eni-{rng.randrange(200):017x}",
        "srcaddr": source,
        "dstaddr": target,
        "srcport": str(rng.randrange(1024, 65536)),
        "dstport": rng.choice(("443", "5432", "53", "8080")),
        "protocol": rng.choice(("6", "6", "6", "17")),
        "packets": str(rng.randrange(1, 400)),
        "bytes": str(rng.randrange(40, 400_000)),
        "start": str(start),
        "end": str(start + 60),
        "action": rng.choice(("ACCEPT", "ACCEPT", "ACCEPT", "REJECT")),
        "log-status": "OK",
        "vpc-id": "vpc-0123456789abcdef0",
        "subnet-id": f"subnet-{rng.randrange(4):017x}",
        "instance-id": "-",
        "tcp-flags": rng.choice(("2", "3", "18", "19", "0")),
        "type": "IPv4",
        "pkt-srcaddr": source,
        "pkt-dstaddr": target,
        "region": "eu-west-1",
        "az-id": "euw1-az1",
        "sublocation-type": "-",
        "sublocation-id": "-",
        "pkt-src-aws-service": "-",
        "pkt-dst-aws-service": "-",
        "flow-direction": rng.choice(("ingress", "egress")),
        "traffic-path": "-",
    }


if __name__ == "__main__":
    main()
