"""From observations to intervals: from when to when each row of the inventory was seen so.

A row holds from the first observation that saw it to the first later one that did not; between two
observations nothing is known, so the earlier one stands.
"""

from collections.abc import Iterator

import polars as pl

from pipeline.lake.calls import CALLS
from pipeline.lake.inventory import INVENTORY_TABLES
from pipeline.lake.tables import OBSERVATIONS
from pipeline.snapshots import timeline

_HELD = ("valid_from", "valid_to")
_LISTS = {timeline.listed_in(parent) for parent in timeline.parents(list(CALLS)).values()}


def folded(
    seen: dict[str, pl.DataFrame], new: pl.DataFrame, known: pl.DataFrame, rows: timeline.Rows
) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Fold what new observations saw: yield each table that they are of, as it was and as it is.

    `seen` has the rows that they saw, `known` are the observations of the lake, `rows` its tables.
    """
    columns = [name for name in OBSERVATIONS.schema().names() if name != "run_id"]
    parts = (
        known.select(columns).with_columns(is_new=False),
        new.select(columns).with_columns(is_new=True),
    )
    observations = pl.concat(parts).filter("complete")
    listed: dict[str, pl.DataFrame] = {}

    def lists(table: str) -> pl.DataFrame:
        return listed[table] if table in listed else rows(table)

    for table in (table for table in _in_order() if _concerns(table, new)):
        stored = rows(table)
        found = seen.get(table, stored.clear())
        # Most organisations lack most of what there is: of nothing known and seen comes nothing.
        if not stored.height and not found.height:
            continue
        times = _times(timeline.events(table, observations, lists))
        if times.height:
            after = _folded(table, stored, found, observations, times)
            listed |= {table: after} if table in _LISTS else {}
            yield table, stored, after


def _in_order() -> list[str]:
    """Return the tables, those first that say what others are about."""
    return sorted((table.name for table in INVENTORY_TABLES), key=lambda name: name not in _LISTS)


def _concerns(table: str, new: pl.DataFrame) -> bool:
    """Tell whether a table is filled, or what it is about listed, by a call among the new ones."""
    calls = timeline.feeding(table)
    names = {call.name for call in [*calls, *timeline.parents(calls).values()]}
    return bool(new["call"].is_in(names).any())


def _folded(
    table: str,
    stored: pl.DataFrame,
    seen: pl.DataFrame,
    observations: pl.DataFrame,
    times: pl.DataFrame,
) -> pl.DataFrame:
    told = timeline.left_out(table, observations)
    when = observations.filter("is_new").select("scope", at="finished")
    seen = timeline.tracked(table, seen, told).join(when, on="scope")
    known = timeline.tracked(table, stored, told)
    for turn in times["turn"].unique().sort():
        now = times.filter(pl.col("turn") == turn).drop("turn")
        known = fold(known, seen.join(now, on=["track", "at"], how="semi"), now)
    return known.select(stored.columns)


def _times(events: pl.DataFrame) -> pl.DataFrame:
    """Return when each track was newly observed, and when it was next: track, at, after, turn."""
    later = pl.col("other").filter(pl.col("other") > pl.col("at")).min()
    times = (
        events.filter("is_new")
        .select("track", "at")
        .unique()
        .join(events.select("track", other="at"), on="track")
        .group_by("track", "at")
        .agg(after=later)
    )
    return times.with_columns(turn=pl.col("at").rank("ordinal").over("track"))


def fold(known: pl.DataFrame, seen: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    """Fold one observation of each of some tracks into the intervals known of them.

    `known` are a table's rows, with valid_from and valid_to, and the track that each is on: what is
    observed together. `seen` are those observed, without times; `times` has the tracks observed:
    `at`, when each was, and `after`, when it was next, NULL where there is none. What is known of
    other tracks stays as it is. Folding is the same in whatever order observations come, but each
    must come once.
    """
    form = [name for name in known.columns if name not in _HELD]
    seen = seen.select(form)
    if not known.height:
        return _begun(seen, times).select(known.columns)
    others = known.join(times, on="track", how="anti")
    timed = known.join(times, on="track")
    covers = (pl.col("valid_from") < pl.col("at")) & _ends_after("at")
    around, rest = timed.filter(covers), timed.filter(~covers)
    parts = [rest, *_split(around, seen, form), _new(around, seen, form, times)]
    folded = _joined(pl.concat(part.select(known.columns) for part in parts), form)
    return pl.concat([others, folded])


def _ends_after(time: str) -> pl.Expr:
    return pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col(time))


def _split(around: pl.DataFrame, seen: pl.DataFrame, form: list[str]) -> list[pl.DataFrame]:
    """Keep the intervals around an observation whose rows were seen; end the others there.

    What a later observation saw again starts anew with it.
    """
    kept = around.join(seen, on=form, how="semi", nulls_equal=True)
    unseen = around.join(seen, on=form, how="anti", nulls_equal=True)
    again = unseen.filter(pl.col("after").is_not_null() & _ends_after("after"))
    return [
        kept,
        unseen.with_columns(valid_to="at"),
        again.with_columns(valid_from="after"),
    ]


def _new(
    around: pl.DataFrame, seen: pl.DataFrame, form: list[str], times: pl.DataFrame
) -> pl.DataFrame:
    """Return what was seen and not known to be there, until the next observation."""
    fresh = seen.join(around, on=form, how="anti", nulls_equal=True)
    return _begun(fresh, times)


def _begun(seen: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    return seen.join(times, on="track").rename({"at": "valid_from", "after": "valid_to"})


def _joined(rows: pl.DataFrame, form: list[str]) -> pl.DataFrame:
    """Join intervals of the same row that meet: one ends where the next one starts."""
    rows = rows.sort("valid_from")
    before = pl.col("valid_to").shift(1).over(form)
    apart = (before != pl.col("valid_from")).fill_null(True)
    run = apart.cast(pl.Int64()).cum_sum().over(form)
    return (
        rows.with_columns(_run=run)
        .group_by([*form, "_run"], maintain_order=True)
        .agg(pl.col("valid_from").first(), pl.col("valid_to").last())
        .select(rows.columns)
    )
