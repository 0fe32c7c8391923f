"""What the flow logs saw of a packet, and who last changed what stands in its way."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pipeline.engines import duckdb, queries
from pipeline.explain.explain import Explained
from pipeline.explain.question import addresses
from pipeline.lake import reading
from pipeline.lake.catalog import Lake

# Around the time that is asked about; and so many records, the nearest ones.
AROUND, MOST = timedelta(hours=1), 200
# When the snapshots were taken that judged.
OBSERVED = ("observed_before", "observed_after")


def observed(connection: duckdb.Connection, lake: Lake, told: Explained) -> list[dict[str, Any]]:
    """Return the records of both ends around the time asked about, in the order of their starts."""
    ids = [end.interface_id for end in (told.source, told.destination) if end.interface_id]
    if not ids or not (told.destination.ipv4 or told.destination.ipv6):
        return []
    asked, (one, other) = told.question, addresses(told.source, told.destination)
    since, until = asked.at - AROUND, asked.at + AROUND
    values = {
        "interface_ids": ids,
        "one": one,
        "other": other,
        "protocol": asked.protocol,
        "port": asked.port,
        "source_port": asked.source_port,
        "since": since,
        "until": until,
        "at": asked.at,
        "most": MOST,
    }
    duckdb.show(connection, "flows", reading.plan(lake, "flows", since, until))
    rows = duckdb.select(connection, queries.text("explain", "observed"), values).to_pylist()
    return sorted(rows, key=lambda row: (row["start_time"], row["interface_id"]))


def last_changes(connection: duckdb.Connection, told: Explained) -> list[dict[str, Any]]:
    """Return when each element that blocks was last changed before that time, and by whom."""
    elements = sorted({one for one in _blocking(told) if one})
    if not elements:
        return []
    sql = queries.text("explain", "last_changes")
    values = {"elements": elements, "at": told.question.at}
    found: list[dict[str, Any]] = duckdb.select(connection, sql, values).to_pylist()
    return found


def _blocking(told: Explained) -> Sequence[str]:
    blockers = (*told.forward.blockers, *told.reply.blockers)
    return [one for hop in blockers for one in (hop.element_id or "").split(",")]
