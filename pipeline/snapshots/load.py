"""Loading AWS CLI answers from a folder as what was observed at one time."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake.inventory import KEYS
from pipeline.lake.tables import OBSERVATIONS
from pipeline.snapshots.answers import Answer, find
from pipeline.snapshots.shapes import tables_of


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was observed: one observation a call and view, and the rows of each table.

    `unused` lists (file, top-level key) of answers that nothing reads yet, `refused` (file, why) of
    what is no answer.
    """

    observations: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    unused: list[tuple[Path, str]] = field(default_factory=list)
    refused: list[tuple[Path, str]] = field(default_factory=list)


def observe(folder: Path, at: datetime) -> Loaded:
    """Read the AWS CLI answers below a folder as taken at `at`.

    Several files of one call, account, Region and subject are pages of one answer; where one says
    that it was cut and no other goes on, the observation is not complete. Raises BadInput.
    """
    found = find(folder)
    loaded = observed(found.answers, at)
    return replace(loaded, unused=found.unused, refused=found.refused)


def observed(answers: Iterable[Answer], at: datetime) -> Loaded:
    """Return what answers say, taken at `at` where they do not say.

    One with a value that no such answer has, or with an object in two forms, is not complete; the
    others stand. Raises BadInput where there is no other.
    """
    told, tables = _fitting(list(answers))
    scopes: dict[str, list[Answer]] = {}
    for answer in told:
        scopes.setdefault(answer.scope, []).append(answer)
    twofold = _twofold(tables)
    observations = [
        _observation(scope, pages, at, twofold.get(scope)) for scope, pages in scopes.items()
    ]
    return Loaded(pl.DataFrame(observations, schema=OBSERVATIONS.schema()), tables)


def _fitting(answers: list[Answer]) -> tuple[list[Answer], dict[str, pl.DataFrame]]:
    """Return the answers, those whose values do not fit without objects, and the others' rows."""
    try:
        return answers, tables_of(answers)
    except BadInput:
        if len(answers) == 1:
            raise
    told = [_checked(answer) for answer in answers]
    if all(answer.error for answer in told):
        tables_of(answers)
    return told, tables_of(answer for answer in told if not answer.error)


def _checked(answer: Answer) -> Answer:
    try:
        tables_of([answer])
    except BadInput as problem:
        return replace(answer, objects=[], error=str(problem))
    return answer


def _twofold(tables: dict[str, pl.DataFrame]) -> dict[str, str]:
    """Return the scopes that have an object in two forms, and what to say of each."""
    said: dict[str, str] = {}
    for table, key in KEYS.items():
        rows = tables.get(table)
        if rows is None or not key:
            continue
        names = ["scope", *key, "account_id", "region"]
        known = rows.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in key))
        twice = known.filter(pl.struct(names).is_duplicated()).select("scope", *key)
        for scope, *ids in twice.iter_rows():
            one = ", ".join(map(str, ids))
            said.setdefault(scope, f"{one} is there in two forms ({table}): save the answer again")
    return said


def _observation(
    scope: str, pages: list[Answer], at: datetime, twofold: str | None
) -> dict[str, object]:
    first = pages[0]
    finished = max(page.finished or at for page in pages)
    refused = next((page.error for page in pages if page.error), None)
    error = refused or _cut(pages) or twofold
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
