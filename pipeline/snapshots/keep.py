"""Keeping a snapshot: what was observed, folded into the inventory and committed at once."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake import reading
from pipeline.lake.calls import CALLS
from pipeline.lake.catalog import Lake
from pipeline.lake.commits import Batch, writing
from pipeline.lake.tables import OBSERVATIONS
from pipeline.snapshots.history import fold
from pipeline.snapshots.load import Loaded


@dataclass(frozen=True, slots=True)
class Kept:
    """What a load brought: calls observed, calls the lake had, inventory rows changed.

    `incomplete` are scopes that were not used, and why; `unused` and `refused` files. `ahead` is
    the last observation of the lake, where this machine's clock says that it is yet to come.
    """

    observations: int
    already: int
    rows: int
    incomplete: list[tuple[str, str]]
    unused: list[tuple[Path, str]]
    refused: list[tuple[Path, str]]
    ahead: datetime | None


def keep(lake: Lake, loaded: Loaded, run_id: str) -> Kept:
    """Fold what was observed into the inventory; the observations are committed last.

    The same answer at the same time is passed over. Raises BadInput where another answer of the
    same call is already known for that time.
    """
    with writing(lake, "observations") as batch:
        observed = reading.rows(lake, "observations")
        new = _new(loaded.observations, observed)
        times = _times(new.filter("complete"), observed)
        changed = sum(
            _fold_table(batch, table, seen, times) for table, seen in loaded.tables.items()
        )
        if new.height:
            batch.commit(
                new.with_columns(run_id=pl.lit(run_id)).select(OBSERVATIONS.schema().names())
            )
    cut = list(loaded.observations.filter(~pl.col("complete")).select("scope", "error").iter_rows())
    known = loaded.observations.height - new.height
    last = pl.concat([observed["finished"], new["finished"]]).max()
    ahead = last if isinstance(last, datetime) and last > datetime.now(UTC) else None
    return Kept(new.height, known, changed, cut, loaded.unused, loaded.refused, ahead)


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
    return observations.join(known, on=["observation_id", "sha256"], how="anti")


def _times(new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return when each scope was observed, and when it was next: scope, call, at, after."""
    others = known.filter("complete").select("scope", other="finished")
    later = pl.col("other").filter(pl.col("other") > pl.col("at")).min()
    return (
        new.select("scope", "call", at="finished")
        .join(others, on="scope", how="left")
        .group_by("scope", "call", "at")
        .agg(after=later)
    )


def _fold_table(batch: Batch, table: str, seen: pl.DataFrame, times: pl.DataFrame) -> int:
    """Fold what was seen into one table and return how many of its rows changed."""
    feeding = {call.name for call in CALLS for shape in call.shapes if shape.table == table}
    asked = times.filter(pl.col("call").is_in(feeding)).drop("call")
    if not asked.height:
        return 0
    stored = reading.rows(batch.lake, table)
    folded = fold(stored, seen.join(asked, on="scope", how="semi"), asked)
    changed = folded.join(stored, on=stored.columns, how="anti", nulls_equal=True).height
    gone = stored.join(folded, on=stored.columns, how="anti", nulls_equal=True).height
    if changed or gone:
        batch.replace(table, folded)
    return changed


def keep_events(lake: Lake, events: pl.DataFrame, run_id: str) -> int:
    """Add events of CloudTrail that the lake has not got, and return how many those were."""
    with writing(lake, "changes") as batch:
        known = reading.rows(lake, "changes").select("event_id")
        new = events.join(known, on="event_id", how="anti").with_columns(run_id=pl.lit(run_id))
        if new.height:
            batch.commit(new)
    return new.height
