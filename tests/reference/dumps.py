"""A network as files, written and read: AWS CLI answers in folders, and a flow log as text."""

import json
from datetime import UTC, datetime
from pathlib import Path

from .model import Answer, Record, Snapshot

# The log's columns, and the record's where they differ; reject-reason came with version 8.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
COLUMNS = [
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
    "vpc-id",
    "subnet-id",
    "tcp-flags",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "flow-direction",
]
RENAMED = {"version": "log_version", "start": "start_time", "end": "end_time"}
CONSTANTS = {"packets": "1", "bytes": "40"}
FLOWLESS = ("packets", "bytes")
TIMES = ("start_time", "end_time")
COUNTS = ("log_version", "srcport", "dstport", "protocol", "packets", "bytes", "tcp_flags")


def write_dump(snapshots: list[Snapshot], folder: Path) -> list[Path]:
    """One folder a snapshot, `<folder>/<n>/accounts/<account>/<region>/<command>.json`."""
    folders = []
    for number, snapshot in enumerate(snapshots):
        home = folder / str(number)
        home.mkdir(parents=True, exist_ok=True)
        folders.append(home)
        for answer in snapshot.answers:
            place = home / "accounts" / answer.account / answer.region
            place.mkdir(parents=True, exist_ok=True)
            suffix = f"--{answer.subject}" if answer.subject else ""
            text = json.dumps(answer.body, indent=1)
            (place / f"{answer.command}{suffix}.json").write_text(text, encoding="utf-8")
    return folders


def write_log(records: list[Record], path: Path) -> None:
    """A flow log in a custom format, with a header; record i (from 0) is line i + 2.

    All records are of one version, 8 where they do not say; reject-reason is a column from 8 on.
    """
    (version,) = {record.get("log_version", 8) for record in records} or {8}
    columns = COLUMNS + (["reject-reason"] if version >= 8 else [])
    lines = [" ".join(columns)]
    lines += [" ".join(_cell(record, column) for column in columns) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cell(record: Record, column: str) -> str:
    if column in FLOWLESS and record.get("action") is None:
        return "-"
    if column in CONSTANTS:
        return CONSTANTS[column]
    value = record.get(RENAMED.get(column, column.replace("-", "_")))
    if column == "version":
        return str(value or 8)
    if isinstance(value, datetime):
        return str(int(value.timestamp()))
    return "-" if value is None else str(value)


def read_dump(folder: Path, instant: datetime) -> Snapshot:
    """The answers below `<folder>/accounts/<account>/<region>/`, as of one instant."""
    answers = []
    for file in sorted(folder.glob("accounts/*/*/*.json")):
        account, region, name = file.parts[-3:]
        command, _, subject = name.removesuffix(".json").partition("--")
        body = json.loads(file.read_text(encoding="utf-8"))
        answers.append(Answer(account, region, command, body, subject or None))
    return Snapshot(instant, tuple(answers))


def read_log(path: Path) -> list[Record]:
    """The records of a flow log with a header, from line 2 on; what is missing has no key."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    names = [RENAMED.get(column, column.replace("-", "_")) for column in header.split()]
    return [
        {
            name: _value(name, cell)
            for name, cell in zip(names, line.split(), strict=True)
            if cell != "-"
        }
        for line in lines
    ]


def _value(name: str, cell: str) -> str | int | datetime:
    if name in TIMES:
        return datetime.fromtimestamp(int(cell), UTC)
    return int(cell) if name in COUNTS else cell
