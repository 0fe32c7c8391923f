"""From observations to intervals: from when to when each row of the inventory was seen so.

A row holds from the first observation that saw it to the first later one that did not; between two
observations nothing is known, so the earlier one stands.
"""

import polars as pl

_HELD = ("valid_from", "valid_to")


def fold(known: pl.DataFrame, seen: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    """Fold one complete observation of each of some scopes into the intervals known of them.

    `known` are a table's rows, with valid_from and valid_to; `seen` those observed, without them;
    `times` has the scopes observed: `at`, when each was, and `after`, when its next later complete
    observation was, NULL where there is none. What is known of other scopes stays as it is. Folding
    is the same in whatever order observations come, but each must come once.
    """
    form = [name for name in known.columns if name not in _HELD]
    others = known.join(times, on="scope", how="anti")
    timed = known.join(times, on="scope")
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
    return fresh.join(times, on="scope").rename({"at": "valid_from", "after": "valid_to"})


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
