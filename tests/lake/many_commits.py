"""Lakes of many small commits, and what they hold."""

import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipeline import api
from pipeline.config import Settings
from pipeline.lake import reading
from pipeline.lake.catalog import Lake
from pipeline.lake.expire import Expired, expire

HEADER = "interface-id srcaddr dstaddr srcport dstport protocol start end action"
DAY = 1_772_409_600  # 2026-03-02
KEY = ["object_id", "line_number"]


def write_log(folder: Path, number: int, header: str = HEADER, lines: int = 12) -> Path:
    """Write a log of two days, of several interfaces, with a line that does not fit."""
    texts = []
    for line in range(lines):
        start = DAY + (line % 2) * 86_400 + (line * 977 + number * 61) % 3600
        fields = {
            "interface-id": f"eni-{(line * 7 + number) % 5:08x}",
            "srcaddr": f"10.0.{number % 256}.{line}",
            "dstaddr": "10.0.0.2",
            "srcport": str(1024 + number),
            "dstport": "443",
            "protocol": "6",
            "start": str(start),
            "end": str(start + 60),
            "action": "REJECT",
        }
        texts.append(" ".join(fields.get(name, f"x{number}") for name in header.split()))
    folder.mkdir(exist_ok=True)
    path = folder / f"{number}.log"
    path.write_text("\n".join([header, *texts, f"bad {number}", ""]))
    return path


def ingest(settings: Settings, folder: Path, numbers: range) -> None:
    """Ingest logs, each in a run and commit of its own."""
    for number in numbers:
        header = f"{HEADER} colour" if number % 3 == 2 else HEADER
        assert api.ingest_files([write_log(folder, number, header)], settings).ingested == 1


def contents(lake: Lake) -> dict[str, pl.DataFrame]:
    """Return the rows of what ingest writes, in an order of their own."""
    tables = ("flows", "rejected_lines", "ledger")
    rows = {name: reading.rows(lake, name) for name in tables}
    keys = {"ledger": ["object_id"]}
    return {name: frame.sort(keys.get(name, KEY)) for name, frame in rows.items()}


def files(lake: Lake, name: str) -> list[str]:
    """Return the visible data files of a table."""
    return reading.plan(lake, name).files


def age(lake: Lake) -> None:
    """Make every file two hours older."""
    for path in map(Path, on_disk(lake)):
        before = path.stat().st_mtime - 7200
        os.utime(path, (before, before))


def expire_all(lake: Lake) -> Expired:
    """Expire what is not needed now, as if every file had been there for two hours."""
    age(lake)
    return expire(lake, datetime.now(UTC))


def on_disk(lake: Lake) -> set[str]:
    """Return every file in the lake's warehouse."""
    return {str(path) for path in (lake.path / "warehouse").rglob("*") if path.is_file()}
