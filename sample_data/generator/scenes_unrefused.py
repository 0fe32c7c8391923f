"""From plants of what nobody refused to records: it was lost, or the host did not want it."""

import random
from dataclasses import replace

from .faults import GRE, Fault, known
from .interfaces import INTERFACES
from .records import RST, SYN_ACK, Packet, Record, asks, hears


def lost(rng: random.Random, fault: Fault, packet: Packet, start: int, index: int) -> list[Record]:
    """It leaves, and no log ever shows it again."""
    return [asks(fault.interface, packet, start, seconds=15, volume=(4, 240))]


def answer_lost(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """It arrives, and the answer never does."""
    client, server = known(fault.ask.source), known(fault.ask.target)
    return [
        asks(client, packet, start - 1, seconds=15, volume=(4, 240)),
        hears(server, packet, start - 1, seconds=15, volume=(4, 240)),
        asks(server, packet.answer(), start, seconds=15, flags=SYN_ACK, volume=(4, 240)),
    ]


def lost_in_transit(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """The transit gateway takes it, and drops it."""
    into = INTERFACES[f"{fault.interface.vpc.name}-tgw-a"]
    took = hears(into, packet, start, seconds=15, volume=(4, 240), shown=(None, into.address))
    return [*lost(rng, fault, packet, start, index), took]


def lost_behind_nat(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """The NAT gateway takes it, and hands on what it can: nothing but TCP, UDP and ICMP."""
    gateway = INTERFACES[f"{fault.interface.vpc.name}-nat-a"]
    outside = replace(packet, src=gateway.address, sport=rng.randrange(1024, 32000))
    more = {"seconds": 15, "volume": (4, 240)}
    made = lost(rng, fault, packet, start, index)
    made.append(hears(gateway, packet, start, shown=(None, gateway.address), **more))
    return made if packet.protocol == GRE else [*made, asks(gateway, outside, start, **more)]


def lost_beyond_filter(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """A packet filter takes it, and no log shows it again."""
    taken = INTERFACES["depot-filter-1"]
    took = hears(taken, packet, start, seconds=15, volume=(4, 240), shown=(None, taken.address))
    return [*lost(rng, fault, packet, start, index), took]


def unanswered(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """It arrives, and nothing ever comes back."""
    came = hears(known(fault.ask.target), packet, start, seconds=15, volume=(4, 240))
    return [*lost(rng, fault, packet, start, index), came]


def refused_by_host(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """It arrives, and the host answers with RST."""
    client, server = known(fault.ask.source), known(fault.ask.target)
    reset = {"seconds": 0, "flags": RST, "volume": (1, 40)}
    return [
        asks(client, packet, start, seconds=0, volume=(1, 60)),
        hears(server, packet, start, seconds=0, volume=(1, 60)),
        asks(server, packet.answer(), start, **reset),
        hears(client, packet.answer(), start, **reset),
    ]
