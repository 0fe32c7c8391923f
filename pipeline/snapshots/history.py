"""From observations to intervals: from when to when each row of the inventory was seen so.

A row holds from the first observation that saw it to the first later one that did not; between two
observations nothing is known, so the earlier one stands.
"""

from collections.abc import Sequence
from datetime import datetime

import polars as pl


def fold(
    known: pl.DataFrame, seen: pl.DataFrame, at: datetime, observed: Sequence[datetime]
) -> pl.DataFrame:
    """Fold one complete observation of a scope into the intervals known of it.

    `known` has the scope's rows of one table, with valid_from and valid_to; `seen` the rows
    observed at `at`, without them; `observed` are the times of the scope's other complete
    observations, which may lie before and after `at`. Returns the intervals with `at` among them.
    Folding is the same in whatever order observations come.
    """
    if at in observed:
        raise ValueError(f"{at} is folded in already")
    form = [name for name in known.columns if name not in ("valid_from", "valid_to")]
    after = min((time for time in observed if time > at), default=None)
    covers = (pl.col("valid_from") < at) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") > at)
    )
    around, rest = known.filter(covers), known.filter(~covers)
    return _joined(
        [rest, _split(around, seen, form, at, after), _new(around, seen, form, at, after)], form
    )


def _split(
    around: pl.DataFrame, seen: pl.DataFrame, form: list[str], at: datetime, after: datetime | None
) -> pl.DataFrame:
    """Keep the intervals around `at` whose rows were seen; end the others there.

    What a later observation saw again starts anew with it.
    """
    kept = around.join(seen, on=form, how="semi", nulls_equal=True)
    unseen = around.join(seen, on=form, how="anti", nulls_equal=True)
    ended = unseen.with_columns(valid_to=pl.lit(at, around.schema["valid_to"]))
    if after is None:
        return pl.concat([kept, ended])
    again = unseen.filter(pl.col("valid_to").is_null() | (pl.col("valid_to") > after))
    again = again.with_columns(valid_from=pl.lit(after, around.schema["valid_from"]))
    return pl.concat([kept, ended, again])


def _new(
    around: pl.DataFrame, seen: pl.DataFrame, form: list[str], at: datetime, after: datetime | None
) -> pl.DataFrame:
    fresh = seen.join(around, on=form, how="anti", nulls_equal=True)
    times = {"valid_from": around.schema["valid_from"], "valid_to": around.schema["valid_to"]}
    return fresh.with_columns(
        valid_from=pl.lit(at, times["valid_from"]), valid_to=pl.lit(after, times["valid_to"])
    ).select(around.columns)


def _joined(parts: list[pl.DataFrame], form: list[str]) -> pl.DataFrame:
    """Join intervals of the same row that meet: one ends where the next one starts."""
    rows = pl.concat(parts).sort("valid_from")
    before = pl.col("valid_to").shift(1).over(form)
    apart = (before != pl.col("valid_from")).fill_null(True)
    run = apart.cast(pl.Int64()).cum_sum().over(form)
    return (
        rows.with_columns(_run=run)
        .group_by([*form, "_run"], maintain_order=True)
        .agg(pl.col("valid_from").first(), pl.col("valid_to").last())
        .select(rows.columns)
    )
