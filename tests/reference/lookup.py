"""Finding things in a snapshot's raw answers, by plain search."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from .model import ALL_KEYS, Answer, Json, Snapshot

Address = IPv4Address | IPv6Address
Block = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Interface:
    """A network interface, and the account and Region of the answer that holds it."""

    account: str
    region: str
    body: Json

    @property
    def kind(self) -> str | None:
        """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html"""
        return self.body.get("InterfaceType")

    @property
    def vpc_id(self) -> str | None:
        return self.body.get("VpcId")

    @property
    def subnet_id(self) -> str | None:
        return self.body.get("SubnetId")

    @property
    def group_ids(self) -> list[str] | None:
        """None where the dump does not say; an empty list where there are none."""
        groups = self.body.get("Groups")
        return None if groups is None else [group["GroupId"] for group in groups]


@lru_cache(maxsize=100_000)
def address(text: str) -> Address:
    return ip_address(text)


@lru_cache(maxsize=100_000)
def block(text: str) -> Block:
    return ip_network(text, strict=False)


@lru_cache(maxsize=100_000)
def inside(one: Address, cidr: str) -> bool:
    """Whether the address lies in the block; never, when their families differ."""
    return one in block(cidr)


def found(snapshot: Snapshot, command: str) -> Iterator[tuple[Answer, Json]]:
    """Every object that a command listed, over all accounts and Regions."""
    for answer in snapshot.answers:
        if answer.command == command:
            for item in answer.body[ALL_KEYS[command]]:
                yield answer, item


def with_id(snapshot: Snapshot, command: str, field: str, wanted: str | None) -> Json | None:
    for _, item in found(snapshot, command):
        if item.get(field) == wanted:
            return item
    return None


def interfaces(snapshot: Snapshot) -> Iterator[Interface]:
    """As listed: those of a shared subnet by their owner, and by the owner of the VPC too.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
    """
    for answer, item in found(snapshot, "describe-network-interfaces"):
        yield Interface(item.get("OwnerId") or answer.account, answer.region, item)


def interface_with_id(snapshot: Snapshot, wanted: str | None) -> Interface | None:
    for interface in interfaces(snapshot):
        if interface.body["NetworkInterfaceId"] == wanted:
            return interface
    return None


def private_blocks(interface: Interface) -> list[str]:
    """Private addresses and delegated prefixes; never a public or Elastic address.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    body = interface.body
    return (
        [item["PrivateIpAddress"] for item in body.get("PrivateIpAddresses") or []]
        + [item["Ipv6Address"] for item in body.get("Ipv6Addresses") or []]
        + [item["Ipv4Prefix"] for item in body.get("Ipv4Prefixes") or []]
        + [item["Ipv6Prefix"] for item in body.get("Ipv6Prefixes") or []]
    )


def holds(interface: Interface, one: Address) -> bool:
    return any(inside(one, cidr) for cidr in private_blocks(interface))


def group_with_id(snapshot: Snapshot, wanted: str) -> Json | None:
    return with_id(snapshot, "describe-security-groups", "GroupId", wanted)


def acl_of_subnet(snapshot: Snapshot, subnet_id: str | None) -> Json | None:
    """The ACL whose associations name the subnet.

    https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
    """
    for _, acl in found(snapshot, "describe-network-acls"):
        if any(item.get("SubnetId") == subnet_id for item in acl.get("Associations") or []):
            return acl
    return None


def prefix_list_entries(snapshot: Snapshot, prefix_list_id: str) -> list[str] | None:
    """The list's CIDRs, or None where the dump lacks them."""
    for answer in snapshot.answers:
        wanted = answer.command == "get-managed-prefix-list-entries"
        if wanted and answer.subject == prefix_list_id:
            return [entry["Cidr"] for entry in answer.body["Entries"]]
    return None


def interfaces_were_listed(snapshot: Snapshot, account: str | None, region: str | None) -> bool:
    return was_asked(snapshot, "describe-network-interfaces", account, region)


def was_asked(snapshot: Snapshot, command: str, account: str | None, region: str | None) -> bool:
    return any(
        (answer.command, answer.account, answer.region) == (command, account, region)
        for answer in snapshot.answers
    )


def about(snapshot: Snapshot, command: str, subject: str) -> Json | None:
    """The answer on one subject, of a call that is made once for each; None where it was not."""
    for answer in snapshot.answers:
        if (answer.command, answer.subject) == (command, subject):
            return answer.body
    return None
