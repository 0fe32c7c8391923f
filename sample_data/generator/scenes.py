"""From plants to records: what each log shows of a planted fault.

A scene is called once a record that the plant promises, and makes that one and those around it.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from .faults import GRE, ICMP, Fault, address_of, known
from .interfaces import INTERFACES
from .outside import SCANNERS, SCANNERS_6, VISITORS
from .records import LATE, RST, SYN_ACK, Packet, Record, asks, connection, flags_of, hears
from .scenes_unrefused import (
    answer_lost,
    lost,
    lost_behind_nat,
    lost_beyond_filter,
    lost_in_transit,
    refused_by_host,
    unanswered,
)

SEED = 20260302
# The ports that strangers try; no group rule of the interfaces they hit mentions one.
SCANNED = (21, 23, 25, 110, 139, 445, 1433, 2323, 2375, 3306, 3389, 5038, 5060, 5900, 6379, 7547)
SCANNED_UDP = (53, 123, 161, 389, 1900, 5060, 11211)

Scene = Callable[[random.Random, Fault, Packet, int, int], list[Record]]


def records_of(fault: Fault) -> Iterator[Record]:
    """All records of one plant; the same plant always gives the same ones."""
    rng = random.Random(f"{SEED}/{fault.name}")
    scene = SCENES[fault.seen.scene]
    for index, start in enumerate(fault.times()):
        yield from scene(rng, fault, question(rng, fault), start, index)


def question(rng: random.Random, fault: Fault) -> Packet:
    """The first packet, from the client to the server."""
    ask = fault.ask
    port = ask.port if isinstance(ask.port, int) else 0
    sport = 0 if ask.protocol in (ICMP, GRE) else rng.randrange(32768, 48999)
    return Packet(address_of(ask.source), address_of(ask.target), sport, port, ask.protocol)


def refused_at_target(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """It leaves the client and is refused where it arrives."""
    refusal = hears(fault.interface, packet, start, action="REJECT")
    return [asks(known(fault.ask.source.partition("/")[0]), packet, start - 1), refusal]


def refused_at_source(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    return [asks(fault.interface, packet, start, action="REJECT")]


def unencrypted(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    made = refused_at_target(rng, fault, packet, start, index)
    return [made[0], replace(made[1], reason="EC")]


def refused_beyond_transit(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """The transit gateway's interface stands in for the client on the way."""
    gateway = INTERFACES["platform-tgw-b"]
    between = asks(gateway, packet, start, shown=(gateway.address, None))
    return [*refused_at_target(rng, fault, packet, start, index), between]


def refused_behind_balancer(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """The client's address is preserved, so only pkt-srcaddr names it."""
    gateway, balancer = INTERFACES["platform-tgw-a"], INTERFACES["platform-nlb-a"]
    asked = replace(packet, dst=balancer.address)
    through = (balancer.address, None)
    return [
        asks(gateway, asked, start - 1, shown=(gateway.address, None)),
        hears(balancer, asked, start - 1),
        asks(balancer, packet, start, shown=through),
        hears(fault.interface, packet, start, action="REJECT", shown=through),
    ]


def refused_at_nat(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """The NAT gateway's interface shows itself as the destination."""
    shown = (None, fault.interface.address)
    refusal = hears(fault.interface, packet, start, action="REJECT", shown=shown)
    return [asks(known(fault.ask.source), packet, start - 1), refusal]


def reply_kept_out(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """Asked from a high port, answered, and the answer is refused at the client."""
    packet = replace(packet, sport=rng.randrange(61000, 65535))
    client, server = known(fault.ask.source), known(fault.ask.target)
    return [
        asks(client, packet, start - 3),
        hears(server, packet, start - 2),
        asks(server, packet.answer(), start - 1, flags=SYN_ACK),
        hears(client, packet.answer(), start, flags=SYN_ACK, action="REJECT"),
    ]


def reply_kept_in(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """Asked from a high port, and the answer is refused where it leaves the server."""
    if packet.protocol == 6:
        packet = replace(packet, sport=rng.randrange(49152, 60999))
    client, server = known(fault.ask.source), known(fault.ask.target)
    answered = flags_of(packet, SYN_ACK)
    return [
        asks(client, packet, start - 2),
        hears(server, packet, start - 2),
        asks(server, packet.answer(), start, flags=answered, action="REJECT"),
    ]


def late_answer(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """A closed connection, and minutes later one more packet of the server's."""
    client, server = known(fault.ask.source), known(fault.ask.target)
    late = LATE[index % len(LATE)]
    return [
        *connection(client, server, packet, start - rng.randrange(400, 1200)),
        asks(server, packet.answer(), start - 1, flags=late),
        hears(client, packet.answer(), start, flags=late, action="REJECT"),
    ]


def late_question(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """A closed connection, and minutes later one more packet of the client's."""
    client, server = known(fault.ask.source), known(fault.ask.target)
    late = LATE[index % len(LATE)]
    return [
        *connection(client, server, packet, start - rng.randrange(400, 1200)),
        asks(client, packet, start - 1, flags=late),
        hears(server, packet, start, flags=late, action="REJECT"),
    ]


def scan(rng: random.Random, fault: Fault, packet: Packet, start: int, index: int) -> list[Record]:
    """A stranger tries a port."""
    ports = SCANNED if packet.protocol == 6 else SCANNED_UDP
    stranger = replace(packet, src=scanner(rng, ":" in packet.dst), dport=rng.choice(ports))
    size = 40 if packet.protocol == 6 else 61
    return [hears(fault.interface, stranger, start, action="REJECT", seconds=0, volume=(1, size))]


def scanner(rng: random.Random, ipv6: bool) -> str:
    if ipv6:
        return rng.choice(SCANNERS_6) + f"{rng.randrange(1, 99):x}"
    return rng.choice(SCANNERS) + str(rng.randrange(2, 250))


def blocked_visitors(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    visitor = replace(packet, src=rng.choice(VISITORS) + str(rng.randrange(2, 250)))
    return [hears(fault.interface, visitor, start, action="REJECT", reason="BPA")]


def refused_between_gateways(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """Both interfaces of the transit gateway show it, on its way in and on its way out."""
    into, out = INTERFACES["platform-tgw-b"], INTERFACES["depot-tgw-a"]
    return [
        *refused_at_target(rng, fault, packet, start, index),
        hears(into, packet, start - 1, shown=(None, into.address)),
        asks(out, packet, start, shown=(out.address, None)),
    ]


def backscatter(
    rng: random.Random, fault: Fault, packet: Packet, start: int, index: int
) -> list[Record]:
    """A web server answers somebody who gave this address as their own."""
    stranger = Packet(scanner(rng, False), packet.dst, 443, rng.randrange(1024, 65535))
    flags = SYN_ACK if index % 3 else RST
    seen = {"action": "REJECT", "seconds": 0, "volume": (1, 44), "flags": flags}
    return [hears(fault.interface, stranger, start, **seen)]


SCENES: dict[str, Scene] = {
    "refused-at-target": refused_at_target,
    "refused-at-source": refused_at_source,
    "refused-at-nat": refused_at_nat,
    "refused-beyond-transit": refused_beyond_transit,
    "refused-behind-balancer": refused_behind_balancer,
    "unencrypted": unencrypted,
    "reply-kept-out": reply_kept_out,
    "reply-kept-in": reply_kept_in,
    "late-answer": late_answer,
    "late-question": late_question,
    "lost": lost,
    "lost-in-transit": lost_in_transit,
    "lost-behind-nat": lost_behind_nat,
    "lost-beyond-filter": lost_beyond_filter,
    "unanswered": unanswered,
    "refused-by-host": refused_by_host,
    "refused-between-gateways": refused_between_gateways,
    "backscatter": backscatter,
    "answer-lost": answer_lost,
    "scan": scan,
    "blocked-visitors": blocked_visitors,
}
