"""What a planted fault is: where it shows, what decides it, and how often it is recorded."""

from collections.abc import Iterator
from typing import NamedTuple

from .ids import aws_id, utc
from .interfaces import INTERFACES, Interface, group_ids

FIRST, LAST = "2026-03-02T00:20:00Z", "2026-03-03T23:10:00Z"
TCP, UDP, ICMP, GRE = 6, 17, 1, 47
ANY = "*"


class Verdict(NamedTuple):
    cause: str
    certainty: str
    element_type: str = ""
    element_id: str = ""
    rule: str = ""


class Ask(NamedTuple):
    """Who asks whom: names of interfaces, or bare addresses, or `*` for many."""

    source: str
    target: str
    port: int | str
    protocol: int = TCP


class Seen(NamedTuple):
    """Where the telling record is: whose log, of which leg, how many of them, from when to when.

    The leg is `forward` for the packets that ask and `reply` for those that answer; `scene` names
    the way the records are made.
    """

    at: str
    scene: str
    records: int
    leg: str = "forward"
    first: str = FIRST
    last: str = LAST
    action: str = "REJECT"


class Way(NamedTuple):
    """How the other end is reached, and its VPC where the route, or who asked, names one."""

    path: str
    peer: str = ""


class Fault(NamedTuple):
    """A client asks a server, and something is in the way; `row` is the decision table's."""

    name: str
    row: str
    what: str
    ask: Ask
    seen: Seen
    verdict: Verdict
    way: Way

    @property
    def interface(self) -> Interface:
        return known(self.seen.at)

    @property
    def forward(self) -> bool:
        return self.seen.leg == "forward"

    @property
    def direction(self) -> str:
        sender = self.ask.source if self.forward else self.ask.target
        return "egress" if self.seen.at == sender else "ingress"

    @property
    def ends(self) -> tuple[str, str]:
        """The packet's own source and destination."""
        asked = (address_of(self.ask.source), address_of(self.ask.target))
        return asked if self.forward else (asked[1], asked[0])

    @property
    def dst_port(self) -> int | str:
        """An answer goes to the port that the client happened to choose; ICMP and GRE have none."""
        if self.ask.protocol in (ICMP, GRE):
            return 0
        return self.ask.port if self.forward else ANY

    def times(self) -> Iterator[int]:
        """The starts of its records, evenly spread, both bounds included."""
        first, last = utc(self.seen.first), utc(self.seen.last)
        for index in range(self.seen.records):
            yield first + (last - first) * index // (self.seen.records - 1)


# Started and stopped between two snapshots, so none of them lists it.
UNLISTED = Interface("lab-spot-1", "lab-a", 77, "instance", ("lab-train",), "research-team")


def known(name: str) -> Interface:
    return UNLISTED if name == UNLISTED.name else INTERFACES[name]


def address_of(end: str) -> str:
    """An interface's own address, `name/6` for IPv6; a bare address stays as it is."""
    if end == ANY or end[0].isdigit():
        return end
    name, _, family = end.partition("/")
    return str(known(name).ipv6) if family == "6" else known(name).address


def group_miss(at: str, direction: str = "ingress", certainty: str = "certain") -> Verdict:
    """No rule of any group matches, so all groups of the interface are named."""
    cause = f"sg_{direction}_miss"
    return Verdict(cause, certainty, "security-group", group_ids(INTERFACES[at]))


def acl(name: str, rule: int, cause: str = "nacl_ingress_deny") -> Verdict:
    return Verdict(cause, "certain", "network-acl", aws_id("acl", name), str(rule))
