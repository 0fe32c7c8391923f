"""A snapshot taken from AWS's API: what is asked, what is refused, and the same by the AWS CLI."""

import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import aws_cli
import motos_network
import pytest
import recorded_aws
import servers

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import BadInput, SourceProblem
from pipeline.lake import reading
from pipeline.lake.calls import CALLS
from pipeline.lake.catalog import open_lake
from pipeline.lake.inventory import INVENTORY_TABLES
from pipeline.snapshots.places import Place
from pipeline.snapshots.script import script
from pipeline.sources import aws
from pipeline.times import moment

REGION = "eu-west-1"
SAMPLE = Path(__file__).parents[2] / "sample_data" / "snapshots"
# moto has none of these.
UNKNOWN_TO_MOTO = {
    "describe-security-group-vpc-associations",
    "describe-stale-security-groups",
    "describe-vpc-block-public-access-exclusions",
    "describe-vpc-block-public-access-options",
}
HELD = ("valid_from", "valid_to")


@pytest.fixture
def network(cloud, monkeypatch):
    monkeypatch.setattr(aws, "_CONFIG", motos_network.QUICK)
    aws.client.cache_clear()
    yield motos_network.build(cloud)
    aws.client.cache_clear()


def take(cloud, folder, *calls, regions=(REGION,), names=()):
    settings = Settings(folder / "lake")
    kept, unreached = api.take_snapshot([Place(cloud, regions)], settings, calls, names)
    assert unreached == []
    return settings, kept


def inventory(settings):
    """Return every table's rows without their times, in order."""
    lake = open_lake(settings.lake)
    rows = {table.name: reading.rows(lake, table.name).drop(HELD) for table in INVENTORY_TABLES}
    return {name: sorted(frame.rows(), key=str) for name, frame in rows.items()}


def test_every_call_is_made_and_what_is_refused_is_named(network, cloud, tmp_path) -> None:
    settings, kept = take(cloud, tmp_path)
    told = api.sql("select call, complete, caller, region, error from observations", settings)
    rows = told.to_pylist()
    asked = {row["call"] for row in rows}
    # Of things that the network has none of, nothing further is asked.
    building = {"describe-firewall", "list-resolver-endpoint-ip-addresses"}
    assert asked == {call.name for call in CALLS} - building
    assert {row["call"] for row in rows if not row["complete"]} == UNKNOWN_TO_MOTO
    assert all(row["error"] for row in rows if not row["complete"])
    assert {row["caller"] for row in rows} == {"arn:aws:sts::123456789012:user/moto"}
    assert {row["region"] for row in rows} == {REGION, "global"}
    assert len(kept.incomplete) == sum(not row["complete"] for row in rows)


def test_each_answer_has_its_own_time(network, cloud, tmp_path) -> None:
    settings, _ = take(cloud, tmp_path, "describe-vpcs", "describe-subnets")
    times = api.sql("select started, finished from observations", settings).to_pylist()
    assert all(row["started"] <= row["finished"] for row in times)
    assert len({row["finished"] for row in times}) == 2


def test_a_clock_that_is_set_back_ends_no_call_before_it_began(
    network, cloud, tmp_path, monkeypatch
) -> None:
    class Backwards(datetime):
        times = iter(range(59, 0, -1))

        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 3, 1, 12, next(cls.times), tzinfo=tz)

    monkeypatch.setattr("pipeline.snapshots.ask.datetime", Backwards)
    settings, _ = take(cloud, tmp_path, "describe-vpcs")
    (row,) = api.sql("select started, finished from observations", settings).to_pylist()
    assert row["started"] <= row["finished"]


def test_what_was_built_is_in_the_inventory(network, cloud, tmp_path) -> None:
    settings, _ = take(cloud, tmp_path, regions=(REGION, "us-east-1"))
    rows = inventory(settings)
    without = {
        "block_public_access",
        "block_public_access_exclusions",
        "network_firewalls",
        "network_firewall_endpoints",
        "peering_cidrs",
        "resolver_endpoints",
        "resolver_endpoint_addresses",
        "resolver_endpoint_groups",
        "resolver_rules",
        "resolver_rule_vpcs",
        "security_group_vpcs",
        "stale_security_group_rules",
        "targets",
        "vpc_endpoint_interfaces",
        "vpc_endpoint_names",
    }
    assert {name for name, held in rows.items() if not held} <= without
    peering = api.sql(f"from peerings where status = 'active' and region = '{REGION}'", settings)
    assert peering["vpc_peering_connection_id"].to_pylist() == [network["peering"]]
    query = "select destination, state from transit_gateway_routes order by destination"
    assert [tuple(row.values()) for row in api.sql(query, settings).to_pylist()] == [
        ("10.1.0.0/16", "active"),
        ("10.9.0.0/16", "blackhole"),
    ]
    zones = api.sql("select hosted_zone_id, vpc_id from hosted_zone_vpcs", settings).to_pylist()
    assert zones == [{"hosted_zone_id": network["zone"], "vpc_id": network["vpc"]}]


def test_taken_again_it_adds_observations_alone(network, cloud, tmp_path) -> None:
    settings, first = take(cloud, tmp_path)
    before = inventory(settings)
    _, again = take(cloud, tmp_path)
    assert (again.observations, again.rows) == (first.observations, 0)
    assert inventory(settings) == before


def test_only_the_calls_named_are_made_and_what_they_build_on(network, cloud, tmp_path) -> None:
    settings, _ = take(cloud, tmp_path, "get-managed-prefix-list-entries")
    calls = api.sql("select distinct call from observations order by call", settings)
    assert calls["call"].to_pylist() == [
        "describe-managed-prefix-lists",
        "get-managed-prefix-list-entries",
    ]
    with pytest.raises(BadInput, match="no snapshot has the call describe-vpc: it has describe-"):
        take(cloud, tmp_path, "describe-vpc")


def test_names_asked_for_are_looked_up_in_the_zones_that_they_are_in(
    network, cloud, tmp_path
) -> None:
    record = {
        "Name": "db.shop.example",
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "10.1.1.7"}],
    }
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    aws.client(cloud, "route53", REGION).change_resource_record_sets(
        HostedZoneId=network["zone"], ChangeBatch={"Changes": [change]}
    )
    query = "select value from hosted_zone_records where name = 'db.shop.example.'"
    settings, _ = take(cloud, tmp_path, "list-resource-record-sets")
    assert api.sql(query, settings).num_rows == 0
    take(cloud, tmp_path, "list-resource-record-sets", names=["DB.shop.example", "elsewhere.com"])
    assert api.sql(query, settings).to_pylist() == [{"value": "10.1.1.7"}]


def test_a_wildcard_is_asked_for_as_route_53_has_it(network, cloud, tmp_path, monkeypatch) -> None:
    asked = []

    def records(client, parameters, name):
        asked.append(name)
        yield {"ResourceRecordSets": []}

    monkeypatch.setattr("pipeline.snapshots.ask._records", records)
    take(cloud, tmp_path, "list-resource-record-sets", names=["*.Shop.example"])
    assert asked[1:] == ["\\052.shop.example."]


def test_the_script_saves_what_load_reads_as_taking_it_does(network, cloud, tmp_path) -> None:
    settings, _ = take(cloud, tmp_path)
    loaded = Settings(tmp_path / "loaded")
    folder, line = scripted(cloud, tmp_path)
    at = moment(line.rpartition("--at ")[2], None)
    kept = api.load_snapshot(folder, at, loaded)
    assert (kept.unused, kept.incomplete) == ([], [])
    taken, held = inventory(settings), inventory(loaded)
    # The records of a zone are told in one answer there, and a name at a time here.
    for rows in (taken, held):
        rows["hosted_zone_records"] = [row[:-1] for row in rows["hosted_zone_records"]]
    assert held == taken


def scripted(cloud, folder):
    """Run the script with the stand-in for `aws`, and return what it saved and its last line."""
    programs = folder / "bin"
    programs.mkdir()
    with aws_cli.installed(programs, cloud.endpoint_url):
        ran = subprocess.run(
            ["sh", "-s", REGION],
            input=script(CALLS),
            cwd=folder,
            env=os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
    left_out = {line.split()[4] for line in ran.stderr.splitlines() if "left out: aws" in line}
    assert left_out == UNKNOWN_TO_MOTO
    (top,) = folder.glob("snapshot-*")
    return top, ran.stdout.strip()


@pytest.mark.parametrize("day", ["day-one", "day-two"])
def test_the_sample_organisation_is_collected_as_it_is_loaded(tmp_path, monkeypatch, day) -> None:
    folder = SAMPLE / day
    held = Settings(tmp_path / "loaded")
    api.load_snapshot(folder, datetime(2026, 3, 1, tzinfo=UTC), held)
    taken = Settings(tmp_path / "taken")
    with recorded_aws.served(folder) as endpoint:
        access = servers.access_to(endpoint, monkeypatch)
        places = [
            Place(
                replace(access, role_arn=f"arn:aws:iam::{account.name}:role/audit"),
                tuple(place.name for place in account.iterdir()),
                account.name,
            )
            for account in (folder / "accounts").iterdir()
        ]
        calls = {file.stem.partition("--")[0] for file in folder.rglob("*.json")}
        _, unreached = api.take_snapshot(places, taken, calls)
    assert unreached == []
    assert inventory(taken) == inventory(held)
    assert api.sql("from interfaces", taken).num_rows > 10


def test_an_account_that_cannot_be_asked_is_told_and_the_others_are_kept(
    network, cloud, tmp_path, monkeypatch
) -> None:
    nowhere = replace(cloud, role_arn="arn:aws:iam::1:role/x")
    settings = Settings(tmp_path / "lake")
    places = [Place(nowhere, (REGION,)), Place(cloud, (REGION,))]
    kept, unreached = api.take_snapshot(places, settings, ["describe-vpcs"])
    assert kept.observations == 1
    assert "arn:aws:iam::1:role/x: is no role's ARN" in str(unreached[0])
    with pytest.raises(SourceProblem):
        api.take_snapshot(places[:1], settings)


def test_every_table_has_a_call_and_every_call_a_table() -> None:
    filled = {shape.table for call in CALLS for shape in call.shapes}
    assert filled == {table.name for table in INVENTORY_TABLES}
