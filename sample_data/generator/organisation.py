"""Eight VPCs of four accounts in two Regions: subnets, routes, peerings, gateways.

Every name begins with its VPC's: `shop-app-a` is a subnet of `shop`. The VPCs `data` and `lab` use
the same addresses, and so do `annex` and `yard`: an address alone does not say whose it is.
"""

from collections.abc import Iterable
from typing import NamedTuple

from .ids import DATA, IRELAND, LOGISTICS, PLATFORM, SHOP, VIRGINIA


class Vpc(NamedTuple):
    name: str
    account: str
    region: str
    cidr: str
    owner: str
    ipv6: str | None = None
    block_mode: str = "off"


class Subnet(NamedTuple):
    """`table` and `acl` are None where the VPC's main table and default ACL apply."""

    name: str
    cidr: str
    table: str | None = None
    acl: str | None = None
    ipv6: str | None = None


class Peering(NamedTuple):
    name: str
    requester: str
    accepter: str
    status: str


VPCS = {
    vpc.name: vpc
    for vpc in (
        Vpc("shop", SHOP, IRELAND, "10.10.0.0/16", "web-team"),
        Vpc("data", DATA, IRELAND, "10.20.0.0/16", "data-team"),
        Vpc("platform", PLATFORM, IRELAND, "10.30.0.0/16", "platform-team", None, "block-ingress"),
        Vpc("us", SHOP, VIRGINIA, "10.40.0.0/16", "web-team", "2600:1f18:4a2b:7c00::/56"),
        Vpc("lab", DATA, VIRGINIA, "10.20.0.0/16", "research-team"),
        Vpc("depot", LOGISTICS, IRELAND, "10.50.0.0/16", "logistics-team"),
        Vpc("annex", LOGISTICS, IRELAND, "10.51.0.0/16", "logistics-team"),
        Vpc("yard", LOGISTICS, IRELAND, "10.51.0.0/16", "logistics-team"),
    )
}
IPV6 = "2600:1f18:4a2b:7c"
SUBNETS = {
    subnet.name: subnet
    for subnet in (
        Subnet("shop-public-a", "10.10.0.0/24", "shop-public"),
        Subnet("shop-public-b", "10.10.1.0/24", "shop-public"),
        Subnet("shop-app-a", "10.10.10.0/24"),
        Subnet("shop-app-b", "10.10.11.0/24"),
        Subnet("shop-data-a", "10.10.20.0/24", "shop-private", "shop-data"),
        Subnet("shop-data-b", "10.10.21.0/24", "shop-private", "shop-data"),
        Subnet("shop-tgw-a", "10.10.255.0/28"),
        Subnet("shop-tgw-b", "10.10.255.16/28"),
        Subnet("data-public-a", "10.20.0.0/24", "data-public"),
        Subnet("data-public-b", "10.20.1.0/24", "data-public"),
        Subnet("data-app-a", "10.20.10.0/24", "data-private"),
        Subnet("data-app-b", "10.20.11.0/24", "data-private"),
        Subnet("data-db-a", "10.20.20.0/24", "data-db", "data-db"),
        Subnet("data-db-b", "10.20.21.0/24", "data-db", "data-db"),
        Subnet("data-vault-a", "10.20.30.0/24"),
        Subnet("platform-public-a", "10.30.0.0/24", "platform-public", "platform-public"),
        Subnet("platform-public-b", "10.30.1.0/24", "platform-public", "platform-public"),
        Subnet("platform-app-a", "10.30.10.0/24"),
        Subnet("platform-app-b", "10.30.11.0/24"),
        Subnet("platform-secure-a", "10.30.20.0/24", "platform-private", "platform-secure"),
        Subnet("platform-tgw-a", "10.30.255.0/28"),
        Subnet("platform-tgw-b", "10.30.255.16/28"),
        Subnet("us-public-a", "10.40.0.0/24", "us-public", None, f"{IPV6}00::/64"),
        Subnet("us-public-b", "10.40.1.0/24", "us-public", None, f"{IPV6}01::/64"),
        Subnet("us-app-a", "10.40.10.0/24", "us-private", "us-app", f"{IPV6}0a::/64"),
        Subnet("us-app-b", "10.40.11.0/24", "us-private", "us-app", f"{IPV6}0b::/64"),
        Subnet("lab-a", "10.20.10.0/24"),
        Subnet("lab-b", "10.20.11.0/24"),
        Subnet("depot-public-a", "10.50.0.0/24", "depot-public"),
        Subnet("depot-app-a", "10.50.10.0/24"),
        Subnet("depot-app-b", "10.50.11.0/24"),
        Subnet("depot-dock-a", "10.50.20.0/24", "depot-dock"),
        Subnet("depot-cold-a", "10.50.40.0/24", "depot-cold"),
        Subnet("depot-tgw-a", "10.50.255.0/28", "depot-cold"),
        Subnet("annex-public-a", "10.51.0.0/24", "annex-public"),
        Subnet("annex-app-a", "10.51.10.0/24"),
        Subnet("annex-tgw-a", "10.51.255.0/28"),
        Subnet("yard-app-a", "10.51.20.0/24"),
        Subnet("yard-tgw-a", "10.51.255.0/28", None, "yard-tgw"),
    )
}
# The one to `data-legacy` was deleted long ago: no call lists it any more.
PEERINGS = {
    peering.name: peering
    for peering in (
        Peering("shop-data", "shop", "data", "active"),
        Peering("us-lab", "us", "lab", "active"),
        Peering("shop-us", "shop", "us", "pending-acceptance"),
        Peering("depot-annex", "depot", "annex", "active"),
        Peering("depot-yard", "depot", "yard", "active"),
    )
}
DELETED_PEERING = "data-legacy"
MAIN_TABLES = (
    *("shop-private", "data-main", "platform-private", "us-main", "lab-main"),
    *("depot-private", "annex-main", "yard-main"),
)
# Destination and target: a gateway, the name of a peering, or that of an interface.
ROUTES: dict[str, list[tuple[str, str]]] = {
    "shop-public": [("10.20.0.0/16", "shop-data"), ("0.0.0.0/0", "igw")],
    "shop-private": [
        ("10.20.0.0/16", "shop-data"),
        ("10.30.0.0/16", "tgw"),
        ("10.40.0.0/16", "shop-us"),
        ("0.0.0.0/0", "nat"),
    ],
    "data-main": [],
    "data-public": [("10.10.0.0/16", "shop-data"), ("0.0.0.0/0", "igw")],
    "data-private": [
        ("10.10.0.0/16", "shop-data"),
        ("172.20.0.0/16", "data-legacy"),
        ("0.0.0.0/0", "nat"),
    ],
    "data-db": [("10.10.0.0/16", "shop-data"), ("0.0.0.0/0", "nat")],
    "platform-public": [("0.0.0.0/0", "igw")],
    "platform-private": [
        ("10.10.0.0/16", "tgw"),
        ("10.40.0.0/16", "tgw"),
        ("10.50.0.0/16", "tgw"),
        ("192.168.0.0/16", "tgw"),
        ("0.0.0.0/0", "nat"),
    ],
    "us-main": [],
    "us-public": [("0.0.0.0/0", "igw"), ("::/0", "igw")],
    "us-private": [("10.20.0.0/16", "us-lab"), ("0.0.0.0/0", "nat"), ("::/0", "eigw")],
    "lab-main": [("10.40.0.0/16", "us-lab")],
    "depot-public": [("10.51.0.0/16", "depot-annex"), ("0.0.0.0/0", "igw")],
    # The annex never got its second block, 10.52.0.0/16; what had 10.66.0.0/16 is gone.
    "depot-private": [
        ("10.50.40.0/24", "depot-filter-1"),
        ("10.51.0.0/16", "depot-annex"),
        ("10.52.0.0/16", "depot-annex"),
        ("10.30.0.0/16", "tgw"),
        ("10.66.0.0/16", "tgw"),
        ("0.0.0.0/0", "nat"),
    ],
    "depot-dock": [("10.51.0.0/16", "depot-yard"), ("0.0.0.0/0", "nat")],
    "depot-cold": [],
    "annex-main": [
        ("10.50.0.0/16", "depot-annex"),
        ("10.30.0.0/16", "tgw"),
        ("0.0.0.0/0", "depot-annex"),
    ],
    "annex-public": [("10.50.0.0/16", "depot-annex"), ("0.0.0.0/0", "igw")],
    "yard-main": [
        ("10.50.0.0/16", "depot-yard"),
        ("10.30.0.0/16", "carrier"),
        ("10.10.0.0/16", "tgw"),
    ],
}
INTERNET_VPCS = ("shop", "data", "platform", "us", "depot", "annex")


def vpc_of(name: str) -> Vpc:
    """The VPC that an object's name begins with."""
    return VPCS[name.split("-")[0]]


def mine(vpc: Vpc, names: Iterable[str]) -> list[str]:
    """Those of some names that are of a VPC."""
    return [name for name in names if vpc_of(name) is vpc]


def zone_of(subnet: str) -> str:
    return subnet[-1]


def table_of(subnet: Subnet) -> str:
    return subnet.table or next(
        table for table in MAIN_TABLES if vpc_of(table) is vpc_of(subnet.name)
    )


def acl_of(subnet: Subnet) -> str:
    return subnet.acl or f"{vpc_of(subnet.name).name}-default"
