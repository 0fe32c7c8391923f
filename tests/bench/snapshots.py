"""A snapshot of a large organisation: how long loading takes, what it takes, and what twice costs.

Fifty accounts in two Regions, with a hundred thousand interfaces, five thousand groups and a
hundred thousand rules, their ids as random as AWS's. It is loaded twice, the second time as it was;
then what was there at a time is asked. Each load is a process of its own. Run by `make bench`;
ACCOUNTS sets how many there are.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import trial

ACCOUNTS = int(os.environ.get("ACCOUNTS", "50"))
REGIONS = ("eu-west-1", "us-east-1")
# In each account and Region.
INTERFACES, GROUPS, RULES, SUBNETS = 1000, 50, 20, 20
RUN = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from pipeline import api
from pipeline.config import Settings
begun = time.perf_counter()
at = datetime(2026, 3, 1, int(sys.argv[3]), tzinfo=UTC)
kept = api.load_snapshot(Path(sys.argv[1]), at, Settings(Path(sys.argv[2])))
took = time.perf_counter() - begun
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
print(f"{took:7.1f} s, peak {peak:5,.0f} MB, {kept.observations:,} calls, "
      f"{kept.rows:,} rows of inventory changed")
"""
ASK = """
import sys, time
from pathlib import Path
from pipeline import api
from pipeline.config import Settings
settings = Settings(Path(sys.argv[1]))
query = ("select i.interface_id, r.* from interfaces as i join interface_groups as g using "
         "(interface_id) join security_group_rules as r using (group_id) where i.interface_id = "
         "(select max(interface_id) from interfaces) and i.valid_from <= '2026-03-01T13:00Z' "
         "and coalesce(i.valid_to > '2026-03-01T13:00Z', true)")
begun = time.perf_counter()
rows = api.sql(query, settings).num_rows
print(f"{time.perf_counter() - begun:7.2f} s for the {rows} rules of an interface at a time")
"""


def main() -> None:
    print(trial.machine())
    with tempfile.TemporaryDirectory() as folder:
        dump, lake = Path(folder) / "dump", Path(folder) / "lake"
        write(dump)
        print(f"{ACCOUNTS} accounts x {len(REGIONS)} Regions, {size(dump) / 1e6:,.0f} MB of JSON")
        for hour, name in ((12, "first load "), (14, "as it was  ")):
            print(f"  {name}", end=" ", flush=True)
            subprocess.run([sys.executable, "-c", RUN, dump, lake, str(hour)], check=True)
            print(f"  the lake     {size(lake) / 1e6:7.2f} MB", flush=True)
        print("  history    ", end=" ", flush=True)
        subprocess.run([sys.executable, "-c", ASK, lake], check=True)


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def write(folder: Path) -> None:
    rng = random.Random(4)
    for number in range(ACCOUNTS):
        account = f"{100_000_000_000 + number}"
        for region in REGIONS:
            place = folder / "accounts" / account / region
            place.mkdir(parents=True)
            for key, objects in answers(rng, account, region):
                (place / f"{key}.json").write_text(json.dumps({key: objects}))


def answers(rng: random.Random, account: str, region: str):
    """Yield the answers of an account and Region: top-level key, objects."""

    def named(prefix: str) -> str:
        return f"{prefix}-0{rng.getrandbits(64):016x}"

    vpc, subnets = named("vpc"), [named("subnet") for _ in range(SUBNETS)]
    groups = [named("sg") for _ in range(GROUPS)]
    own = {"OwnerId": account}
    yield "Vpcs", [own | {"VpcId": vpc, "CidrBlock": "10.0.0.0/16"}]
    yield "Subnets", [own | subnet(name, vpc, n) for n, name in enumerate(subnets)]
    yield "SecurityGroups", [own | group(rng, name, vpc, groups) for name in groups]
    yield (
        "NetworkInterfaces",
        [
            own | interface(rng, named("eni"), vpc, subnets, groups, n, region)
            for n in range(INTERFACES)
        ],
    )


def subnet(name: str, vpc: str, number: int) -> dict:
    return {"SubnetId": name, "VpcId": vpc, "CidrBlock": f"10.0.{number}.0/24"}


def group(rng: random.Random, name: str, vpc: str, groups: list[str]) -> dict:
    def permission() -> dict:
        port = rng.randrange(1, 65536)
        told = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        if rng.random() < 0.5:
            return told | {"UserIdGroupPairs": [{"GroupId": rng.choice(groups)}]}
        cidr = f"10.{rng.randrange(256)}.{rng.randrange(256)}.0/24"
        return told | {"IpRanges": [{"CidrIp": cidr, "Description": f"rule {port}"}]}

    permissions = [permission() for _ in range(RULES - 1)]
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    return {
        "GroupId": name,
        "GroupName": name,
        "VpcId": vpc,
        "Description": "of the bench",
        "IpPermissions": permissions,
        "IpPermissionsEgress": [everything],
    }


def interface(rng, name, vpc, subnets, groups, number, region) -> dict:
    address = f"10.0.{number % SUBNETS}.{4 + number // SUBNETS}"
    return {
        "NetworkInterfaceId": name,
        "VpcId": vpc,
        "SubnetId": subnets[number % SUBNETS],
        "AvailabilityZone": f"{region}a",
        "InterfaceType": "interface",
        "Description": f"interface {number}",
        "Attachment": {"InstanceId": f"i-{name[4:]}"},
        "RequesterManaged": False,
        "SourceDestCheck": True,
        "Status": "in-use",
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "Groups": [{"GroupId": one} for one in rng.sample(groups, 2)],
        "TagSet": [{"Key": "Name", "Value": name}, {"Key": "Owner", "Value": "bench"}],
    }


if __name__ == "__main__":
    main()
