"""The network interfaces: whose they are, where they sit, which groups they carry."""

from ipaddress import ip_address, ip_network
from typing import NamedTuple

from .ids import aws_id
from .organisation import SUBNETS, Vpc, vpc_of


class Interface(NamedTuple):
    """`host` numbers the address in its subnet."""

    name: str
    subnet: str
    host: int
    kind: str
    groups: tuple[str, ...]
    owner: str

    @property
    def id(self) -> str:
        return aws_id("eni", self.name)

    @property
    def vpc(self) -> Vpc:
        return vpc_of(self.name)

    @property
    def address(self) -> str:
        return str(ip_network(SUBNETS[self.subnet].cidr)[self.host])

    @property
    def ipv6(self) -> str | None:
        block = SUBNETS[self.subnet].ipv6
        return str(ip_network(block)[self.host]) if block else None

    @property
    def instance_id(self) -> str | None:
        return aws_id("i", self.name) if self.kind in INSTANCES else None

    @property
    def public(self) -> str | None:
        return PUBLIC.get(self.name)

    @property
    def prefix(self) -> str | None:
        return PODS.get(self.name)

    def primary_for(self, address: str) -> str:
        """The address that a record shows: the primary one in place of a pod's."""
        if self.prefix and ip_address(address) in ip_network(self.prefix):
            return self.address
        return address


def group_ids(interface: Interface) -> str:
    """All groups of an interface as a verdict names them: sorted, joined by commas."""
    return ",".join(sorted(aws_id("sg", group) for group in interface.groups))


# Name, subnet, host, kind, groups, owner.
TABLE = """
shop-alb-a           shop-public-a     20 alb      shop-alb                    web
shop-alb-b           shop-public-b     20 alb      shop-alb                    web
shop-nat-a           shop-public-a     30 nat      -                           platform
shop-bastion-1       shop-public-a     10 instance shop-bastion                web
shop-web-1           shop-app-a        11 instance shop-web                    web
shop-web-2           shop-app-b        11 instance shop-web                    web
shop-web-3           shop-app-b        12 instance shop-web                    web
shop-web-4           shop-app-a        12 instance shop-web                    web
shop-orders-1        shop-app-a        21 instance shop-orders+shop-common     orders
shop-orders-2        shop-app-b        21 instance shop-orders+shop-common     orders
shop-orders-3        shop-app-a        22 instance shop-orders+shop-common     orders
shop-orders-4        shop-app-b        22 instance shop-orders+shop-common     orders
shop-worker-1        shop-app-b        31 instance shop-worker                 orders
shop-worker-2        shop-app-a        31 instance shop-worker                 orders
shop-redis-1         shop-data-a       11 cache    shop-cache                  web
shop-redis-2         shop-data-b       11 cache    shop-cache                  web
shop-rds-1           shop-data-a       21 rds      shop-db                     orders
shop-search-1        shop-data-a       31 instance shop-search                 search
shop-lambda-1        shop-app-a        61 lambda   shop-lambda                 orders
shop-report-1        shop-app-a        41 instance shop-report                 orders
shop-tgw-a           shop-tgw-a        5  tgw      -                           platform
shop-tgw-b           shop-tgw-b        5  tgw      -                           platform
data-nat-a           data-public-a     30 nat      -                           data
data-sftp-1          data-public-a     10 instance data-sftp                   data
data-jump-1          data-public-b     10 instance data-jump                   data
data-rds-orders      data-db-a         11 rds      data-postgres               data
data-rds-standby     data-db-b         11 rds      data-postgres               data
data-warehouse-1     data-db-a         21 redshift data-warehouse              data
data-kafka-1         data-app-a        51 instance data-kafka                  data
data-kafka-2         data-app-b        51 instance data-kafka                  data
data-etl-1           data-app-a        15 instance data-etl+data-common        data
data-etl-2           data-app-b        15 instance data-etl+data-common        data
data-node-1          data-app-a        80 instance data-eks                    data
data-node-2          data-app-b        80 instance data-eks                    data
data-api-1           data-app-a        41 instance data-api+data-common        data
data-api-2           data-app-b        41 instance data-api+data-common        data
data-vault-1         data-vault-a      11 instance data-vault                  data
data-lambda-1        data-app-a        61 lambda   data-lambda                 data
platform-alb-a       platform-public-a 20 alb      platform-alb                platform
platform-nat-a       platform-public-a 30 nat      -                           platform
platform-dns-1       platform-app-a    53 instance platform-dns                platform
platform-dns-2       platform-app-b    53 instance platform-dns                platform
platform-monitor-1   platform-app-b    90 instance platform-monitor            platform
platform-ci-1        platform-app-a    11 instance platform-ci+platform-common web
platform-ci-2        platform-app-b    11 instance platform-ci+platform-common web
platform-artifacts-1 platform-secure-a 11 instance platform-artifacts          web
platform-registry-1  platform-app-b    50 instance platform-registry           platform
platform-nlb-a       platform-app-a    40 nlb      -                           platform
platform-kms-a       platform-app-a    70 endpoint platform-endpoints          platform
platform-kms-b       platform-app-b    70 endpoint platform-endpoints          platform
platform-jump-1      platform-app-a    99 instance platform-jump               platform
platform-tgw-a       platform-tgw-a    5  tgw      -                           platform
platform-tgw-b       platform-tgw-b    5  tgw      -                           platform
us-alb-a             us-public-a       20 alb      us-alb                      web
us-alb-b             us-public-b       20 alb      us-alb                      web
us-nat-a             us-public-a       30 nat      -                           platform
us-web-1             us-app-a          11 instance us-web                      web
us-web-2             us-app-b          11 instance us-web                      web
us-orders-1          us-app-b          21 instance us-orders                   orders
us-orders-2          us-app-a          21 instance us-orders                   orders
us-rds-1             us-app-a          51 rds      us-db                       orders
us-worker-1          us-app-a          31 instance us-worker                   orders
lab-notebook-1       lab-a             15 instance lab-notebook                research
lab-notebook-2       lab-a             16 instance lab-notebook                research
lab-train-1          lab-a             31 instance lab-train                   research
lab-train-2          lab-b             31 instance lab-train                   research
lab-db-1             lab-b             51 rds      lab-db                      research
depot-nat-a          depot-public-a    30 nat      -                           logistics
depot-kiosk-1        depot-public-a    10 instance depot-kiosk                 logistics
depot-gate-1         depot-public-a    11 instance depot-gate                  logistics
depot-alb-a          depot-app-a       20 alb      depot-alb                   logistics
depot-stock-1        depot-app-a       11 instance depot-stock                 logistics
depot-stock-2        depot-app-a       12 instance depot-stock                 logistics
depot-label-1        depot-app-a       31 instance depot-label                 logistics
depot-label-2        depot-app-b       31 instance depot-label                 logistics
depot-fleet-1        depot-app-b       41 instance depot-stock                 logistics
depot-filter-1       depot-app-b       99 filter   depot-filter                platform
depot-dock-1         depot-dock-a      11 instance depot-dock                  logistics
depot-cold-1         depot-cold-a      11 instance depot-cold                  logistics
depot-tgw-a          depot-tgw-a       5  tgw      -                           platform
annex-portal-1       annex-public-a    10 instance annex-portal                logistics
annex-pick-1         annex-app-a       11 instance annex-pick                  logistics
annex-pick-2         annex-app-a       12 instance annex-pick                  logistics
annex-tgw-a          annex-tgw-a       5  tgw      -                           platform
yard-crane-1         yard-app-a        11 instance yard-crane                  logistics
yard-tgw-a           yard-tgw-a        5  tgw      -                           platform
"""
# A filter is an instance through which packets pass that are not its own.
INSTANCES = ("instance", "filter")
# Started by autoscaling between the two snapshots.
LAUNCHED = "2026-03-02T21:14:08+00:00"
TABLE_OF_DAY_TWO = """
shop-web-5           shop-app-b        14 instance shop-web                    web
"""
PUBLIC = {
    "shop-alb-a": "54.72.118.40",
    "shop-alb-b": "54.72.131.7",
    "shop-nat-a": "52.214.33.91",
    "shop-bastion-1": "54.77.20.118",
    "data-nat-a": "52.18.207.66",
    "data-sftp-1": "34.248.91.15",
    "platform-alb-a": "52.51.9.14",
    "platform-nat-a": "54.229.71.203",
    "us-alb-a": "54.208.77.31",
    "us-alb-b": "34.195.12.240",
    "us-nat-a": "3.222.48.9",
    "depot-nat-a": "52.49.180.22",
    "depot-gate-1": "34.252.60.171",
    "annex-portal-1": "54.170.93.35",
}
# A block of addresses that an interface holds for the pods behind it.
PODS = {"data-node-1": "10.20.10.128/28", "data-node-2": "10.20.11.16/28"}


def _interface(line: str) -> Interface:
    name, subnet, host, kind, groups, owner = line.split()
    carried = () if groups == "-" else tuple(groups.split("+"))
    return Interface(name, subnet, int(host), kind, carried, f"{owner}-team")


DAY_ONE = tuple(_interface(line) for line in TABLE.split("\n") if line)
DAY_TWO = tuple(_interface(line) for line in TABLE_OF_DAY_TWO.split("\n") if line)
INTERFACES = {interface.name: interface for interface in (*DAY_ONE, *DAY_TWO)}
