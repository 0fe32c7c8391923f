"""The demo's report and help, as they stand on an 80-column terminal and in JSON."""

import json
import re
import shlex
from io import StringIO

import golden
import pytest
from rich.console import Console

from pipeline import api
from pipeline.engines import duckdb, queries
from pipeline.lake.catalog import open_lake
from pipeline.reports.documents import as_json
from pipeline.reports.terminal import SHOWN, draw_findings


@pytest.fixture(scope="module")
def answer(demo):
    return api.report("rejects", None, None, demo)


def test_the_terminal_report_is_the_golden_one(answer) -> None:
    page = StringIO()
    draw_findings(answer, Console(file=page, width=80, highlight=False))
    lines = [line.rstrip() for line in page.getvalue().splitlines()]
    assert max(map(len, lines)) <= 80
    golden.check("tests/goldens/rejects.txt", "\n".join([*lines, ""]))


def test_the_json_report_is_the_golden_one(answer) -> None:
    text = as_json(answer.rows)
    assert json.loads(text)
    golden.check("tests/goldens/rejects.json", text + "\n")


def test_the_demo_has_no_more_findings_than_a_terminal_shows(answer) -> None:
    assert 0 < len(answer.rows) <= SHOWN


def test_every_remedy_names_the_element_that_decided(answer) -> None:
    remedies = [row for row in answer.rows if row["remedy"] and row["remedy"]["aws_cli"]]
    assert len(remedies) > 10
    for row in remedies:
        assert any(part in row["remedy"]["text"] for part in row["element_id"].split(","))


def test_every_command_was_tried_and_lets_the_packets_through(answer) -> None:
    """Those of groups and ACLs; routes and what is to be accepted are not judged again."""
    told = [row["remedy"] for row in answer.rows if row["remedy"] and row["remedy"]["aws_cli"]]
    assert all(remedy["terraform"] for remedy in told)
    untried = re.compile("aws ec2 (create-route|replace-route|accept-.*) ")
    tried = [remedy for remedy in told if not untried.match(remedy["aws_cli"])]
    assert len(tried) > 10
    assert {remedy["checked"] for remedy in tried} == {True}


def test_the_route_that_is_missing_is_to_lead_over_what_joins_the_two_vpcs(answer, demo) -> None:
    """What lacks a way back is data's table, and shop-data joins the two."""
    (row,) = [row for row in answer.rows if row["cause"] == "route_missing"]
    names = {named["id"]: named["name"] for named in row["names"]}
    assert (names[row["vpc_id"]], names[row["peer_vpc_id"]]) == ("data", "shop")
    called = api.sql("from current_names where name = 'shop-data'", demo)["resource_id"].to_pylist()
    (joining,) = [one for one in called if one.startswith("pcx-")]
    assert row["remedy"]["text"].endswith(f"by way of {joining}.")
    assert f"--vpc-peering-connection-id {joining}" in row["remedy"]["aws_cli"]


# The VPCs in us-east-1; all others of sample_data/README.md are in eu-west-1.
IN_US_EAST_1 = {"us", "lab"}


def test_every_command_names_the_region_of_what_it_changes(answer) -> None:
    told = [row for row in answer.rows if row["remedy"] and row["remedy"]["aws_cli"]]
    regions = set()
    for row in told:
        names = {named["id"]: named["name"] for named in row["names"]}
        # Who accepts a peering connection is at its other end.
        accepts = row["remedy"]["aws_cli"].startswith("aws ec2 accept-vpc-peering-connection ")
        changed = names[row["peer_vpc_id"] if accepts else row["vpc_id"]]
        region = "us-east-1" if changed in IN_US_EAST_1 else "eu-west-1"
        commands = re.findall(r"^aws .*", row["remedy"]["aws_cli"], re.MULTILINE)
        assert [one.partition("--region ")[2] for one in commands] == [f"{region} \\"] * len(
            commands
        )
        regions.add(region)
    assert regions == {"us-east-1", "eu-west-1"}


def test_what_the_internet_knocks_on_is_not_tried(demo) -> None:
    sql = queries.text("reports", "rejects")
    values = {"since": None, "until": None, "owner_tag": "Owner"}
    with duckdb.connect(open_lake(demo.lake)) as connection:
        rows = duckdb.select(connection, sql, queries.bound(sql, values)).to_pylist()
    knocks = [row for row in rows if (row["path"], row["direction"]) == ("internet", "ingress")]
    assert knocks
    assert {bool(row["tried"]["ends"]) for row in knocks} == {False}
    assert all(row["tried"]["ends"] for row in rows if row not in knocks)


def test_what_comes_after_a_change_is_said(answer) -> None:
    """Of the planted faults these two have another behind them."""
    told = [row["remedy"]["check"] for row in answer.rows if row["remedy"]]
    assert sorted(check.partition("; ")[2] for check in told if check and "; " in check) == [
        "next, no rule of sg-0828ede117be4d0f4 allows it at eni-070ed534e6fd3f309",
        "next, rule 32768 of acl-0eaea6d4782077e10 refuses its answers at eni-09f181106873a6419",
    ]


def test_what_is_knocked_on_and_what_comes_late_wants_no_change(answer) -> None:
    scans = [row for row in answer.rows if row["path"] == "internet" and "sg_" in row["cause"]]
    late = [row for row in answer.rows if row["cause"] in ("late_packet", "no_tracked_connection")]
    assert scans
    assert late
    for row in scans + late:
        assert "is to be changed" in row["remedy"]["text"]
        assert row["remedy"]["aws_cli"] is None


def test_a_command_can_be_copied_from_the_terminal(answer) -> None:
    page = (golden.ROOT / "tests/goldens/rejects.txt").read_text(encoding="utf-8")
    shown = re.findall(r"^ +(aws ec2 .*?)(?=^ +aws ec2|^$)", page, re.MULTILINE | re.DOTALL)
    meant = [
        command
        for row in answer.rows
        if row["remedy"] and row["remedy"]["aws_cli"]
        for command in re.split(r"\n(?=aws ec2)", row["remedy"]["aws_cli"])
    ]
    assert len(meant) > 10
    assert [words(command) for command in shown] == [words(command) for command in meant]


def words(command: str) -> list[str]:
    """Split as a shell does; blanks in JSON do not count."""
    return [" ".join(word.split()) for word in shlex.split(command)]
