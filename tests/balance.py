"""What a lake holds of what was ingested, and whether its tables agree with its ledger."""

import polars as pl

from pipeline.lake import reading
from pipeline.lake.catalog import find_lake, open_lake
from pipeline.lake.tables import COUNTS

FLOWS = ("flows", "transit_gateway_flows")
PLACE = ("object_id", "line_number")
_KNOWN = ("object_id", "source", "uri", "size", "sha256", "kind", "log_format", *COUNTS)


def contents(path) -> dict:
    """Return what a reader sees of what was ingested, sorted: two lakes that hold the same do."""
    lake = open_lake(path)
    seen = {}
    for name in FLOWS:
        rows = reading.rows(lake, name)
        seen[name] = rows.height, rows["bytes"].sum(), sorted(rows.select(PLACE).rows())
    rejected = reading.rows(lake, "rejected_lines")
    seen["rejected_lines"] = sorted(rejected.select(*PLACE, "text").rows())
    known = reading.rows(lake, "ledger").filter(status="ingested")
    seen["ledger"] = sorted(known.select(_KNOWN).rows())
    return seen


def check(path) -> None:
    """Check that the tables hold, object by object, what the ledger says, and nothing else."""
    lake = find_lake(path)
    if lake is None:
        return
    known = reading.rows(lake, "ledger").filter(status="ingested")
    assert known["object_id"].is_unique().all()
    flows = pl.concat(reading.rows(lake, name).select(PLACE) for name in FLOWS)
    rejected = reading.rows(lake, "rejected_lines").select(PLACE)
    for rows, count in ((flows, "flows"), (rejected, "rejected")):
        assert not rows.is_duplicated().any()
        told = known.filter(pl.col(count) > 0).select("object_id", count).rows()
        assert dict(rows.group_by("object_id").len().rows()) == dict(told)
