"""Loading AWS CLI answers from a folder as what was observed at one time."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from pipeline.lake.tables import OBSERVATIONS
from pipeline.snapshots.answers import Answer, find
from pipeline.snapshots.shapes import tables_of


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was observed: one observation a call and view, and the rows of each table.

    `unused` lists (file, top-level key) of answers that nothing reads yet.
    """

    observations: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    unused: list[tuple[Path, str]]


def observe(folder: Path, at: datetime) -> Loaded:
    """Read the AWS CLI answers below a folder as taken at `at`.

    Several files of one call, account, Region and subject are pages of one answer; where one says
    that it was cut and no other goes on, the observation is not complete. Raises BadInput.
    """
    answers, unused = find(folder)
    return observed(answers, at, unused)


def observed(
    answers: Iterable[Answer], at: datetime, unused: list[tuple[Path, str]] | None = None
) -> Loaded:
    """Return what answers say, taken at `at` where they do not say. Raises BadInput."""
    told = list(answers)
    scopes: dict[str, list[Answer]] = {}
    for answer in told:
        scopes.setdefault(answer.scope, []).append(answer)
    observations = [_observation(scope, pages, at) for scope, pages in scopes.items()]
    rows = pl.DataFrame(observations, schema=OBSERVATIONS.schema())
    return Loaded(rows, tables_of(told), unused or [])


def _observation(scope: str, pages: list[Answer], at: datetime) -> dict[str, object]:
    first = pages[0]
    finished = max(page.finished or at for page in pages)
    error = next((page.error for page in pages if page.error), None) or _cut(pages)
    return {
        "observation_id": _digest(f"{scope}@{finished.isoformat()}")[:32],
        "account_id": first.account_id,
        "region": first.region,
        "call": first.call.name,
        "subject_id": first.subject,
        "scope": scope,
        "started": min(page.started or at for page in pages),
        "finished": finished,
        "caller": first.caller,
        "complete": error is None,
        "error": error,
        "sha256": _digest(json.dumps([page.objects for page in pages], sort_keys=True)),
    }


def _cut(pages: list[Answer]) -> str | None:
    if sum(page.more for page in pages) < len(pages):
        return None
    return f"{pages[0].file.name} has a NextToken: the answer goes on"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
