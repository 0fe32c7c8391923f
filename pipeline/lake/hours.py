"""The hours of which the lake has records of an interface."""

from datetime import datetime

import polars as pl

from pipeline.lake.catalog import Lake
from pipeline.lake.commits import visible_version
from pipeline.lake.tables import FLOWS


def seen(lake: Lake, interfaces: pl.Series, since: datetime, until: datetime) -> pl.DataFrame:
    """Return `interface_id` and `hour` of the flows of some interfaces, each pair once.

    Of the files only those are read that can hold a start from `since` to before `until`.
    """
    files = _files(lake, since, until)
    wanted = {name: FLOWS.schema()[name] for name in ("interface_id", "start_time")}
    hour = pl.col("start_time").dt.truncate("1h").alias("hour")
    if not files:
        return pl.DataFrame(schema=wanted).select("interface_id", hour)
    held = pl.scan_parquet(
        files,
        glob=False,
        hive_partitioning=False,
        schema=wanted,
        # A file has the columns that its records have.
        missing_columns="insert",
        extra_columns="ignore",
    )
    mine = held.filter(
        pl.col("start_time").is_between(since, until, closed="left"),
        pl.col("interface_id").is_in(interfaces.implode()),
    )
    return mine.select("interface_id", hour).unique().collect(engine="streaming")


def _files(lake: Lake, since: datetime, until: datetime) -> list[str]:
    version = visible_version(lake, FLOWS.name)
    if version is None:
        return []
    rows = f"start_time >= '{since.isoformat()}' and start_time < '{until.isoformat()}'"
    scan = lake.table(FLOWS.name).scan(row_filter=rows, snapshot_id=version)
    return [task.file.file_path for task in scan.plan_files()]
