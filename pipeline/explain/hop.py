"""One step of a packet's way, and what becomes of it there."""

from collections.abc import Mapping
from typing import Any, NamedTuple

PASS, BLOCK, UNKNOWN = "pass", "block", "unknown"
# The ways of the stage `peers` that lead over an internet gateway, or may.
_PUBLIC = ("internet", "nat", "unknown")


class Hop(NamedTuple):
    """What stands in the way at a stage: an element, its rule, the outcome and why.

    `cause` is that of a verdict where it blocks; `is_sure` is False where the outcome rests on a
    later snapshot, on views that disagree, or on what AWS does not document.
    """

    stage: str
    element_type: str | None
    element_id: str | None
    rule: str | None
    outcome: str
    why: str | None = None
    cause: str | None = None
    is_sure: bool = True


def filters(row: Mapping[str, Any], is_reply: bool) -> list[Hop]:
    """Return the groups, the ACL and Block Public Access at an interface, in path order.

    `row` is of queries/explain/filters.sql. What leaves meets the groups first, what arrives last.
    """
    if not row["interface_known"]:
        why = "the interface is in no snapshot of that time: load describe-network-interfaces"
        return [Hop("interface", "interface", row["interface_id"], None, UNKNOWN, why)]
    hops = [_groups(row, is_reply), *_acl(row, is_reply), *_public_access(row, is_reply)]
    return hops if row["direction"] == "egress" else hops[::-1]


def _groups(row: Mapping[str, Any], is_reply: bool) -> Hop:
    stage, says = f"security-group-{row['direction']}", row["groups_say"]
    sure = not (row["groups_late"] or row["interface_late"])
    carried = (stage, "security-group", row["group_ids"] or None)
    if says == "none":
        return Hop(stage, "interface", row["interface_id"], None, PASS, "carries no groups")
    if is_reply:
        why = "security groups let pass what answers a connection that they track"
        return Hop(*carried, None, PASS, why)
    if says == "match":
        rule, group = row["allowing_rule"], row["allowing_group_id"]
        return Hop(stage, "security-group", group, rule, PASS, None, None, sure)
    if says == "miss":
        near = row["nearest_miss"]
        nearest = f"; nearest: {near['rule']}, {_distance(near['why'])}" if near else ""
        cause = f"sg_{row['direction']}_miss"
        return Hop(*carried, None, BLOCK, f"no rule allows it{nearest}", cause, sure)
    if says == "doubtful":
        why = "only a reference to a group allows it, which does not reach the other end"
        doubtful = (stage, "security-group", row["doubtful_groups"], None)
        return Hop(
            *doubtful,
            BLOCK,
            why,
            "sg_reference_ineffective",
            sure and bool(row["surely_ineffective"]),
        )
    if says == "depends":
        return Hop(*carried, None, UNKNOWN, "only some ICMP types are allowed: give --icmp-type")
    why = row.get("groups_why") or row["note"] or "the rules are in no snapshot"
    return Hop(*carried, None, UNKNOWN, why)


def _distance(why: str) -> str:
    return "which is stale" if why == "stale" else f"other {why}"


def _acl(row: Mapping[str, Any], is_reply: bool) -> list[Hop]:
    says, direction = row["acl_says"], row["direction"]
    rule = None if row["rule_number"] is None else str(row["rule_number"])
    element = (f"network-acl-{direction}", "network-acl", row["network_acl_id"], rule)
    if says == "not_evaluated":
        return []
    if says == "allow":
        return [Hop(*element, PASS, is_sure=not row["acl_late"])]
    if says == "deny":
        cause = f"nacl_{direction}_deny{'_reply' if is_reply else ''}"
        is_sure = rule is not None and not row["acl_late"]
        return [Hop(*element, BLOCK, _denied(rule), cause, is_sure)]
    if says == "depends":
        why = "the ACL decides by the ICMP type: give --icmp-type"
        return [Hop(*element, UNKNOWN, why)]
    why = row.get("acl_why") or row["note"] or "no network ACL is known for the subnet"
    return [Hop(*element, UNKNOWN, why)]


def _denied(rule: str | None) -> str:
    """https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html."""
    if rule is None:
        return "its rules deny every ICMP type, and which does depends on it: give --icmp-type"
    return "no rule of the ACL allows it" if rule in ("32767", "32768") else "the rule denies it"


def _public_access(row: Mapping[str, Any], is_reply: bool) -> list[Hop]:
    """Return Block Public Access, which concerns what goes by a gateway of the internet alone.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    if row["path"] not in _PUBLIC:
        return []
    mode, is_egress = row["block_mode"], row["direction"] == "egress"
    if is_reply or mode in (None, "off") or (is_egress and mode != "block-bidirectional"):
        return []
    why = f"Block Public Access is {mode}"
    told = ("block-public-access", "vpc", row["vpc_id"], mode)
    return [Hop(*told, BLOCK, why, "block_public_access", False)]
