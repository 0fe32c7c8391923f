"""The log files: which record lies in which, under the names that AWS gives them."""

import gzip
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from .formats import FLOW_LOGS, FlowLog
from .ids import digest
from .organisation import VPCS
from .records import Record, line

PERIOD = 6 * 3600


def write_logs(folder: Path, records: Iterable[Record]) -> None:
    """One file a VPC and six hours, records in order of their start."""
    lines: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for record in records:
        vpc = record.interface.vpc.name
        made = (record.start, line(record, FLOW_LOGS[vpc]))
        lines[vpc, record.start // PERIOD * PERIOD].append(made)
    for (vpc, period), dated in sorted(lines.items()):
        log = FLOW_LOGS[vpc]
        text = "\n".join([" ".join(log.fields), *(one for _, one in sorted(dated))]) + "\n"
        path = folder / place(log, period)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_gzip(path, text)


def place(log: FlowLog, period: int) -> str:
    """https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html"""
    vpc, when = VPCS[log.vpc], datetime.fromtimestamp(period, UTC)
    year, month, day = when.strftime("%Y %m %d").split()
    stamp, end = when.strftime("%Y%m%dT%H%MZ"), digest(f"{log.id}/{period}", 8)
    name = f"{vpc.account}_vpcflowlogs_{vpc.region}_{log.id}_{stamp}_{end}.log.gz"
    return f"{log.folder(year, month, day)}/{name}"


def write_gzip(path: Path, text: str) -> None:
    """Neither the time nor the file's name goes into the archive, so it is always the same."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as archive:
        archive.write(text.encode())
