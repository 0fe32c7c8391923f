"""The log of what was run on the lake, by which version, with what outcome."""

from datetime import datetime
from uuid import uuid4

import polars as pl

from pipeline import __version__
from pipeline.lake import reading
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import writing
from pipeline.lake.tables import RUNS


def new_run_id(now: datetime) -> str:
    """Return an id for a run that sorts by its start."""
    return f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"


def record(
    lake: Lake,
    run_id: str,
    verb: str,
    started: datetime,
    finished: datetime | None,
    outcome: str | None,
    source: str | None = None,
    read_until: datetime | None = None,
) -> None:
    """Write one row about a run that came to its end.

    An ingest says its source, and until when that is read now where nothing of it was left out; it
    may do so on its way, too, with neither an end nor an outcome.
    """
    row = {
        "run_id": run_id,
        "verb": verb,
        "version": __version__,
        "started": started,
        "finished": finished,
        "outcome": outcome,
        "source": source,
        "read_until": read_until,
    }
    with writing(lake, "runs") as batch:
        batch.commit(pl.DataFrame([row], schema=RUNS.schema()))


def read_until(lake: Lake, source: str) -> datetime | None:
    """Return until when a source is read in full; None where it never was."""
    until = reading.rows(lake, "runs").filter(source=source)["read_until"].max()
    return until if isinstance(until, datetime) else None
