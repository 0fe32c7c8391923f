"""Loading AWS CLI answers from a folder as what was observed at one time."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake.tables import OBSERVATIONS
from pipeline.snapshots.answers import Answer, find
from pipeline.snapshots.misfits import Doubt, sound


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

    Objects with a value that no such answer has, or in two forms, are left out; the others stand.
    Raises BadInput where nothing is left.
    """
    asked = list(answers)
    told, tables, doubts = sound(asked)
    if all(
        now.error or (was.objects and not now.objects) for was, now in zip(asked, told, strict=True)
    ):
        _refuse(asked, told, doubts)
    scopes: dict[str, list[Answer]] = {}
    for answer in told:
        scopes.setdefault(answer.scope, []).append(answer)
    for pages in scopes.values():
        _check_times(pages)
    unsure: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        unsure.setdefault(doubt.scope, []).append(doubt)
    observations = [
        _observation(scope, pages, at, unsure.get(scope, [])) for scope, pages in scopes.items()
    ]
    return Loaded(pl.DataFrame(observations, schema=OBSERVATIONS.schema()), tables)


def _check_times(pages: list[Answer]) -> None:
    """Refuse answers of one call that were saved at two times: they are not pages of one."""
    folders = {page.file.parent: page.file for page in pages if page.started}
    if len(folders) > 1:
        one, other = sorted(folders.values())[:2]
        raise BadInput(
            f"{one} and {other} are of one call at two times: load each folder by itself"
        )


def _refuse(asked: list[Answer], told: list[Answer], doubts: list[Doubt]) -> None:
    """Raise BadInput where it is not AWS that refused everything, but nothing could be used."""
    said = [now.error for was, now in zip(asked, told, strict=True) if now.error and not was.error]
    for why in filter(None, [*(doubt.why for doubt in doubts), *said]):
        raise BadInput(why)


def _observation(
    scope: str, pages: list[Answer], at: datetime, doubts: list[Doubt]
) -> dict[str, object]:
    first = pages[0]
    finished = max(page.finished or at for page in pages)
    refused = next((page.error for page in pages if page.error), None)
    error = refused or _cut(pages)
    unsure = "; ".join(dict.fromkeys(doubt.why for doubt in doubts if doubt.why))
    left_out = sorted(set[str]().union(*(doubt.left_out for doubt in doubts)))
    told = [page.objects for page in pages]
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
        "error": error or unsure or None,
        "left_out": left_out,
        # What was left out is of the answer too: one that never had it is another.
        "sha256": _digest(json.dumps([*told, left_out] if left_out else told, sort_keys=True)),
    }


def _cut(pages: list[Answer]) -> str | None:
    if sum(page.more for page in pages) < len(pages):
        return None
    return f"{pages[0].file.name} says that the answer goes on (by a NextToken or the like)"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
