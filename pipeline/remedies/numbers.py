"""Free numbers of a network ACL: where an entry must stand to decide before another.

https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.remedies.changes import AclEntry

# The highest number that is the user's: from 32767 on they are AWS's, the last deny among them.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
_HIGHEST = 32766
# What AWS advises to leave between entries.
_STEP = 100
_NUMBER = re.compile("-?[0-9]+")


def entries_before(
    rule: int, wanted: Sequence[AclEntry], entries: Sequence[Mapping[str, Any]]
) -> list[AclEntry]:
    """Return the wanted entries with numbers that are free, and decide before a rule.

    `entries` are those of the ACLs, as queries/remedies/acl_entries.sql has them. Where no number
    below the rule is free and the one above it is, the rule moves there, and one wanted entry takes
    its place: both are returned, in the order in which they are to be made. Without room there are
    none.
    """
    if not wanted:
        return []
    of_acl = [
        entry
        for entry in entries
        if entry["network_acl_id"] == wanted[0].network_acl_id
        and entry["direction"] == wanted[0].direction
    ]
    taken = {int(entry["rule_number"]) for entry in of_acl}
    numbers = _free_below(rule, taken, len(wanted))
    if numbers:
        return [
            replace(entry, rule_number=number)
            for entry, number in zip(wanted, numbers, strict=True)
        ]
    return _in_its_place(rule, wanted, taken, of_acl)


def _free_below(rule: int, taken: set[int], count: int) -> list[int]:
    """Return so many free numbers; where only the last deny is to follow, above all others."""
    highest = max((number for number in taken if number <= _HIGHEST), default=0)
    rounded = (highest // _STEP + 1) * _STEP
    if rule > _HIGHEST and rounded + count - 1 <= _HIGHEST:
        return list(range(rounded, rounded + count))
    free = [number for number in range(min(rule, _HIGHEST + 1) - 1, 0, -1) if number not in taken]
    return sorted(free[:count]) if len(free) >= count else []


def _in_its_place(
    rule: int, wanted: Sequence[AclEntry], taken: set[int], entries: Sequence[Mapping[str, Any]]
) -> list[AclEntry]:
    deciding = [entry for entry in entries if entry["rule_number"] == rule]
    above = rule + 1
    if len(wanted) > 1 or len(deciding) != 1 or above in taken or above > _HIGHEST:
        return []
    if not _NUMBER.fullmatch(deciding[0]["protocol"] or ""):
        return []
    return [_moved(deciding[0], above), replace(wanted[0], rule_number=rule, replaces=True)]


def _moved(entry: Mapping[str, Any], number: int) -> AclEntry:
    return AclEntry(
        entry["network_acl_id"],
        entry["direction"],
        number,
        entry["rule_action"],
        int(entry["protocol"]),
        entry["cidr"],
        _pair(entry["from_port"], entry["to_port"]),
        _pair(entry["icmp_type"], entry["icmp_code"]),
    )


def _pair(first: int | None, last: int | None) -> tuple[int, int] | None:
    return None if first is None or last is None else (first, last)
