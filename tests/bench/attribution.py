"""Attribution of REJECT records: how many a second, and what more rules and more records cost.

A network of fifty VPCs with 5,000 interfaces, 1,500 groups with 50,000 rules, 500 ACLs and 3,000
routes; records of which one in twenty is a decision of its own, then records that all are. Each
attribution is a process of its own, over a lake on disk, until its verdicts are written. Beside it
stands a loop of plain Python over the same rules with `ipaddress`, on as many records as it judges
in a few seconds. Run by `make bench`; RECORDS sets how many there are, VPCS how many VPCs.
"""

import ipaddress
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import trial

RECORDS = int(os.environ.get("RECORDS", "10_000_000"))
START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
ACCOUNT, REGION = "111122223333", "eu-west-1"
VPCS = int(os.environ.get("VPCS", "50"))
SUBNETS, INTERFACES, GROUPS, RULES, ENTRIES, ROUTES = 10, 10, 30, 33, 16, 6
PORTS = (22, 25, 53, 80, 123, 389, 443, 445, 1433, 3306, 3389, 5432, 5439, 6379, 8080, 8443, 9092)
HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
    "start end action log-status tcp-flags flow-direction"
)
JUDGE = """
import sys, time
from pathlib import Path
from pipeline import api
from pipeline.config import Settings
begun = time.perf_counter()
judged = api.attribute(None, None, Settings(Path(sys.argv[1])))
took = time.perf_counter() - begun
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
assert judged.written == judged.records == int(sys.argv[2]), judged
print(f"{took:7.2f} s, {judged.records / took / 1e6:5.2f} million records a second, "
      f"peak {peak:5,.0f} MB")
"""


def main() -> None:
    print(trial.machine())
    for rules, records, keys, name in (
        (1, RECORDS, RECORDS // 20, "one key in twenty    "),
        (1, RECORDS // 10, RECORDS // 10, "every key distinct   "),
        (1, RECORDS // 10, RECORDS // 20, "a tenth of records   "),
        (10, RECORDS // 10, RECORDS // 20, "ten times the rules  "),
    ):
        with tempfile.TemporaryDirectory() as folder:
            network = Network(rules)
            prepare(Path(folder), network, records, keys)
            print(f"  {name} {records:10,} records, {keys:9,} keys", end=" ", flush=True)
            lake = Path(folder) / "lake"
            subprocess.run([sys.executable, "-c", JUDGE, lake, str(records)], check=True)
    print(f"  plain Python          {by_hand(Network(1)):14,.0f} records a second")


class Network:
    """A network, as AWS describes it, with `more` times as many rules in its groups."""

    def __init__(self, more: int):
        self.rng = random.Random(7)
        self.answers: dict[str, list] = {}
        for call in ("Vpcs", "Subnets", "NetworkInterfaces", "SecurityGroups", "NetworkAcls"):
            self.answers[call] = []
        self.answers["RouteTables"] = []
        self.interfaces: list[tuple[str, str]] = []
        for number in range(VPCS):
            self.vpc(number, more)

    def vpc(self, number: int, more: int) -> None:
        vpc, own = f"vpc-{number:017x}", {"OwnerId": ACCOUNT}
        block = f"10.{number}.0.0/16"
        state = {"CidrBlock": block, "CidrBlockState": {"State": "associated"}}
        self.answers["Vpcs"].append(
            own | {"VpcId": vpc, "CidrBlock": block, "CidrBlockAssociationSet": [state]}
        )
        groups = [f"sg-{number:08x}{n:09x}" for n in range(GROUPS)]
        for group in groups:
            permissions = [self.rule(groups) for _ in range(RULES * more)]
            body = {"GroupId": group, "VpcId": vpc, "IpPermissionsEgress": []}
            self.answers["SecurityGroups"].append(own | body | {"IpPermissions": permissions})
        for place in range(SUBNETS):
            self.subnet(number, place, vpc, groups)

    def rule(self, groups: list[str]) -> dict:
        port = self.rng.choice(PORTS)
        told = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        if self.rng.random() < 0.02:
            return told | {"UserIdGroupPairs": [{"GroupId": self.rng.choice(groups)}]}
        block = f"10.{self.rng.randrange(256)}.{self.rng.randrange(256)}.0/24"
        return told | {"IpRanges": [{"CidrIp": block}]}

    def subnet(self, number: int, place: int, vpc: str, groups: list[str]) -> None:
        own, name = {"OwnerId": ACCOUNT, "VpcId": vpc}, f"{number:08x}{place:09x}"
        subnet = f"subnet-{name}"
        told = own | {"SubnetId": subnet, "CidrBlock": f"10.{number}.{place}.0/24"}
        self.answers["Subnets"].append(told | {"AvailabilityZone": f"{REGION}a"})
        entries = [
            {"RuleNumber": 10 * (n + 1), "RuleAction": "deny", "Protocol": "6", "Egress": False}
            | {"PortRange": {"From": port, "To": port}, "CidrBlock": self.wide_block()}
            for n, port in enumerate(self.rng.choices(PORTS, k=ENTRIES))
        ]
        allow = {"RuleNumber": 900, "RuleAction": "allow", "Protocol": "-1"}
        entries += [allow | {"CidrBlock": "0.0.0.0/0", "Egress": out} for out in (False, True)]
        acl = {"NetworkAclId": f"acl-{name}", "Associations": [{"SubnetId": subnet}]}
        self.answers["NetworkAcls"].append(own | acl | {"Entries": entries})
        routes = [{"DestinationCidrBlock": f"10.{number}.0.0/16", "GatewayId": "local"}]
        routes += [
            {"DestinationCidrBlock": self.wide_block(), "TransitGatewayId": "tgw-1"}
            for _ in range(ROUTES - 1)
        ]
        association = {"SubnetId": subnet, "AssociationState": {"State": "associated"}}
        self.answers["RouteTables"].append(
            own
            | {"RouteTableId": f"rtb-{name}", "Associations": [association]}
            | {"Routes": [route | {"State": "active"} for route in routes]}
        )
        for n in range(INTERFACES):
            self.interface(
                f"eni-{name[:-2]}{n:02x}", f"10.{number}.{place}.{n + 10}", subnet, groups
            )

    def wide_block(self) -> str:
        return f"10.{self.rng.randrange(0, 256, 8)}.0.0/13"

    def interface(self, name: str, address: str, subnet: str, groups: list[str]) -> None:
        carried = self.rng.sample(groups, self.rng.randint(1, 5))
        name = f"eni-{len(self.interfaces):017x}"
        self.answers["NetworkInterfaces"].append(
            {"NetworkInterfaceId": name, "OwnerId": ACCOUNT, "SubnetId": subnet}
            | {"VpcId": f"vpc-{int(address.split('.')[1]):017x}", "InterfaceType": "interface"}
            | {"PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}]}
            | {"Groups": [{"GroupId": group} for group in carried]}
        )
        self.interfaces.append((name, address))


def prepare(folder: Path, network: Network, records: int, keys: int) -> None:
    """Write the network and the records, and bring them into a lake."""
    from pipeline import api
    from pipeline.config import Settings

    place = folder / "dump" / "accounts" / ACCOUNT / REGION
    place.mkdir(parents=True)
    for key, objects in network.answers.items():
        (place / f"{key}.json").write_text(json.dumps({key: objects}))
    logs = folder / "logs"
    logs.mkdir()
    write(logs, network, records, keys)
    settings = Settings(folder / "lake")
    at = datetime.fromtimestamp(START - 3600, UTC)
    api.load_snapshot(folder / "dump", at, settings)
    api.ingest_files([logs], settings)


def write(folder: Path, network: Network, records: int, keys: int) -> None:
    """Write refused SYNs to the interfaces, from addresses and to ports that the rules speak of."""
    with duckdb.connect() as connection:
        connection.execute("create table interfaces (number bigint, name text, address text)")
        rows = [(n, *one) for n, one in enumerate(network.interfaces)]
        connection.executemany("insert into interfaces values (?, ?, ?)", rows)
        connection.execute("create table ports as select unnest($1) as port", [list(PORTS)])
        for begin in range(0, records, 1_000_000):
            connection.execute(
                f"""
                copy (
                    with picked as (
                        -- Every key comes up, whatever the number of records.
                        select
                            i, case when i < {keys} then i else hash(i, 1) % {keys} end as key
                        from range({begin}, {min(begin + 1_000_000, records)}) as r (i)
                    )
                    select
                        5, '{ACCOUNT}', n.name,
                        format('10.{{}}.{{}}.{{}}', hash(key, 2) % 256, hash(key, 3) % 256,
                               1 + hash(key, 4) % 250),
                        n.address, 32768 + hash(i, 5) % 28000,
                        {list(PORTS)}[(1 + hash(key, 6) % {len(PORTS)})::int],
                        6, 1, 60, {START} + hash(i, 7) % 86000, {START} + 60 + hash(i, 7) % 86000,
                        'REJECT', 'OK', 2, 'ingress'
                    from picked as p
                    inner join interfaces as n on n.number = p.key % {len(network.interfaces)}
                ) to '{folder}/{begin}.log' (format csv, delimiter ' ', header false, quote '')
                """
            )
            file = folder / f"{begin}.log"
            file.write_text(HEADER + "\n" + file.read_text())


def by_hand(network: Network) -> float:
    """Return how many records a second a loop judges: union of groups, first entry of the ACL."""
    groups = {
        group["GroupId"]: [
            (rule["FromPort"], ipaddress.ip_network(block["CidrIp"]))
            for rule in group["IpPermissions"]
            for block in rule.get("IpRanges", ())
        ]
        for group in network.answers["SecurityGroups"]
    }
    acls = {
        acl["Associations"][0]["SubnetId"]: [
            (entry["RuleAction"], entry.get("PortRange"), ipaddress.ip_network(entry["CidrBlock"]))
            for entry in acl["Entries"]
            if not entry["Egress"]
        ]
        for acl in network.answers["NetworkAcls"]
    }
    interfaces = network.answers["NetworkInterfaces"]
    rng, refused, count, begun = random.Random(1), 0, 0, time.perf_counter()
    while time.perf_counter() - begun < 5:
        interface, port = rng.choice(interfaces), rng.choice(PORTS)
        peer = ipaddress.ip_address(rng.randrange(10 << 24, 11 << 24))
        allowed = any(
            port == named and peer in block
            for group in interface["Groups"]
            for named, block in groups[group["GroupId"]]
        )
        action = next(
            action
            for action, ports, block in acls[interface["SubnetId"]]
            if (ports is None or ports["From"] <= port <= ports["To"]) and peer in block
        )
        refused += not allowed or action == "deny"
        count += 1
    assert refused
    return count / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
