"""The sentences of a finding: what happened, how often and since when, and what it rests on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.remedies.changes import PROTOCOLS
from pipeline.reports.last_changed import last_changed
from pipeline.reports.lost import LOST, lost

_WHY = {
    "address": "fits but for the address",
    "port": "fits but for the port",
    "protocol": "fits the address, but not the protocol",
    "stale": "fits, but is stale: what it refers to is gone",
    "expired": "its connection was idle for longer",
    "order": "would allow it, but a lower number denies first",
}

# Of so many elements it is said when they were changed.
_MOST_CHANGED = 3

# So many days old no snapshot is that is taken every day.
_OLD = 2

_PATHS = {
    "local": " within the VPC",
    "peering": " over peering",
    "transit-gateway": " over the transit gateway",
    "internet": " over the internet gateway",
    "nat": " over the NAT gateway",
    "vpn": " over the VPN gateway",
    "endpoint": " over the endpoint",
}


def sentence(row: Mapping[str, Any]) -> str:
    """Say in one sentence what was refused or lost, and where.

    `row` is one of queries/reports/rejects.sql.
    """
    if row["cause"] in LOST:
        return f"{_traffic(row)}: {lost(row, _named)}."
    return f"{_traffic(row)}: {_DECIDED.get(row['cause'], _unexplained)(row)}."


def age(row: Mapping[str, Any]) -> str:
    """Say by how old a snapshot a finding was judged; of those taken daily nothing is said."""
    days = row["snapshot_days"] or 0
    return f"by a snapshot {days:,} days older" if days >= _OLD else ""


def evidence_lines(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the numbers, the owners, the nearest miss, who changed what, and the notes."""
    yield (
        f"{_count(row['records'], 'record')}, {_count(row['packets'] or 0, 'packet')}, "
        f"{_count(row['bytes'] or 0, 'byte')}, {_span(row['first_time'], row['last_time'])}"
    )
    ids = _few(_named(row, row["interface_ids"]), row["interfaces"])
    yield f"at {ids}, {_place(row, row['owners'], row['account_id'], row['vpc_id'])}"
    if row["peer_ips"]:
        side = {"ingress": "from", "egress": "to"}.get(row["direction"], "packets")
        yield f"{side} {_peer(row)}"
    if near := row["nearest_miss"]:
        rule = f"rule {near['rule']}" if near["element_type"] == "network-acl" else near["rule"]
        yield f"nearest: {near['element_id']} {rule}: {_WHY[near['why']]}"
    yield from _changes(row["changes"] or [])
    if row["stable"] and row["certainty"] != "unknown":
        yield "the snapshots before and after agree"
    yield from (f"note: {note}" for note in row["notes"] or [])


def _changes(changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in changes[:_MOST_CHANGED]:
        yield f"changed: {one['element_id']} {last_changed(one, _minute)}"
    if len(changes) > _MOST_CHANGED:
        yield f"changed: and {len(changes) - _MOST_CHANGED} more"


def basis_line(basis: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a report rests on, and what it lacks."""
    snapshots = basis["snapshots"] or []
    yield (
        f"Rests on {_count(basis['records'], 'record')} of {_count(basis['objects'], 'object')}, "
        f"{_count(basis['judged'], 'judged REJECT')}, "
        f"{_count(basis['lost'], 'silent loss', 'es')}, {_count(len(snapshots), 'snapshot')}"
        + (f" ({', '.join(_minute(s) for s in snapshots[-3:])})" if snapshots else "")
        + "."
    )
    if basis["skipdata"]:
        yield f"{_count(basis['skipdata'], 'SKIPDATA record')}: flows are missing from the logs."
    if basis["rejects"] > basis["judged"]:
        missing = basis["rejects"] - basis["judged"]
        yield f"{_count(missing, 'REJECT record')} not judged yet: run 'flowcause attribute'."


# What a report cannot do without: where nobody asked for it, that it finds nothing tells nothing.
_WANTED = {
    "coverage": "describe-flow-logs",
    "peering": "describe-vpc-peering-connections",
    "routes": "describe-route-tables",
}


def unknown_line(name: str, basis: Mapping[str, Any]) -> str | None:
    """Say why a report of the configuration knows nothing, and what to do; None where it does."""
    if not basis["snapshots"]:
        return (
            "No snapshot is in the lake, so nothing is known: 'flowcause snapshot take' asks AWS, "
            "'flowcause snapshot load DIR --at TIME' keeps answers of the AWS CLI."
        )
    if not basis["calls"]:
        first = _minute(basis["snapshots"][0])
        return f"No snapshot is of before --until, so nothing is known: the first is of {first}."
    wanted = _WANTED.get(name)
    if wanted and wanted not in basis["calls"]:
        return f"No snapshot has {wanted}, so nothing is known: take or load one with it."
    return None


def _traffic(row: Mapping[str, Any]) -> str:
    protocol = PROTOCOLS.get(row["protocol"], f"protocol {row['protocol']}")
    port = _ports(row) if row["protocol"] in (6, 17) else ""
    if row["leg"] == "reply":
        port = f" answers from {row['src_port']}" if row["src_port"] else " answers"
    where = {"ingress": "into", "egress": "out of"}.get(row["direction"], "at")
    ids = _few(_named(row, row["interface_ids"]), row["interfaces"])
    return f"{protocol}{port} {where} {ids}{_PATHS.get(row['path'], '')}"


def _ports(row: Mapping[str, Any]) -> str:
    return f" to {row['ports']} ports" if row["ports"] > 1 else f"/{row['dst_ports'][0]}"


def _group_miss(row: Mapping[str, Any]) -> str:
    groups = " or ".join(_named(row, row["element_id"].split(",")))
    return f"no {row['direction']} rule of {groups} allows it"


def _acl_deny(row: Mapping[str, Any], what: str = "it") -> str:
    (acl,) = _named(row, [row["element_id"]])
    if row["rule"] is None:
        return f"{acl} denies {what} whatever the ICMP type"
    if row["rule"] in ("32767", "32768"):
        return f"no rule of {acl} allows {what} (rule {row['rule']}, the last)"
    return f"rule {row['rule']} of {acl} denies {what}"


def _both(row: Mapping[str, Any]) -> str:
    said = []
    for blocker in row["blockers"]:
        said.append(_DECIDED[blocker["cause"]]({**row, **blocker}))
    return "first " + ", and then ".join(said)


def _unexplained(row: Mapping[str, Any]) -> str:
    return _UNEXPLAINED[row["cause"]]


def _reply_deny(row: Mapping[str, Any]) -> str:
    return f"{_acl_deny(row, 'them')}, though what they answer came through"


def _reference(row: Mapping[str, Any]) -> str:
    groups = " or ".join(_named(row, row["element_id"].split(",")))
    return f"a rule of {groups} refers to a group of the peer, and does not reach there"


def _access(row: Mapping[str, Any]) -> str:
    told = "refuses it (reject-reason BPA)" if row["certainty"] == "certain" else "may refuse it"
    return f"VPC Block Public Access {told}"


_UNEXPLAINED = {
    "interface_unknown": "the interface is in no snapshot of that time",
    "stage_unknown": "a part of the configuration that decides is in no snapshot",
    "not_explained": "not explained by the snapshots",
    "no_tracked_connection": "no connection is tracked that it belongs to",
    "late_packet": "it came late, after its connection was closed or had expired",
    "unsolicited_packet": "nobody asked for it: no connection was there, and no rule is",
    "depends_on_icmp_type": "whether the rules allow it depends on the ICMP type",
}
_DECIDED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "sg_ingress_miss": _group_miss,
    "sg_egress_miss": _group_miss,
    "nacl_ingress_deny": _acl_deny,
    "nacl_egress_deny": _acl_deny,
    "sg_and_nacl": _both,
    "nacl_ingress_deny_reply": _reply_deny,
    "nacl_egress_deny_reply": _reply_deny,
    "sg_reference_ineffective": _reference,
    "block_public_access": _access,
    "encryption_control": lambda row: "VPC encryption controls refuse it (reject-reason EC)",
}


def _peer(row: Mapping[str, Any]) -> str:
    peers = _few(row["peer_ips"], row["peers"])
    if row["path"] in ("internet", "nat") and not row["peer_vpc_id"]:
        return f"{peers} on the internet"
    if not row["peer_vpc_id"]:
        return f"{peers}, whose VPC and owner are not known"
    ids = _named(row, row["peer_interface_ids"])
    place = _place(row, row["peer_owners"], row["peer_account_id"], row["peer_vpc_id"])
    return ", ".join([peers, *([_few(ids)] if ids else []), place])


def _place(
    row: Mapping[str, Any], owners: list[str] | None, account: str | None, vpc: str | None
) -> str:
    owner = f"owner {', '.join(owners)}" if owners else "owner not tagged"
    told = [owner, f"account {account}" if account else "account not known"]
    return ", ".join([*told, *_named(row, [vpc] if vpc else [])])


def _named(row: Mapping[str, Any], ids: list[str]) -> list[str]:
    """Put the name of each resource behind its id, where it has one."""
    names = {named["id"]: named["name"] for named in row["names"] or []}
    return [f"{one} ({names[one]})" if one in names else one for one in ids]


def _few(names: list[str], total: int | None = None) -> str:
    total = len(names) if total is None else total
    return ", ".join(names[:2]) + (f" and {total - 2} more" if total > 2 else "")


def _count(number: int, what: str, plural: str = "s") -> str:
    return f"{number:,} {what}{'' if number == 1 else plural}"


def _span(first: datetime | None, last: datetime | None) -> str:
    return f"{_minute(first)} to {_minute(last)}"


def _minute(moment: datetime | None) -> str:
    return "no time" if moment is None else f"{moment:%Y-%m-%d %H:%MZ}"
