"""What changed in the configuration from one time to another, object by object.

What is compared was observed in full at the first time or before it, or is about something that was
not there yet by then: what else was first asked later is no change, and is listed as such. A change
happened between the last observation of its scope that did not have it, from its start on, for what
it had read by then it did not read again, and the first that did; events of CloudTrail within that
time say when, and by whom.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import polars as pl

from pipeline.lake import reading
from pipeline.lake.catalog import Lake
from pipeline.lake.inventory import INVENTORY_TABLES, KEYS
from pipeline.snapshots.timeline import begun_after, in_force, never_told, tracked

_SEEN = ("scope", "valid_from", "valid_to")
# How many rules or groups it has, which their own rows tell.
_COUNTS = ("ingress_permission_count", "egress_permission_count", "group_count")
# What is no value of the object's own: where and when it was seen, and its number here.
ASIDE = frozenset({*_SEEN, *_COUNTS, "account_id", "region", "not_before", "seen", "index"})


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a table that came, went, or became another: `before` and `after` hold it.

    It happened after `not_before`, the start of the last observation without it, and until `seen`,
    the end of the first with it.
    """

    table: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    not_before: datetime | None
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed, and what was not compared, for it was not observed until the first time.

    `not_compared` are scopes of which there was no answer, `left_out` objects (scope, table/id)
    that every answer until then left out, and a later one told.
    """

    changes: list[Change]
    not_compared: list[str]
    left_out: list[tuple[str, str]]


def difference(lake: Lake, since: datetime, until: datetime) -> Difference:
    """Compare the inventory as it was known at two times."""
    observed = reading.rows(lake, "observations").filter("complete", pl.col("finished") <= until)
    fresh = observed.filter((pl.col("finished") > since).all().over("scope"))
    known = observed.join(fresh, on="scope", how="anti")
    times = observed.select("scope", "finished", not_before="started")
    begun = begun_after(fresh, known, since, partial(reading.rows, lake))
    edges = pl.concat([times, begun.select(times.columns)]).sort("finished")
    never = never_told(known.filter(pl.col("finished") <= since))
    compared = pl.concat([known["scope"], begun["scope"]]).unique().implode()
    changes = [
        change
        for table in INVENTORY_TABLES
        for change in _changes(
            table.name,
            reading.rows(lake, table.name).filter(pl.col("scope").is_in(compared)),
            since,
            until,
            edges,
            never,
        )
    ]
    left = fresh.join(begun, on="scope", how="anti")["scope"].unique().sort()
    since_told = never.join(never_told(known), on="track", how="anti")
    objects = list(since_told.select("scope", "left_out").iter_rows())
    return Difference(changes, left.to_list(), objects)


def _changes(
    table: str,
    rows: pl.DataFrame,
    since: datetime,
    until: datetime,
    times: pl.DataFrame,
    never: pl.DataFrame,
) -> Iterator[Change]:
    """Yield the changes of a table; of objects that were `never` told at the first time none."""
    form = [name for name in rows.columns if name not in (*_SEEN, *_COUNTS)]
    then, now = (in_force(rows, at) for at in (since, until))
    gone = then.join(now, on=form, how="anti", nulls_equal=True)
    came = now.join(then, on=form, how="anti", nulls_equal=True)
    came = tracked(table, came, never).join(never, on="track", how="anti").drop("track")
    gone, came = (
        _dated(rows, edge, times).unique(form, keep="first", maintain_order=True).with_row_index()
        for rows, edge in ((gone, "valid_to"), (came, "valid_from"))
    )
    pairs = _pairs(gone, came, KEYS[table]) if table in KEYS else {}
    for row in came.iter_rows(named=True):
        yield _change(table, pairs.get(row["index"]), row)
    paired = {row["index"] for row in pairs.values()}
    left = (row for row in gone.iter_rows(named=True) if row["index"] not in paired)
    yield from (_change(table, row, None) for row in left)


def _pairs(
    gone: pl.DataFrame, came: pl.DataFrame, key: tuple[str, ...]
) -> dict[int, dict[str, Any]]:
    """Return, by the number of a row that came, the one that it was: the only one of its key."""
    names = [*key, "account_id", "region"]
    olds, news = (rows.filter(pl.struct(names).is_unique()) for rows in (gone, came))
    both = news.select(*names, new="index").join(olds, on=names, nulls_equal=True)
    return {row.pop("new"): row for row in both.iter_rows(named=True)}


def _dated(rows: pl.DataFrame, edge: str, times: pl.DataFrame) -> pl.DataFrame:
    """Say between which observations of its scope each row came or went."""
    seen = rows.with_columns(seen=pl.col(edge)).sort("seen")
    return seen.join_asof(
        times,
        left_on="seen",
        right_on="finished",
        by="scope",
        strategy="backward",
        allow_exact_matches=False,
        # Sorted they are, above; polars cannot see it within the scopes.
        check_sortedness=False,
    ).drop("finished")


def _change(
    table: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Change:
    dated = after or before or {}
    return Change(table, before, after, dated["not_before"], dated["seen"])
