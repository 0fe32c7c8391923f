"""Loading AWS CLI answers from a folder as what was observed at one time."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import polars as pl

from pipeline.lake.tables import OBSERVATIONS
from pipeline.snapshots.answers import Answer, find
from pipeline.snapshots.shapes import tables_of


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder holds: one observation a call and view, and its rows by table and scope.

    `unused` lists (file, top-level key) of answers that nothing reads yet.
    """

    observations: pl.DataFrame
    tables: dict[str, dict[str, pl.DataFrame]]
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
    """Return what answers taken at `at` say, each scope's pages together. Raises BadInput."""
    scopes: dict[str, list[Answer]] = {}
    for answer in answers:
        scopes.setdefault(scope_of(answer), []).append(answer)
    observations = [_observation(scope, pages, at) for scope, pages in scopes.items()]
    rows = pl.DataFrame(observations, schema=OBSERVATIONS.schema())
    return Loaded(rows, _tables(scopes), unused or [])


def _tables(scopes: dict[str, list[Answer]]) -> dict[str, dict[str, pl.DataFrame]]:
    tables: dict[str, dict[str, pl.DataFrame]] = {}
    for scope, pages in scopes.items():
        for name, rows in chain.from_iterable(tables_of(page).items() for page in pages):
            seen = tables.setdefault(name, {})
            both = pl.concat([seen.get(scope, rows.clear()), rows])
            seen[scope] = both.unique(maintain_order=True)
    return tables


def scope_of(answer: Answer) -> str:
    """Return account, Region, call and subject of an answer, as one text."""
    parts = (answer.account_id, answer.region, answer.call.name, answer.subject)
    return "/".join(part for part in parts if part)


def _observation(scope: str, pages: list[Answer], at: datetime) -> dict[str, object]:
    first = pages[0]
    cut = sum(page.more for page in pages) >= len(pages)
    return {
        "observation_id": _digest(f"{scope}@{at.isoformat()}")[:32],
        "account_id": first.account_id,
        "region": first.region,
        "call": first.call.name,
        "subject_id": first.subject,
        "scope": scope,
        "started": at,
        "finished": at,
        "complete": not cut,
        "error": f"{first.file.name} has a NextToken: the answer goes on" if cut else None,
        "sha256": _digest(json.dumps([page.objects for page in pages], sort_keys=True)),
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
