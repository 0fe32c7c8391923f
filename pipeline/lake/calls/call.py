"""What is said of an AWS CLI call: how it is made, what tells its answers, which rows are kept.

A `Shape` turns one answer's objects into the rows of one table. Its `path` names the lists to
descend from the object, so that a row is one innermost element: `a/b` is the list b in the object
a, a step that ends in `?` keeps an object whose list is empty, with nothing on that level, and one
that ends in `*` takes the values of an object that has one a name. A list that an object has not is
unknown, but where the step has a `~` before these: there AWS leaves out what is empty. A value is
`level.Field`, where level 0 is the object itself, 1 the element of the first list and so on. `a|b`
takes the first present, `=word` is a constant, `#0.Groups` the length of a list, `@subject` the id
the answer is about where the answer does not repeat it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# What IAM calls a service, where that is not the name that the AWS CLI has for it.
# https://docs.aws.amazon.com/service-authorization/latest/reference/
_IAM = {"elbv2": "elasticloadbalancing"}
# Route 53 puts it before its ids, in some answers.
ZONE = "/hostedzone/"


@dataclass(frozen=True, slots=True)
class Shape:
    """The rows of `table` in an answer: the lists to descend, and each column's place."""

    table: str
    path: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class About:
    """What a call is asked once for each of: the ids that another call's objects have.

    `parameter` is how the call is told the id, `call` and `field` say where the ids are met;
    `where` are fields and values that narrow them.
    """

    parameter: str
    call: str
    field: str
    where: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One AWS CLI call: the answer's top-level key, what marks its objects, the rows it gives.

    `marks` are fields that every object of this call has; they tell it from other calls with the
    same key. `about` says what one answer is about, whose id it need not repeat. `whole` is True
    where the answer is no list of objects but one object, of which the key is a part; `inside` is
    the list in which what is listed has the objects. `asked` are the parameters of every call,
    `service` is the CLI's name of the service, and what is `everywhere` has one answer for all
    Regions. `owner` is where an object names its account, `ids` are the fields that tell objects
    apart where that is not the first column of the first shape.
    """

    name: str
    key: str
    shapes: tuple[Shape, ...]
    marks: tuple[str, ...] = ()
    about: About | None = None
    whole: bool = False
    inside: str = ""
    asked: dict[str, Any] = field(default_factory=dict)
    service: str = "ec2"
    everywhere: bool = False
    owner: str = "OwnerId"
    ids: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        """The name of boto3's method."""
        return self.name.replace("-", "_")

    @property
    def action(self) -> str:
        """The IAM action that allows the call."""
        words = "".join(word.capitalize() for word in self.name.split("-"))
        return f"{_IAM.get(self.service, self.service)}:{words}"

    @property
    def part(self) -> str | None:
        """Which part of its subject a call is about, where it is told one by one."""
        return next((value for value in self.asked.values() if isinstance(value, str)), None)


def named(names: str, level: int = 0) -> dict[str, str]:
    """Return columns for fields of a level, named as AWS names them, in snake case."""
    return {_snake(name): f"{level}.{name}" for name in names.split()}


def _snake(name: str) -> str:
    last = name.rpartition(".")[2]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", last).lower()


def tags(identity: str, path: str = "Tags~") -> Shape:
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
