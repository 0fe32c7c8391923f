"""What is said of a packet where it arrives, by the way it comes: its answer may take another."""

from collections.abc import Mapping
from typing import Any

from pipeline.explain.hop import UNKNOWN

Row = Mapping[str, Any]
_BY_ANY = (
    "the transit gateway may hand it in within the subnet, where no ACL is asked, or by another "
    "subnet, and then the ACL may refuse it"
)


def by_its_way(arriving: Row | None, leaving: Row | None) -> Row | None:
    """Return what groups and ACL say of a packet over the way by which it comes from another VPC.

    Both are rows of queries/explain/filters.sql, None where no snapshot has that end. Whether a
    reference reaches is judged there by the way of the answer: where the packet comes by another
    one, that is not known.
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
    """
    if arriving is None or leaving is None or not arriving["interface_known"]:
        return arriving
    if leaving["path"] not in ("peering", "transit-gateway"):
        return arriving
    says = _acl_says(arriving, leaving)
    come = {**arriving, "path": leaving["path"], "acl_says": says}
    if says == UNKNOWN and arriving["entries_say"] != UNKNOWN:
        come["acl_why"] = _BY_ANY
    if not arriving["rests_on_way"] or _is_one_way(arriving, leaving):
        return come
    return come | {"groups_say": UNKNOWN, "groups_why": _why(arriving, leaving)}


def _acl_says(arriving: Row, leaving: Row) -> str:
    """Return what the ACL says, which what a transit gateway hands in in its subnet does not meet.

    With interfaces in other subnets of the VPC, too, it may come by one of these.
    """
    says = str(arriving["entries_say"])
    if leaving["path"] != "transit-gateway" or not arriving["has_gateway"]:
        return says
    if not arriving["has_other_gateways"]:
        return "not_evaluated"
    return says if says == "allow" else UNKNOWN


def _is_one_way(arriving: Row, leaving: Row) -> bool:
    is_there = arriving["peer_vpc_id"] in (None, leaving["vpc_id"])
    return is_there and bool(arriving["path"] == leaving["path"])


def _why(arriving: Row, leaving: Row) -> str:
    target = arriving["route_target"]
    back = f"its answer goes by {target}" if target else "no route leads its answer back"
    return (
        f"only a reference to a group allows it, which may not reach: it comes over "
        f"{leaving['route_target']}, and {back}"
    )
