"""The ordinary traffic around the faults: everything here arrives and is answered."""

import random
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .flows import FLOWS, IDLE, OVERLOADED, Flow
from .formats import FLOW_LOGS
from .ids import utc
from .interfaces import INTERFACES, Interface
from .outside import PARTNERS, VISITORS, VISITORS_6
from .records import SHORT, SHORT_ANSWER, Packet, Record
from .scenes import SEED

DAYS = {2: utc("2026-03-02T00:00Z"), 3: utc("2026-03-03T00:00Z")}
VOLUMES = ((6, 480), (10, 1240), (14, 3184), (24, 11870))


def ordinary_records() -> Iterator[Record]:
    for flow in FLOWS:
        rng = random.Random(f"{SEED}/{flow.client}/{flow.server}/{flow.port}")
        for day in flow.days:
            for _ in range(flow.daily):
                start = DAYS[day] + rng.randrange(flow.first_hour * 3600 + 120, 86000)
                yield from exchange(rng, flow, start)


def exchange(rng: random.Random, flow: Flow, start: int) -> list[Record]:
    """One connection, or one question and its answer, as all the interfaces on its way log it."""
    packet = Packet(*ends(rng, flow), rng.randrange(32768, 48999), flow.port, flow.protocol)
    made = Talk(start, rng.randrange(1, longest(flow)), rng.choice(VOLUMES), flow.protocol)
    if flow.server not in INTERFACES:
        return through_nat(made, INTERFACES[flow.client], packet, rng.randrange(1024, 32000))
    server = INTERFACES[flow.server]
    if flow.client not in INTERFACES:
        return made.at(server, packet, asking=False)
    client = INTERFACES[flow.client]
    ours = made.at(client, packet, asking=True) + made.at(server, packet, asking=False)
    crossing = {client.vpc.name, server.vpc.name} == {"shop", "platform"}
    return ours + (past_transit(made, client, packet) if crossing else [])


def longest(flow: Flow) -> int:
    """What one record may cover, where the same log holds both ends."""
    ends = [INTERFACES[name].vpc.name for name in (flow.client, flow.server) if name in INTERFACES]
    return FLOW_LOGS["shop"].interval - 10 if ends == ["shop", "shop"] else 50


def ends(rng: random.Random, flow: Flow) -> tuple[str, str]:
    known = INTERFACES.get(flow.server)
    target = flow.target_pod or (known.address if known else flow.server)
    if flow.client in INTERFACES:
        return flow.pod or INTERFACES[flow.client].address, target
    if flow.client == "partners":
        return f"{PARTNERS}{rng.randrange(10, 14)}", target
    if flow.client == "visitors/6":
        return rng.choice(VISITORS_6) + f"{rng.randrange(1, 4096):x}", str(known and known.ipv6)
    return rng.choice(VISITORS) + str(rng.randrange(2, 250)), target


class Talk(NamedTuple):
    """When, how long and how much of a connection; the same for all who log it."""

    start: int
    seconds: int
    volume: tuple[int, int]
    protocol: int

    def at(self, interface: Interface, packet: Packet, asking: bool) -> list[Record]:
        """Both directions at one end."""
        out, back = ("egress", "ingress") if asking else ("ingress", "egress")
        return [self.one(interface, out, packet), self.one(interface, back, packet.answer(), True)]

    def one(
        self,
        interface: Interface,
        direction: str,
        packet: Packet,
        answered: bool = False,
        shown: tuple[str | None, str | None] = (None, None),
    ) -> Record:
        flags = (SHORT_ANSWER if answered else SHORT) if self.protocol == 6 else 0
        packets, size = self.volume
        volume = (packets - 1, size * 2 - 100) if answered else self.volume
        return Record(
            interface,
            direction,
            packet,
            self.start,
            self.seconds,
            flags,
            "ACCEPT",
            volume,
            shown,
        )


def through_nat(talk: Talk, client: Interface, packet: Packet, port: int) -> list[Record]:
    """The NAT gateway logs each packet twice: as it comes and as it goes.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
    """
    gateway = INTERFACES[f"{client.vpc.name}-nat-a"]
    answer, own = packet.answer(), gateway.address
    outside = Packet(own, packet.dst, port, packet.dport, packet.protocol)
    return [
        *talk.at(client, packet, asking=True),
        talk.one(gateway, "ingress", packet, shown=(None, own)),
        talk.one(gateway, "egress", outside),
        talk.one(gateway, "ingress", outside.answer(), answered=True),
        talk.one(gateway, "egress", answer, answered=True, shown=(own, None)),
    ]


def past_transit(talk: Talk, client: Interface, packet: Packet) -> list[Record]:
    """The transit gateway's interface in the server's VPC, standing in for the client."""
    gateway = INTERFACES[f"platform-tgw-{client.subnet[-1]}"]
    own = gateway.address
    return [
        talk.one(gateway, "egress", packet, shown=(own, None)),
        talk.one(gateway, "ingress", packet.answer(), answered=True, shown=(None, own)),
    ]


def quiet_records(records: Iterable[Record]) -> Iterator[Record]:
    """NODATA for each hour in which an interface carries nothing, SKIPDATA where the log lost some.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html (log-status)
    """
    busy = {(record.interface, record.start // 3600) for record in records}
    carriers = {interface.id: interface for interface, _ in busy}
    known = carriers | {INTERFACES[name].id: INTERFACES[name] for name in IDLE}
    for day in DAYS.values():
        for _, interface in sorted(known.items()):
            for start in range(day, day + 86400, 3600):
                if (interface, start // 3600) not in busy:
                    yield status(interface, start, "NODATA")
        for name in OVERLOADED:
            for hour in (9, 13, 20):
                yield status(INTERFACES[name], day + hour * 3600 + 600, "SKIPDATA")


def status(interface: Interface, start: int, text: str) -> Record:
    window = FLOW_LOGS[interface.vpc.name].interval
    return Record(interface, "", None, start, window - 1, status=text)
