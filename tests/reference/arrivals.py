"""The last hop: the subnet and the interface at an address of a VPC."""

from dataclasses import replace

from .acls import subnet_cidrs, vpc_cidrs
from .hops import BLOCK, UNKNOWN, End, Hop, Way
from .lookup import Address, Interface, block, found, holds, inside, interfaces, was_asked, with_id
from .model import Json, Snapshot

RESERVED = 4
SUBNETS, INTERFACES = "describe-subnets", "describe-network-interfaces"


def arrival(snapshot: Snapshot, vpc_id: str, destination: Address, path: str) -> Way:
    """What is at the address; no subnet or interface where the VPC's owner listed all it has.

    A VPC's owner sees the interfaces of those who take part in its subnets.
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
    """
    account, region = home(snapshot, vpc_id)
    subnet = subnet_at(snapshot, vpc_id, destination)
    subnet_id = subnet["SubnetId"] if subnet else None
    there = holders(snapshot, destination, vpc_id)
    if there:
        one = there[0]
        end = End(path, vpc_id, one.account, one if len(there) == 1 else None)
        return Way((hop("interface", one.body["NetworkInterfaceId"]),), end)
    end = End(path, vpc_id, account)
    if subnet is None:
        lacks = was_asked(snapshot, SUBNETS, account, region)
        return Way((hop("vpc", vpc_id, lacks, "no_subnet"),), end)
    # AWS keeps the first four addresses and the last of a subnet for itself.
    # https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    lacks = was_asked(snapshot, INTERFACES, account, region) and not is_reserved(
        subnet, destination
    )
    return Way((hop("subnet", subnet_id, lacks, "no_interface"),), end)


def at_home(snapshot: Snapshot, found: Way, vpc_id: str, destination: Address, path: str) -> Way:
    """A way into a VPC, to its end at an address of the VPC's own, whatever leads it there.

    Of a VPC whose blocks no snapshot has, any address may be its own.
    """
    blocks = blocks_of(snapshot, vpc_id)
    is_own = blocks is None or any(inside(destination, cidr) for cidr in blocks)
    if not is_own or any(hop.stage == "address" for hop in found.hops):
        return found
    there = arrival(snapshot, vpc_id, destination, path)
    return replace(found, hops=(*found.hops, *there.hops), end=there.end)


def hop(kind: str, name: str | None, lacks: bool | None = None, cause: str = "") -> Hop:
    """Passes where nothing is asked; blocks where it surely lacks, else unknown."""
    if lacks is None:
        return Hop("address", kind, name)
    return Hop("address", kind, name, BLOCK if lacks else UNKNOWN, cause if lacks else None)


def subnet_at(snapshot: Snapshot, vpc_id: str, destination: Address) -> Json | None:
    for _, subnet in found(snapshot, SUBNETS):
        here = any(inside(destination, cidr) for cidr in subnet_cidrs(subnet))
        if here and subnet.get("VpcId") == vpc_id:
            return subnet
    return None


def is_reserved(subnet: Json, destination: Address) -> bool:
    for cidr in subnet_cidrs(subnet):
        if inside(destination, cidr):
            number = int(destination) - int(block(cidr).network_address)
            return number < RESERVED or number == block(cidr).num_addresses - 1
    return False


def holders(snapshot: Snapshot, destination: Address, vpc_id: str | None = None) -> list[Interface]:
    """The interfaces that hold the address, of one VPC or of all; each once."""
    there = {
        one.body["NetworkInterfaceId"]: one
        for one in interfaces(snapshot)
        if holds(one, destination) and vpc_id in (None, one.vpc_id)
    }
    return [there[name] for name in sorted(there)]


def home(snapshot: Snapshot, vpc_id: str | None) -> tuple[str | None, str | None]:
    """The account and Region of a VPC, as itself or its subnets tell."""
    for command in ("describe-vpcs", SUBNETS):
        for answer, body in found(snapshot, command):
            if body.get("VpcId") == vpc_id:
                return body.get("OwnerId") or answer.account, answer.region
    return None, None


def blocks_of(snapshot: Snapshot, vpc_id: str | None) -> list[str] | None:
    """A VPC's blocks; None where no snapshot has them."""
    vpc = with_id(snapshot, "describe-vpcs", "VpcId", vpc_id)
    if vpc is None:
        return None
    primary = [vpc["CidrBlock"]] if vpc.get("CidrBlock") else []
    return sorted({*primary, *vpc_cidrs(vpc)}) or None


def candidates(snapshot: Snapshot, destination: Address) -> tuple[str, ...]:
    """The VPCs in which an interface holds the address."""
    return tuple(sorted({str(one.vpc_id) for one in holders(snapshot, destination)}))
