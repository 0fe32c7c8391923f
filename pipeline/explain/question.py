"""What is asked, and which interfaces its two ends are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from pipeline.engines import duckdb, queries
from pipeline.errors import BadInput
from pipeline.remedies.changes import PROTOCOLS

# As IANA has them; the flow logs tell protocols by number.
# https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml
NUMBERS = {name: number for number, name in PROTOCOLS.items()} | {"gre": 47, "esp": 50, "ah": 51}
WITH_PORTS, WITH_TYPES = (6, 17), (1, 58)
_SHOWN = 8
# Time, DNS and instance metadata, which no route, group or ACL keeps from an instance.
# https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
_SERVED = (
    *("169.254.169.123", "169.254.169.253", "169.254.169.254"),
    *("fd00:ec2::123", "fd00:ec2::253", "fd00:ec2::254"),
)
# What is no name of a host: a mistyped id, or numbers that are no address.
_NO_HOST = re.compile(r"(eni|i)-\w*|[\d./:]*")


@dataclass(frozen=True, slots=True)
class Question:
    """Why a packet from `source` does not reach `destination`, each an address, an id or a name.

    `protocol` is a number; ports, type and code are None where they are left open.
    """

    source: str
    destination: str
    at: datetime
    protocol: int = 6
    port: int | None = None
    source_port: int | None = None
    icmp_type: int | None = None
    icmp_code: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """One end of a packet: its addresses, and its interface where the snapshots have one."""

    asked: str
    ipv4: str | None
    ipv6: str | None
    interface_id: str | None = None
    name: str | None = None
    account_id: str | None = None
    region: str | None = None
    vpc_id: str | None = None
    subnet_id: str | None = None


def protocol_of(text: str) -> int:
    """Return a protocol's number, told by name or number. Raises BadInput."""
    told = NUMBERS.get(text.lower(), int(text) if text.isdecimal() else -1)
    if 0 <= told <= 255:
        return told
    raise BadInput(f"no protocol {text!r}: write {', '.join(NUMBERS)} or a number up to 255")


def check(question: Question) -> None:
    """Raise BadInput for what no packet has, and for what nothing here decides about."""
    for end in (question.source, question.destination):
        if end in _SERVED:
            raise no_filter(end)
    ports, types = (question.port, question.source_port), (question.icmp_type, question.icmp_code)
    if question.protocol not in WITH_PORTS and any(one is not None for one in ports):
        raise BadInput(f"protocol {question.protocol} has no ports: leave --port out")
    if question.protocol not in WITH_TYPES and any(one is not None for one in types):
        raise BadInput(f"protocol {question.protocol} has no ICMP type: leave --icmp-type out")
    if question.icmp_code is not None and question.icmp_type is None:
        raise BadInput("an ICMP code is of a type: give --icmp-type, too")
    for value, most in zip((*ports, *types), (65535, 65535, 255, 255), strict=True):
        if value is not None and not 0 <= value <= most:
            raise BadInput(f"{value} is out of range: it is to be from 0 to {most}")


def no_filter(address: str) -> BadInput:
    """Return what to say of an address that AWS answers at within a VPC.

    https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
    """
    return BadInput(
        f"{address} is answered by AWS within the VPC: no route, group or ACL decides about it. "
        "'flowcause report dns' tells of the DNS settings"
    )


def ends_named(connection: duckdb.Connection, wanted: str, moment: datetime) -> list[End]:
    """Return the interfaces that a text may mean: by their ids, addresses, instances and names.

    `connection` has the stages `functions` and `scopes`.
    """
    sql = queries.text("explain", "ends")
    # AWS writes an IPv6 address in one of the many ways there are.
    text = str(ip_address(wanted)) if is_address(wanted) else wanted
    rows = duckdb.select(connection, sql, {"wanted": text, "moment": moment}).to_pylist()
    return [End(wanted, **row) for row in rows]


def source_of(connection: duckdb.Connection, question: Question) -> End:
    """Return the end that a packet comes from. Raises BadInput where it is none, or several."""
    found = ends_named(connection, question.source, question.at)
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(f"{question.source!r} may be {listed(found)}: name one of them with --from")
    if is_address(question.source):
        return _alone(question.source)
    raise _nobody(question.source)


def destinations(connection: duckdb.Connection, question: Question, source: End) -> list[End]:
    """Return the ends that a packet may go to: those of an address, see `at_address`, or one.

    Empty where nothing has such a name: it may be a host's. Raises BadInput where it is of several,
    and for what is no name of a host.
    """
    if is_address(question.destination):
        return at_address(connection, question.destination, question.at, source)
    found = ends_named(connection, question.destination, question.at)
    if len(found) > 1:
        raise BadInput(
            f"{question.destination!r} may be {listed(found)}: name one of them with --to"
        )
    if not found and _NO_HOST.fullmatch(question.destination):
        raise _nobody(question.destination)
    return found


def _nobody(text: str) -> BadInput:
    return BadInput(
        f"no interface, instance or name {text!r} in the snapshots of that time: "
        "'flowcause snapshot list' shows what there is"
    )


def at_address(
    connection: duckdb.Connection, address: str, moment: datetime, source: End
) -> list[End]:
    """Return the ends that an address may be: each interface that has it, and the address alone.

    Which of them it is the routes from the source say, or none: several VPCs may have one address.
    Where the source is in no snapshot there are no such routes, so one has to be the only one.
    Raises BadInput where it is not.
    """
    found = ends_named(connection, address, moment)
    if source.interface_id is not None:
        return [*found, _alone(address)]
    if len(found) > 1:
        raise BadInput(f"{address!r} may be {listed(found)}: name one of them with --to")
    return found or [_alone(address)]


def _alone(address: str) -> End:
    """Return the end at an address of which no interface is known."""
    text = str(ip_address(address))
    return End(address, None, text) if ":" in text else End(address, text, None)


def address(end: End) -> str:
    """Return the address by which an end is told from others."""
    return end.ipv4 or end.ipv6 or end.asked


def addresses(source: End, destination: End) -> tuple[str, str]:
    """Return the addresses between which a packet goes, of one family. Raises BadInput."""
    if source.ipv4 and destination.ipv4:
        return source.ipv4, destination.ipv4
    if source.ipv6 and destination.ipv6:
        return source.ipv6, destination.ipv6
    raise BadInput(f"{source.asked!r} and {destination.asked!r} have no addresses of one family")


def reachable(source: End, named: Sequence[str]) -> list[str]:
    """Return those of a name's addresses that are of a family of the source; all where none is."""
    usable = [one for one in named if (source.ipv6 if ":" in one else source.ipv4)]
    return usable or list(named)


def is_address(text: str) -> bool:
    """Tell whether a text is an IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def listed(found: Sequence[End]) -> str:
    """Return interfaces as a person tells them apart, the first few by name."""
    told = [f"{one.interface_id} ({one.ipv4 or one.ipv6}, {one.vpc_id})" for one in found[:_SHOWN]]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return ", ".join(told) + more
