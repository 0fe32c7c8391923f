"""The events that the lake holds, known by the ids that CloudWatch Logs gave them."""

from datetime import datetime

import polars as pl

from pipeline.lake.catalog import Lake
from pipeline.lake.tables import TABLES


def known(lake: Lake, ids: pl.Series, first: datetime, last: datetime) -> pl.Series:
    """Return those of some event ids that the lake holds, as a flow or as a rejected line.

    Flows are looked for in the files that can hold a start between `first` and `last`, or none.
    The caller holds the lake's lock, so what the tables hold is what is visible.
    """
    started = f"start_time >= '{first.isoformat()}' and start_time <= '{last.isoformat()}'"
    then = f"({started}) or start_time is null"
    found = (
        _found(lake, table.name, ids, then if table.day else "")
        for table in TABLES.values()
        if "event_id" in table.schema()
    )
    return pl.concat(found)


def _found(lake: Lake, name: str, ids: pl.Series, rows: str) -> pl.Series:
    """Look for ids in the files of a table, streamed, so that memory is bounded by the ids."""
    table = lake.table(name)
    scan = table.scan(row_filter=rows) if rows else table.scan()
    files = [task.file.file_path for task in scan.plan_files()]
    if not files:
        return ids.clear()
    held = pl.scan_parquet(
        files,
        glob=False,
        hive_partitioning=False,
        schema={"event_id": pl.String()},
        # Only what came from CloudWatch has event ids.
        missing_columns="insert",
        extra_columns="ignore",
    )
    asked = ids.to_frame("event_id").lazy()
    return asked.join(held, on="event_id", how="semi").collect(engine="streaming")["event_id"]
