"""Refused records and a network in memory, and what is told of each."""

from collections.abc import Sequence
from typing import Any

from network_in_memory import answered, asking, holding
from reference.model import Json, Record, Snapshot
from reference.organisation import interface, organisation

from pipeline.engines.duckdb import Connection

TOLD = """
    select q.interface_id, q.peer_ip, q.dst_port, d.* exclude (interface_id, peer_ip)
    from decisions_made as d
    inner join questions as q on d.question_id = q.question_id
"""


def refusals(
    memory: Connection, folder, records: Sequence[Record], *snapshots: Snapshot
) -> list[dict[str, Any]]:
    """The verdicts of records of one direction, in their order.

    They differ in interface, peer or port.
    """
    with holding(memory, folder, records, *snapshots):
        rows = answered(memory, asking(records), TOLD)
    told = {(row["interface_id"], row["peer_ip"], row["dst_port"]): row for row in rows}
    assert len(told) == len(rows)
    return [told[one["interface_id"], _peer(one), one["dstport"]] for one in records]


def _peer(record: Record) -> str:
    return record["srcaddr"] if record["flow_direction"] == "ingress" else record["dstaddr"]


def carrying(interfaces: dict[str, list[str]], groups: dict[str, list[Json]], **more) -> Snapshot:
    """The small organisation, with interfaces in E's subnet that carry these groups.

    The rules of the groups are inbound.
    """
    held = [
        interface(name, "subnet-e", [f"10.0.1.{100 + number}"], carried)
        for number, (name, carried) in enumerate(interfaces.items())
    ]
    made = [
        {"GroupId": name, "IpPermissions": rules, "IpPermissionsEgress": []}
        for name, rules in groups.items()
    ]
    told = {"describe-network-interfaces": held, "describe-security-groups": made}
    return organisation(more=told, **more)
