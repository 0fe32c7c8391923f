"""Who answers a host name for a VPC, and with which addresses, as far as the snapshots have it.

DNS never refuses a packet: it sends it elsewhere.
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.engines import duckdb, queries
from pipeline.explain.hop import BLOCK, PASS, UNKNOWN, Hop

# Names lead to names; no zone has a longer chain than resolvers follow.
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Answered:
    """What a name resolves to: its addresses, None where that is not known, and who said so."""

    name: str
    addresses: list[str] | None
    hops: list[Hop] = field(default_factory=list)


def answered(
    connection: duckdb.Connection, name: str, vpc_id: str | None, moment: datetime
) -> Answered:
    """Follow a name through the zones and rules of a VPC until addresses, or what is not known.

    `connection` has the stages `functions` and `scopes`.
    """
    sql, hops = queries.text("explain", "names"), list[Hop]()
    wanted = name.rstrip(".").lower()
    for _ in range(_LONGEST):
        values = {"wanted": wanted, "vpc_id": vpc_id, "moment": moment}
        (row,) = duckdb.select(connection, sql, values).to_pylist()
        hop, records = _hop(row, wanted, vpc_id)
        hops.append(hop)
        found = [one["value"] for one in records if _is_address(one)]
        if found or hop.outcome != PASS:
            return Answered(name, found or (None if hop.outcome == UNKNOWN else []), hops)
        wanted = records[0]["value"].rstrip(".").lower()
    hops.append(Hop("dns", "name", wanted, None, UNKNOWN, f"more than {_LONGEST} names in a row"))
    return Answered(name, None, hops)


def _is_address(record: Mapping[str, Any]) -> bool:
    return record["type"] in ("A", "AAAA") and not record["is_alias"]


def _hop(
    row: Mapping[str, Any], wanted: str, vpc_id: str | None
) -> tuple[Hop, list[dict[str, Any]]]:
    """Return what becomes of one name, and the records that answer it."""
    if row["has_support"] is False:
        why = "enableDnsSupport is off: the Amazon DNS server answers nobody in this VPC"
        return Hop("dns", "vpc", vpc_id, wanted, BLOCK, why), []
    zone, rule = row["zone_name"], row["rule_name"]
    if row["rule_type"] == "FORWARD" and (zone is None or len(rule) >= len(zone)):
        why = f"names below {rule} are asked of {', '.join(row['target_ips'] or ['others'])}"
        return Hop("dns", "resolver-rule", row["resolver_rule_id"], wanted, UNKNOWN, why), []
    if zone is not None:
        return _in_zone(row, wanted), row["records"] or []
    return _of_no_zone(row, wanted, vpc_id), []


def _in_zone(row: Mapping[str, Any], wanted: str) -> Hop:
    outcome, why = PASS, ", ".join(f"{one['type']} {one['value']}" for one in row["records"] or [])
    if row["has_hostnames"] is False:
        outcome, why = BLOCK, "enableDnsHostnames is off: the VPC's private zones are not used"
    elif not row["records"]:
        known = row["zone_is_known"]
        outcome = BLOCK if known else UNKNOWN
        why = f"{row['zone_name']} has no address of that name"
        if not known:
            why = f"its records were not asked for: 'flowcause snapshot take --name {wanted}' does"
    return Hop("dns", "hosted-zone", row["hosted_zone_id"], wanted, outcome, why)


def _of_no_zone(row: Mapping[str, Any], wanted: str, vpc_id: str | None) -> Hop:
    if elsewhere := row["zones_elsewhere"]:
        why = f"{vpc_id} is not associated with {', '.join(elsewhere)}: the internet is asked"
        zone = elsewhere[0].partition(" ")[0]
        return Hop("dns", "hosted-zone", zone, wanted, BLOCK, why)
    if not row["zones_are_listed"]:
        return Hop("dns", None, None, wanted, UNKNOWN, "list-hosted-zones was not asked for")
    why = "in no private zone and under no rule of the VPC: the internet is asked"
    return Hop("dns", None, None, wanted, UNKNOWN, why)
