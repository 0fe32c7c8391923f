"""CloudTrail's events of calls that changed the configuration, read from where it delivers them.

It delivers them as gzipped JSON, a list of Records an object.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake.tables import CHANGES
from pipeline.records.compression import plain
from pipeline.snapshots.trail_records import change
from pipeline.sources import aws, files, s3
from pipeline.sources.access import Access
from pipeline.sources.objects import Part, SourceObject
from pipeline.sources.s3_keys import CLOUDTRAIL, Wanted

# An object of CloudTrail's unpacks to a few megabytes.
MOST_BYTES = 1024**3
# Beside its logs it keeps digests, which hold no events.
_NAME = re.compile(r"(?!.*/CloudTrail-Digest/).*\.json(\.gz)?", re.DOTALL)
# What reading what is no event of CloudTrail's ends in.
_NO_EVENT = (OSError, ValueError, OverflowError, RecursionError)
# So many records of an object that are no events are named one by one.
_NAMED = 5
_SCHEMA = {name: dtype for name, dtype in CHANGES.schema().items() if name != "run_id"}


def in_folder(folder: Path) -> list[SourceObject]:
    """List the files below a folder that may be CloudTrail's. Raises BadInput where none is."""
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder: name one with CloudTrail's files below it")
    if found := [one for one in files.find([folder]) if _NAME.fullmatch(one.uri)]:
        return found
    raise BadInput(f"{folder} holds no file of CloudTrail's: they are called *.json.gz or *.json")


def in_bucket(uri: str, wanted: Wanted, access: Access) -> list[SourceObject]:
    """List the objects below s3://bucket/prefix that may be CloudTrail's, as s3.find does.

    Raises BadInput and SourceProblem.
    """
    found = s3.find(uri, replace(wanted, service=CLOUDTRAIL), access, requester_pays=False)
    return [one for one in found if _NAME.fullmatch(one.uri)]


def events(objects: Sequence[SourceObject]) -> tuple[pl.DataFrame, list[str]]:
    """Read the events in objects, each once, and say which objects and records are none.

    Raises SourceProblem where no object could be read.
    """
    with ThreadPoolExecutor(aws.CONNECTIONS) as pool:
        try:
            read = list(pool.map(_read, objects))
        finally:
            pool.shutdown(cancel_futures=True)
    every = pl.concat([pl.DataFrame(schema=_SCHEMA), *(frame for frame, _ in read)])
    wrong = [line for _, lines in read for line in lines]
    return every.unique("event_id", keep="first", maintain_order=True), wrong


def _read(found: SourceObject) -> tuple[pl.DataFrame, list[str]]:
    """Return the changes that an object tells of, and a line of what in it is none."""
    rows: list[dict[str, Any]] = []
    wrong = []
    try:
        for number, record in enumerate(_records(found), 1):
            try:
                if told := change(record):
                    rows.append(told | {"file": found.uri})
            except _NO_EVENT as error:
                wrong.append(f"{found.uri}: record {number} is no event: {_said(error)}")
    except _NO_EVENT as error:
        wrong.append(f"{found.uri} is no file of CloudTrail's: {_said(error)}")
    if len(wrong) > _NAMED:
        wrong[_NAMED:] = [f"{found.uri}: {len(wrong) - _NAMED:,} more records are no events"]
    return pl.DataFrame(rows, schema=_SCHEMA), wrong


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:120]


def _records(found: SourceObject) -> list[Any]:
    """Return an object's records. Raises ValueError where it is none of CloudTrail's."""
    if found.size > MOST_BYTES:
        raise ValueError(f"{found.size:,} bytes are too many for one")
    stored = found.read()
    assert isinstance(stored, bytes | Part)  # files and S3 give nothing else
    body = json.loads(plain(stored.data if isinstance(stored, Part) else stored, MOST_BYTES))
    records = body.get("Records") if isinstance(body, dict) else None
    if not isinstance(records, list):
        raise ValueError("it has no list of Records")
    return records
