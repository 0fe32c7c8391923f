"""What has been ingested: the table that makes an object ingested once or not at all."""

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from pipeline.lake import reading
from pipeline.lake.catalog import Lake

_URI = pl.col("uri")


@dataclass(slots=True)
class Ingested:
    """The ids of the objects that the lake holds, and the ledger's files that told so."""

    ids: set[str] = field(default_factory=set)
    files: frozenset[str] = frozenset()

    def read_on(self, lake: Lake) -> None:
        """Read what the ledger has more than when it was last read."""
        planned = frozenset(reading.plan(lake, "ledger").files)
        if new := planned - self.files:
            rows = pl.scan_parquet(list(new), glob=False, hive_partitioning=False)
            ids = rows.filter(status="ingested").select("object_id").collect()["object_id"]
            self.ids |= set(ids.to_list())
        self.files = planned


def ingested(lake: Lake) -> Ingested:
    """Return the objects that the lake holds; failed ones are tried again."""
    known = Ingested()
    known.read_on(lake)
    return known


def uris(
    lake: Lake, column: Literal["kind", "source"], value: Literal["cloudwatch", "export"]
) -> list[str]:
    """Return where the ingested objects of a kind or source were found."""
    rows = f"status = 'ingested' and {column} = '{value}'"
    scan = lake.table("ledger").scan(row_filter=rows, selected_fields=("uri",))
    return list(scan.to_arrow()["uri"].to_pylist())


def failed(
    lake: Lake,
    source: Literal["cloudwatch", "s3"],
    within: str,
    name: pl.Expr = _URI,
) -> frozenset[str]:
    """Return where objects were found of which the last that was read failed.

    They are those of a source whose uris begin with `within`; `name` tells which are of one object.
    One that was settled since has nothing that the lake lacks.
    """
    files = reading.plan(lake, "ledger").files
    if not files:
        return frozenset()
    held = pl.scan_parquet(files, glob=False, hive_partitioning=False)
    mine = held.filter(pl.col("source") == source, _URI.str.starts_with(within))
    told = mine.select("uri", "ingested_at", name=name, bad=pl.col("status") == "failed")
    once = told.join(told.filter("bad").select("name").unique(), on="name", how="semi")
    last = pl.col("uri", "bad").sort_by("ingested_at", "bad").last()
    left = once.group_by("name").agg(last).filter("bad")
    return frozenset(left.collect(engine="streaming")["uri"])


def rewritten(lake: Lake, run_id: str) -> list[str]:
    """Return where objects of a run were found in whose place the lake has others from before.

    An hour of a log group is none: what it held before is left out when it is read again.
    """
    files = reading.plan(lake, "ledger").files
    if not files:
        return []
    held = pl.scan_parquet(files, glob=False, hive_partitioning=False)
    held = held.filter(
        pl.col("status") == "ingested", pl.col("flows") > 0, pl.col("source") != "cloudwatch"
    )
    mine = held.filter(run_id=run_id).select("uri").unique()
    found = held.select("uri").join(mine, on="uri", how="semi").group_by("uri").len()
    again = found.filter(pl.col("len") > 1).select("uri").sort("uri")
    return again.collect(engine="streaming")["uri"].to_list()


def doubled(lake: Lake, run_id: str) -> list[tuple[str, str]]:
    """Return the objects of a run whose bytes another object has: where it was found, and that one.

    What has no flows, like a header alone, doubles none. The first to come is the other one.
    """
    files = reading.plan(lake, "ledger").files
    if not files:
        return []
    held = pl.scan_parquet(files, glob=False, hive_partitioning=False)
    held = held.filter(pl.col("status") == "ingested", pl.col("flows") > 0)
    mine = held.filter(run_id=run_id).select("sha256").unique()
    # Only digests are held of all that might be the same.
    same = held.select("sha256").join(mine, on="sha256", how="semi")
    twice = same.group_by("sha256").len().filter(pl.col("len") > 1)
    names = held.select("sha256", "uri", "run_id", "ingested_at", "object_id")
    found = names.join(twice, on="sha256", how="semi").sort("ingested_at", "uri", "object_id")
    told = found.with_columns(
        first=pl.col("uri").first().over("sha256"), nth=pl.int_range(pl.len()).over("sha256")
    )
    again = told.filter(pl.col("run_id") == run_id, pl.col("nth") > 0).select("uri", "first")
    return list(again.collect(engine="streaming").iter_rows())
