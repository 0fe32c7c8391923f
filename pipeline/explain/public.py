"""Ends that are told by the address by which the internet knows them."""

from dataclasses import replace
from datetime import datetime

from pipeline.engines import duckdb, queries
from pipeline.explain.question import End, ends_named


def known_publicly(
    connection: duckdb.Connection, moment: datetime, source: End, targets: list[End]
) -> tuple[End, list[End]]:
    """Return both ends, one of them as the interface that has the public address told.

    That is so only where the other end is in no snapshot: what one VPC sends to a public address of
    another leaves by the internet, where the private addresses of neither count.
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html
    """
    if any(end.interface_id for end in (source, *targets)) or len(targets) != 1:
        return source, targets
    sender = _of_public(connection, moment, source)
    if sender is not None:
        return sender, targets
    receiver = _of_public(connection, moment, targets[0])
    return source, [receiver] if receiver else targets


def _of_public(connection: duckdb.Connection, moment: datetime, end: End) -> End | None:
    """Return the interface that alone has a public address; None where none or several have."""
    sql = queries.text("explain", "public_ends")
    values = {"wanted": end.ipv4, "moment": moment}
    rows = duckdb.select(connection, sql, values).to_pylist()
    if len(rows) != 1:
        return None
    found = ends_named(connection, rows[0]["interface_id"], moment)
    own = rows[0]["address"]
    return replace(found[0], asked=end.asked, ipv4=own, ipv6=None) if found else None
