"""The two legs of a connection: what asks goes there, what answers comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.explain.arriving import by_its_way
from pipeline.explain.hop import BLOCK, PASS, UNKNOWN, Hop, filters
from pipeline.explain.outside import entering, leading_out, outside

Row = Mapping[str, Any]
# Where the tables stand on a way that lead it out of a VPC: of its subnet, of a transit gateway and
# of the gateway that this one is peered with.
_LEADING = (10, 23, 25)


@dataclass(frozen=True, slots=True)
class Leg:
    """What becomes of a packet on its way: allowed, blocked, leaves or unknown; and each hop.

    `leaves` is of what goes out by the last hop, beyond what the snapshots have. `blockers` are all
    hops that block, in path order: the first decides, and stands in `decider`. `at_ends` has what
    groups and ACL say where it leaves (egress) and where it arrives (ingress), as far as known.
    """

    verdict: str
    certainty: str
    path: list[Hop]
    note: str | None = None
    at_ends: Mapping[str, Row] = field(default_factory=dict)

    @property
    def blockers(self) -> list[Hop]:
        """Return all hops that block, in path order."""
        return [hop for hop in self.path if hop.outcome == BLOCK]

    @property
    def decider(self) -> Hop | None:
        """Return what decides: the first that blocks, or that by which the packet leaves."""
        if self.verdict == "blocked":
            return self.blockers[0]
        return self.path[-1] if self.verdict == "leaves" else None


def leg(
    leaving: Row | None,
    way: Sequence[Row],
    arriving: Row | None,
    is_reply: bool,
    wanted: str | None,
    elsewhere: str = "",
) -> Leg:
    """Return a leg from what is said where it begins, on the way, and where it arrives.

    `leaving` and `arriving` are rows of queries/explain/filters.sql, None where no snapshot has
    that end, `way` those of queries/explain/ways.sql, `wanted` the interface that is to be reached,
    None where any at the address will do. Where the way is stopped, what stands at its end is told
    all the same: it would block, too. `elsewhere` names who has the address off the way.
    """
    arriving = by_its_way(arriving, leaving)
    arrives = not leaving or any(row["is_end"] for row in way)
    leaves = bool(way) and not arrives and all(row["outcome"] == PASS for row in way)
    path = filters(leaving, is_reply) if leaving else [entering(arriving, is_reply)]
    behind = [row for row in way if row["stage"] == "load-balancer"]
    hops = [_hop(row) for row in way if not row["is_end"] and row not in behind]
    path += leading_out(hops, leaving, is_reply and arriving is None)
    path += [] if arrives or way else [outside("goes a way")]
    path += [
        _diverted(row, way, leaving)
        for row in way
        if row["is_end"] and wanted not in (None, row["element_id"])
    ]
    if not leaves:
        path += filters(arriving, is_reply) if arriving else [_nobody(elsewhere)]
    path += [_hop(row) for row in behind]
    rows = {row["direction"]: row for row in (leaving, arriving) if row}
    is_prior = all(row["observed_before"] for row in rows.values())
    return replace(judged(path, leaves, is_prior), at_ends=rows)


def unresolved(hops: list[Hop]) -> Leg:
    """Return the leg of a packet whose destination has no address: nothing is sent."""
    return Leg(
        "unknown", "unknown", hops, "no interface has the name, and as a host's it has no address"
    )


def unanswered(icmp_type: int) -> Leg:
    """Return the leg of what answers a message of ICMP that nothing answers."""
    return Leg("unknown", "unknown", [], f"nothing answers ICMP type {icmp_type}")


def _diverted(end: Row, way: Sequence[Row], leaving: Row | None) -> Hop:
    """Name the route that leads to another interface with that address: the last before its VPC.

    Within the sender's own VPC no route leads anywhere else, so there the interface itself is told.
    """
    why = f"leads to {end['element_id']}, another interface with that address"
    tables = [row for row in way if row["place"] in _LEADING and row["rule"]]
    if not tables or not leaving or leaving["path"] == "local":
        told = ("interface", "interface", end["element_id"], None)
        return Hop(*told, BLOCK, f"the way {why}", "route_diverted", bool(end["is_sure"]))
    last = tables[-1]
    told = (last["stage"], last["element_type"], last["element_id"], last["rule"])
    return Hop(*told, BLOCK, why, "route_diverted", bool(last["is_sure"] and end["is_sure"]))


def _hop(row: Row) -> Hop:
    told = (row["stage"], row["element_type"], row["element_id"], row["rule"], row["outcome"])
    return Hop(*told, row["note"], row["cause"], bool(row["is_sure"]))


def _nobody(elsewhere: str) -> Hop:
    if not elsewhere:
        return outside("goes to an end")
    why = f"no route is known to lead to {elsewhere}: name that with --to if it is meant"
    return Hop("interface", None, None, None, UNKNOWN, why)


def judged(path: list[Hop], leaves: bool, is_prior: bool) -> Leg:
    """Return what a path comes to; where no snapshot precedes the packet nothing is certain."""
    outcomes = [hop.outcome for hop in path]
    if BLOCK in outcomes:
        first = outcomes.index(BLOCK)
        sure = path[first].is_sure and is_prior and UNKNOWN not in outcomes[:first]
        return Leg("blocked", "certain" if sure else "probable", path)
    if UNKNOWN in outcomes:
        return Leg("unknown", "unknown", path)
    sure = is_prior and all(hop.is_sure for hop in path)
    return Leg("leaves" if leaves else "allowed", "certain" if sure else "probable", path)
