"""What has been ingested: the table that makes an object ingested once or not at all."""

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from pipeline.lake import reading
from pipeline.lake.catalog import Lake


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
