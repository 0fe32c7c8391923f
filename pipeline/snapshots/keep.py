"""Keeping a snapshot: what was observed, folded into the inventory and committed at once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake import reading
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import Batch, writing
from pipeline.lake.tables import OBSERVATIONS
from pipeline.snapshots.history import folded
from pipeline.snapshots.load import Loaded


@dataclass(frozen=True, slots=True)
class Kept:
    """What a load brought: calls observed, calls the lake had, inventory rows changed.

    `incomplete` are scopes that were not used, or not in full, and why; `unused` and `refused`
    files. `ahead` is the last observation of the lake, where this machine's clock says that it is
    yet to come.
    """

    observations: int
    already: int
    rows: int
    incomplete: list[tuple[str, str]]
    unused: list[tuple[Path, str]]
    refused: list[tuple[Path, str]]
    ahead: datetime | None = None


def keep(lake: Lake, loaded: Loaded, run_id: str) -> Kept:
    """Fold what was observed into the inventory; the observations are committed last.

    The same answer at the same time is passed over. Raises BadInput where another answer of the
    same call is already known for that time.
    """
    with writing(lake, "observations") as batch:
        observed = reading.rows(lake, "observations")
        new = _new(loaded.observations, observed)
        tables = folded(loaded.tables, new, observed, partial(reading.rows, lake))
        changed = sum(_replace(batch, *one) for one in tables)
        if new.height:
            batch.commit(
                new.with_columns(run_id=pl.lit(run_id)).select(OBSERVATIONS.schema().names())
            )
    said = loaded.observations.filter(pl.col("error").is_not_null())
    known = loaded.observations.height - new.height
    last = pl.concat([observed["finished"], new["finished"]]).max()
    ahead = last if isinstance(last, datetime) and last > datetime.now(UTC) else None
    unsure = list(said.select("scope", "error").iter_rows())
    return Kept(new.height, known, changed, unsure, loaded.unused, loaded.refused, ahead)


def _new(observations: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the observations that the lake does not have; refuse one that contradicts it.

    One that was cut contradicts nothing: the whole answer may come after it.
    """
    whole = known.filter("complete").select("observation_id", known="sha256")
    met = observations.join(whole, on="observation_id").filter(pl.col("sha256") != pl.col("known"))
    for scope, at in met.select("scope", "finished").iter_rows():
        raise BadInput(
            f"another answer for {scope} at {at:%Y-%m-%dT%H:%M:%SZ} is in the lake: "
            "give --at the time at which this one was taken"
        )
    return observations.join(known, on=["observation_id", "sha256", "complete"], how="anti")


def _replace(batch: Batch, table: str, stored: pl.DataFrame, after: pl.DataFrame) -> int:
    """Put a table's rows in the place of those stored and return how many changed."""
    changed = after.join(stored, on=stored.columns, how="anti", nulls_equal=True).height
    gone = stored.join(after, on=stored.columns, how="anti", nulls_equal=True).height
    if changed or gone:
        batch.replace(table, after)
    return changed


def keep_events(lake: Lake, events: pl.DataFrame, run_id: str) -> int:
    """Add events of CloudTrail that the lake has not got, and return how many those were."""
    with writing(lake, "changes") as batch:
        known = reading.rows(lake, "changes").select("event_id")
        new = events.join(known, on="event_id", how="anti").with_columns(run_id=pl.lit(run_id))
        if new.height:
            batch.commit(new)
    return new.height
