"""A change to a group or an ACL, as it is told in words, in commands and in the inventory's rows.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from pipeline.attribution.changed import Change

# As the API names them; every other protocol goes by its number.
PROTOCOLS = {6: "tcp", 17: "udp", 1: "icmp", 58: "icmpv6"}
# Before anything was observed, so that a change is in force in every snapshot.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class GroupRule:
    """A rule that is added to a group: for one block, or for the members of another group.

    `ports` are first and last, None where the protocol has none, `icmp` type and code, None for all
    of them; `account_id` is that of the group referred to, where it is another account's.
    """

    group_id: str
    direction: str
    protocol: int
    ports: tuple[int, int] | None
    cidr: str | None = None
    referenced_group_id: str | None = None
    account_id: str | None = None
    icmp: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class AclEntry:
    """An entry that is put into an ACL; where it `replaces` one, that of the same number goes."""

    network_acl_id: str
    direction: str
    rule_number: int
    action: str
    protocol: int
    cidr: str
    ports: tuple[int, int] | None = None
    icmp: tuple[int, int] | None = None
    replaces: bool = False


Changed = GroupRule | AclEntry


def element_of(change: Changed) -> str:
    """Return the id of what is changed."""
    return change.group_id if isinstance(change, GroupRule) else change.network_acl_id


def as_rows(
    changes: Sequence[Changed], group_scopes: pl.DataFrame, acl_scopes: pl.DataFrame
) -> list[Change]:
    """Return changes as rows of the inventory, in every view that there is of what is changed.

    The scopes are those of queries/remedies/scopes_of_groups.sql and scopes_of_acls.sql.
    """
    rules = [change for change in changes if isinstance(change, GroupRule)]
    entries = [change for change in changes if isinstance(change, AclEntry)]
    made = []
    if rules:
        rows = pl.DataFrame(list(map(_rule_row, rules)), infer_schema_length=None).unique()
        made.append(Change("security_group_rules", _seen(rows, group_scopes)))
    if entries:
        rows = pl.DataFrame(list(map(_entry_row, entries)), infer_schema_length=None).unique()
        gone = [_entry_key(entry) for entry in entries if entry.replaces]
        removed = pl.DataFrame(gone).unique() if gone else None
        made.append(Change("network_acl_entries", _seen(rows, acl_scopes), removed))
    return made


def _seen(rows: pl.DataFrame, scopes: pl.DataFrame) -> pl.DataFrame:
    dated = rows.with_columns(pl.lit(_EVER).alias("valid_from"))
    return dated.join(scopes, on=scopes.columns[0])


def _rule_row(rule: GroupRule) -> dict[str, object]:
    first, last = rule.icmp or rule.ports or (None, None)
    return {
        "group_id": rule.group_id,
        "direction": rule.direction,
        "protocol": PROTOCOLS.get(rule.protocol, str(rule.protocol)),
        "from_port": first,
        "to_port": last,
        "cidr": rule.cidr,
        "referenced_group_id": rule.referenced_group_id,
    }


def _entry_key(entry: AclEntry) -> dict[str, object]:
    return {
        "network_acl_id": entry.network_acl_id,
        "is_egress": entry.direction == "egress",
        "rule_number": entry.rule_number,
    }


def _entry_row(entry: AclEntry) -> dict[str, object]:
    first, last = entry.ports or (None, None)
    kind, code = entry.icmp or (None, None)
    return _entry_key(entry) | {
        "rule_action": entry.action,
        "protocol": str(entry.protocol),
        "cidr": entry.cidr,
        "from_port": first,
        "to_port": last,
        "icmp_type": kind,
        "icmp_code": code,
    }
