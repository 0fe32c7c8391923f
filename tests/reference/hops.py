"""What a way is made of: what is sent, what it meets, and where it ends."""

from dataclasses import dataclass, replace
from typing import Self

from .lookup import Address, Interface
from .model import Blocker, Snapshot
from .packet import Packet

PASS, BLOCK, UNKNOWN = "pass", "block", "unknown"
LOCAL, PEERING, GATEWAY, INTERNET, NAT, VPN, ENDPOINT = (
    "local",
    "peering",
    "transit-gateway",
    "internet",
    "nat",
    "vpn",
    "endpoint",
)


@dataclass(frozen=True)
class Sent:
    """A packet as its sender lets it go."""

    source: Address
    destination: Address
    protocol: int
    dst_port: int
    src_port: int | None = None

    def seen(self, direction: str) -> Packet:
        """As an ACL sees it: inbound rules ask for the source, outbound for the destination."""
        peer = self.source if direction == "ingress" else self.destination
        return Packet(direction, peer, self.protocol, self.dst_port, self.src_port)


@dataclass(frozen=True)
class Hop:
    """One element on the way. What is not `sure` blocks by no word of AWS's, but by inference."""

    stage: str
    element_type: str
    element_id: str | None
    outcome: str = PASS
    cause: str | None = None
    rule: str | None = None
    sure: bool = True

    @property
    def blocker(self) -> Blocker:
        return Blocker(self.stage, self.element_type, self.element_id, self.rule, self.cause or "")


@dataclass(frozen=True)
class End:
    """The other end, as far as the way tells; candidates are VPCs that hold the address."""

    path: str = "unknown"
    vpc_id: str | None = None
    account: str | None = None
    interface: Interface | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """Hops in path order and the other end. The way goes on behind a hop that blocks, as far as
    the snapshot tells what would have come next."""

    hops: tuple[Hop, ...]
    end: End = End()

    def after(self, *earlier: Hop) -> Self:
        return replace(self, hops=(*earlier, *self.hops))

    @property
    def blocks(self) -> list[Hop]:
        return [hop for hop in self.hops if hop.outcome == BLOCK]

    @property
    def is_known(self) -> bool:
        """Whether all is known before the first that blocks, or to the end."""
        outcomes = [hop.outcome for hop in self.hops]
        reach = outcomes.index(BLOCK) if BLOCK in outcomes else len(outcomes)
        return UNKNOWN not in outcomes[:reach]

    @property
    def lost_sight(self) -> Hop | None:
        """The first hop of which there is a name for what is not known."""
        return next((hop for hop in self.hops if hop.outcome == UNKNOWN and hop.cause), None)


@dataclass(frozen=True)
class Trip:
    """A packet on its way from an interface, in the network of one snapshot."""

    snapshot: Snapshot
    interface: Interface
    sent: Sent
