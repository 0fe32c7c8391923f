"""What is around findings: their packets, and at the time of these all that a remedy has to know.

The packets are those of queries/reports/rejects.sql, `tried`: who sent to whom. None of them is a
record: the time is that of the finding's last one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.attribution import packets
from pipeline.attribution.changed import Change, let_be
from pipeline.attribution.packets import PACKETS
from pipeline.engines import duckdb, queries
from pipeline.remedies.remedy import CHANGEABLE, Known

# As many packets of a finding as are tried: they differ in their ends alone.
MOST = 50
# The queries that read what was judged of the packets.
_AROUND = ("acl_entries", "own_lists", "peer_groups", "scopes_of_acls", "scopes_of_groups")
_SCHEMA = pl.Schema({"packet_id": pl.Int64(), "finding": pl.Int64(), **PACKETS})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The packets of findings, what is known around each, and where changes are to be made.

    `packets` are those of `packets_of`, with `peer_interface_id`, and whether each `was_refused`.
    The scopes are those of queries/remedies.
    """

    packets: pl.DataFrame
    known: Mapping[int, Known]
    group_scopes: pl.DataFrame
    acl_scopes: pl.DataFrame


def packets_of(findings: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return the packets of the findings that groups or ACLs refused, or Block Public Access.

    The columns are those of PACKETS, `finding`, the place of its finding, and `packet_id`, its
    place among the packets that are judged.
    """
    rows = [
        {"finding": number, **_packet(finding), **end}
        for number, finding in enumerate(findings)
        if finding["cause"] in CHANGEABLE
        for end in (finding["tried"]["ends"] or [])[:MOST]
    ]
    numbered = [{"packet_id": place, **row} for place, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=_SCHEMA)


def _packet(finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all packets of a finding have; what answers goes to the lowest of its ports."""
    return {
        "direction": finding["direction"],
        "protocol": finding["protocol"],
        "src_port": finding["tried"]["source_port"],
        "dst_port": (finding["dst_ports"] or [None])[0],
        "phase": "reply" if finding["cause"].endswith("_reply") else "initial",
        "start_time": finding["tried"]["last_start"],
    }


def look_around(
    connection: duckdb.Connection,
    made: pl.DataFrame,
    findings: Sequence[Mapping[str, Any]],
    given: Sequence[Change] = (),
) -> Surroundings:
    """Read what a remedy has to know around the packets of findings, which are being judged.

    `given` is what they are judged by in place of the network's own rows, which are read as they
    are.
    """
    verdicts = packets.verdicts(connection)[made["packet_id"]]
    let_be(connection, given)
    rows = {name: _read(connection, name) for name in _AROUND}
    placed = made.with_columns(
        verdicts["peer_interface_id"], verdicts["allowed"].not_().alias("was_refused")
    )
    owners = placed.select("finding", "packet_id")
    subnets = placed.select("finding").with_columns(verdicts["subnet_id"])
    known = _known(findings, rows, owners, subnets)
    return Surroundings(placed, known, rows["scopes_of_groups"], rows["scopes_of_acls"])


def _read(connection: duckdb.Connection, name: str) -> pl.DataFrame:
    return pl.DataFrame(duckdb.select(connection, queries.text("remedies", name)))


def _known(
    findings: Sequence[Mapping[str, Any]],
    rows: Mapping[str, pl.DataFrame],
    owners: pl.DataFrame,
    subnets: pl.DataFrame,
) -> dict[int, Known]:
    entries = rows["acl_entries"].partition_by("network_acl_id", as_dict=True)
    by_acl = {acl: part.to_dicts() for (acl,), part in entries.items()}
    groups = _lists(_groups_of_all(rows["peer_groups"], owners), ["group_id", "account_id"])
    own_lists = frozenset(rows["own_lists"]["prefix_list_id"])
    held = _lists(subnets.drop_nulls().unique().sort(subnets.columns), ["subnet_id"])
    return {
        number: Known(
            [entry for acl in _acls(findings[number]) for entry in by_acl.get(acl, [])],
            tuple(groups.get(number, [])),
            tuple(subnet for (subnet,) in held.get(number, [])),
            own_lists,
        )
        for number in owners["finding"].unique()
    }


def _acls(finding: Mapping[str, Any]) -> list[str]:
    return [b["element_id"] for b in finding["blockers"] if b["element_type"] == "network-acl"]


def _groups_of_all(peer_groups: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """Return the groups that the peer of every packet of a finding carries."""
    counts = owners.group_by("finding").len("packets")
    return (
        peer_groups.join(owners, on="packet_id")
        .with_columns(
            pl.when(pl.col("peer_account_id") != pl.col("account_id"))
            .then("peer_account_id")
            .alias("account_id")
        )
        .group_by("finding", "group_id", "account_id")
        .agg(pl.col("packet_id").n_unique().alias("carried_by"))
        .join(counts, on="finding")
        .filter(pl.col("carried_by") == pl.col("packets"), pl.col("packets") < MOST)
        .sort("finding", "group_id")
    )


def _lists(rows: pl.DataFrame, columns: list[str]) -> dict[int, list[tuple[Any, ...]]]:
    parts = rows.partition_by("finding", as_dict=True, maintain_order=True)
    return {number: part.select(columns).rows() for (number,), part in parts.items()}
