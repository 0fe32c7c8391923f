"""Gaps: whole hours between others in which nothing came of an interface.

An interface without traffic has NODATA records, so such an hour was not delivered, or not read.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
"""

from datetime import datetime

import polars as pl

from pipeline.lake import hours
from pipeline.lake.catalog import Lake


def gaps(lake: Lake, tallied: pl.DataFrame) -> list[tuple[str, datetime, datetime]]:
    """Return (interface_id, from, to) of the gaps in what a run read that the lake has, too.

    `tallied` has the run's flows, with `interface_id` and `hour`. The lake is read only where these
    leave something open.
    """
    mine = tallied.select("interface_id", "hour").drop_nulls().unique()
    open_ = _between(mine)
    if not open_.height:
        return []
    begin, end = open_["since"].min(), open_["until"].max()
    assert isinstance(begin, datetime) and isinstance(end, datetime)
    held = hours.seen(lake, open_["interface_id"].unique(), begin, end)
    all_of_them = pl.concat([mine, _within(mine, held)]).unique()
    return list(_between(all_of_them).iter_rows())


def _between(seen: pl.DataFrame) -> pl.DataFrame:
    """Return interface_id, since and until of the hours that lie open between those seen."""
    before = pl.col("hour").shift(1).over("interface_id", order_by="hour")
    since = before.dt.offset_by("1h").alias("since")
    apart = seen.select("interface_id", since, until="hour").drop_nulls()
    return apart.filter(pl.col("since") < pl.col("until")).sort("interface_id", "since")


def _within(mine: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Return the hours held that lie between an interface's own first and last."""
    own = mine.group_by("interface_id").agg(first=pl.col("hour").min(), last=pl.col("hour").max())
    inside = pl.col("hour").is_between("first", "last")
    return held.join(own, on="interface_id").filter(inside).select("interface_id", "hour")
