"""What is said of an AWS CLI call: what tells its answers, and the rows that are kept of them.

A `Shape` turns one answer's objects into the rows of one table. Its `path` names the lists to
descend from the object, so that a row is one innermost element; a value is `level.Field`, where
level 0 is the object itself, 1 the element of the first list and so on. `a|b` takes the first
present, `=word` is a constant, `#0.Groups` the length of a list, `@subject` the id the answer is
about where the answer does not repeat it.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """The rows of `table` in an answer: the lists to descend, and each column's place."""

    table: str
    path: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """One AWS CLI call: the answer's top-level key, what marks its objects, the rows it gives.

    `marks` are fields that every object of this call has; they tell it from other calls with the
    same key. `about` is True where an answer is about one subject whose id it does not repeat.
    """

    name: str
    key: str
    shapes: tuple[Shape, ...]
    marks: tuple[str, ...] = ()
    about: bool = False


def tags(identity: str, path: str = "Tags") -> Shape:
    """Return the shape of an object's tags, under the id that `identity` names."""
    values = {"resource_id": f"0.{identity}", "key": "1.Key", "value": "1.Value"}
    return Shape("tags", path, values)


def rules(permissions: str, direction: str) -> Iterator[Shape]:
    """Yield the four kinds of peer a group's permission can name, each a list of its own."""
    peers = {
        "IpRanges": {"cidr": "2.CidrIp"},
        "Ipv6Ranges": {"cidr": "2.CidrIpv6"},
        "PrefixListIds": {"prefix_list_id": "2.PrefixListId"},
        "UserIdGroupPairs": {
            "referenced_group_id": "2.GroupId",
            "referenced_account_id": "2.UserId",
            "referenced_vpc_id": "2.VpcId",
            "vpc_peering_connection_id": "2.VpcPeeringConnectionId",
            "peering_status": "2.PeeringStatus",
        },
    }
    for ranges, peer in peers.items():
        values = {
            "group_id": "0.GroupId",
            "direction": f"={direction}",
            "protocol": "1.IpProtocol",
            "from_port": "1.FromPort",
            "to_port": "1.ToPort",
            "description": "2.Description",
            **peer,
        }
        yield Shape("security_group_rules", f"{permissions}.{ranges}", values)


def addresses(lists: dict[str, str]) -> Iterator[Shape]:
    """Yield the kinds of address an interface has, by the list that holds them."""
    for path, name in lists.items():
        values = {
            "interface_id": "0.NetworkInterfaceId",
            "address": f"1.{name}",
            "kind": f"={name}",
        }
        if path == "PrivateIpAddresses":
            values |= {"is_primary": "1.Primary", "public_ip": "1.Association.PublicIp"}
        yield Shape("interface_addresses", path, values)
