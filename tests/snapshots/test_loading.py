"""A snapshot loaded into the lake: observations, rows of the inventory, and what is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from command import flowcause, refused

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import BadInput
from pipeline.reports.summaries import show_snapshot

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACE = "accounts/047615872826/eu-west-1"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(tmp_path / "lake")


@pytest.fixture
def dump(tmp_path):
    """Return a function that writes answers by file name and returns their folder."""

    def write(name: str, **bodies):
        for file, body in bodies.items():
            path = tmp_path / name / PLACE / f"{file.replace('_', '-')}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(body))
        return tmp_path / name

    return write


def group(name: str, *permissions: dict) -> dict:
    return {"GroupId": name, "OwnerId": "047615872826", "IpPermissions": list(permissions)}


def asked(settings: Settings, query: str) -> list[dict]:
    return api.sql(query, settings).to_pylist()


TCP = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


def test_each_peer_of_a_permission_is_a_rule(settings, dump) -> None:
    permission = TCP | {
        "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "all"}, {"CidrIp": "10.1.0.0/16"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
        "UserIdGroupPairs": [
            {"GroupId": "sg-2", "UserId": "999999999999", "PeeringStatus": "active"}
        ],
    }
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    body = group("sg-1", permission) | {"IpPermissionsEgress": [everything]}
    api.load_snapshot(dump("d", groups={"SecurityGroups": [body]}), NOON, settings)
    rows = asked(settings, "from security_group_rules order by all")
    told = [
        (
            row["direction"],
            row["protocol"],
            row["from_port"],
            row["cidr"] or row["prefix_list_id"] or row["referenced_group_id"],
        )
        for row in rows
    ]
    assert sorted(told, key=str) == [
        ("egress", "-1", None, "0.0.0.0/0"),
        ("ingress", "tcp", 443, "10.0.0.0/8"),
        ("ingress", "tcp", 443, "10.1.0.0/16"),
        ("ingress", "tcp", 443, "::/0"),
        ("ingress", "tcp", 443, "pl-1"),
        ("ingress", "tcp", 443, "sg-2"),
    ]
    (known,) = asked(settings, "from security_groups")
    assert (known["ingress_permission_count"], known["egress_permission_count"]) == (1, 1)
    assert {row["account_id"] for row in rows} == {"047615872826"}
    assert {row["scope"] for row in rows} == {"047615872826/eu-west-1/describe-security-groups"}


def test_every_call_is_an_observation(settings, dump) -> None:
    folder = dump("d", groups={"SecurityGroups": []}, acls={"NetworkAcls": []})
    kept = api.load_snapshot(folder, NOON, settings)
    assert (kept.observations, kept.already, kept.rows) == (2, 0, 0)
    rows = asked(settings, "from observations order by call")
    assert [row["call"] for row in rows] == ["describe-network-acls", "describe-security-groups"]
    assert all(row["complete"] and row["finished"] == NOON for row in rows)


def test_the_same_load_again_adds_nothing(settings, dump) -> None:
    folder = dump("d", groups={"SecurityGroups": [group("sg-1")]})
    api.load_snapshot(folder, NOON, settings)
    again = api.load_snapshot(folder, NOON, settings)
    assert (again.observations, again.already, again.rows) == (0, 1, 0)
    assert len(asked(settings, "from security_groups")) == 1


def test_an_identical_snapshot_writes_observations_only(settings, dump) -> None:
    folder = dump("d", groups={"SecurityGroups": [group("sg-1")]})
    api.load_snapshot(folder, NOON, settings)
    later = api.load_snapshot(folder, NOON + HOUR, settings)
    assert (later.observations, later.rows) == (1, 0)
    assert len(asked(settings, "from observations")) == 2


def test_another_answer_for_the_same_time_is_refused(settings, dump) -> None:
    api.load_snapshot(dump("a", g={"SecurityGroups": [group("sg-1")]}), NOON, settings)
    with pytest.raises(BadInput, match=r"another answer for .*describe-security-groups"):
        api.load_snapshot(dump("b", g={"SecurityGroups": [group("sg-2")]}), NOON, settings)
    assert [row["group_id"] for row in asked(settings, "from security_groups")] == ["sg-1"]


def test_what_is_gone_ends_and_what_changed_begins_anew(settings, dump) -> None:
    api.load_snapshot(
        dump("a", g={"SecurityGroups": [group("sg-1", TCP), group("sg-2")]}), NOON, settings
    )
    api.load_snapshot(dump("b", g={"SecurityGroups": [group("sg-1")]}), NOON + HOUR, settings)
    rows = asked(
        settings, "select group_id, valid_from, valid_to from security_groups order by all"
    )
    assert [(row["group_id"], row["valid_from"], row["valid_to"]) for row in rows] == [
        ("sg-1", NOON, NOON + HOUR),
        ("sg-1", NOON + HOUR, None),
        ("sg-2", NOON, NOON + HOUR),
    ]


def test_a_call_that_is_absent_ends_nothing(settings, dump) -> None:
    api.load_snapshot(dump("a", g={"SecurityGroups": [group("sg-1")]}), NOON, settings)
    api.load_snapshot(dump("b", acls={"NetworkAcls": []}), NOON + HOUR, settings)
    assert [row["valid_to"] for row in asked(settings, "from security_groups")] == [None]


def test_a_cut_answer_is_kept_as_incomplete_and_not_used(settings, dump) -> None:
    cut = {"SecurityGroups": [group("sg-1")], "NextToken": "more"}
    kept = api.load_snapshot(dump("a", g=cut), NOON, settings)
    assert kept.incomplete[0][0].endswith("describe-security-groups")
    assert "NextToken" in kept.incomplete[0][1]
    assert asked(settings, "from security_groups") == []
    assert [row["complete"] for row in asked(settings, "from observations")] == [False]


def test_the_whole_answer_may_come_after_a_cut_one(settings, dump) -> None:
    cut = {"SecurityGroups": [group("sg-1")], "NextToken": "more"}
    whole = {"SecurityGroups": [group("sg-1"), group("sg-2")]}
    api.load_snapshot(dump("a", g=cut), NOON, settings)
    assert api.load_snapshot(dump("a", g=cut), NOON, settings).observations == 0
    assert api.load_snapshot(dump("b", g=whole), NOON, settings).observations == 1
    assert len(asked(settings, "from security_groups")) == 2


def test_the_same_objects_without_a_token_are_the_whole_answer(settings, dump) -> None:
    whole = {"SecurityGroups": [group("sg-1")]}
    api.load_snapshot(dump("a", g=whole | {"NextToken": "more"}), NOON, settings)
    kept = api.load_snapshot(dump("b", g=whole), NOON, settings)
    assert (kept.observations, kept.already) == (1, 0)
    assert len(asked(settings, "from security_groups")) == 1


def test_an_answer_of_route_53_that_is_truncated_is_not_used(settings, dump) -> None:
    record = {"Name": "a.x.", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "1.1.1.1"}]}
    cut = {"ResourceRecordSets": [record], "IsTruncated": True, "NextRecordName": "b.x."}
    folder = dump("a", **{"list-resource-record-sets--Z0A": cut})
    assert "the answer goes on" in api.load_snapshot(folder, NOON, settings).incomplete[0][1]
    assert asked(settings, "from hosted_zone_records") == []


def test_pages_of_one_answer_are_one_observation(settings, dump) -> None:
    first = {"SecurityGroups": [group("sg-1")], "NextToken": "more"}
    folder = dump("a", page_1=first, page_2={"SecurityGroups": [group("sg-2")]})
    assert api.load_snapshot(folder, NOON, settings).observations == 1
    rows = asked(settings, "from security_groups order by group_id")
    assert [row["group_id"] for row in rows] == ["sg-1", "sg-2"]


@pytest.mark.parametrize(
    ("first", "is_whole"),
    [
        ({"AdditionalRoutesAvailable": True}, False),
        ({"AdditionalRoutesAvailable": True, "NextToken": "more"}, True),
        ({"AdditionalRoutesAvailable": False}, True),
    ],
    ids=["a part", "a page", "whole"],
)
def test_a_part_of_a_tables_routes_is_made_whole_by_its_next_page_alone(
    settings, dump, first, is_whole
) -> None:
    # Routes may be asked for by filters, a file each, of which one is cut.
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SearchTransitGatewayRoutes.html
    static = {"DestinationCidrBlock": "10.0.0.0/8", "Type": "static", "State": "blackhole"}
    other = static | {"DestinationCidrBlock": "10.1.0.0/16"}
    table = {"TransitGatewayRouteTableId": "tgw-rtb-1"}
    files = {"a": {"Routes": [static]} | first | table, "b": {"Routes": [other]} | table}
    kept = api.load_snapshot(dump("a", **files), NOON, settings)
    assert [why for _, why in kept.incomplete] == (
        [] if is_whole else ["AWS told a part of it only"]
    )
    assert len(asked(settings, "from transit_gateway_routes")) == (2 if is_whole else 0)


@pytest.mark.parametrize(
    "body",
    [
        group("sg-1", TCP | {"FromPort": "https", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}),
        group("sg-1") | {"GroupName": {"a": 1}},
        group("sg-1", TCP | {"IpRanges": [{"CidrIp": "10.0.0.0/33"}]}),
        group("sg-1", TCP | {"IpRanges": [{"CidrIp": "10.0.0.0/255.0.0.0"}]}),
        group("sg-1", TCP | {"IpRanges": [{"CidrIp": "anywhere"}]}),
        group("sg-1", TCP | {"Ipv6Ranges": [{"CidrIpv6": "fe80::1%eth0/64"}]}),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_and_nothing_is_kept(settings, dump, body) -> None:
    with pytest.raises(BadInput, match="is not what describe-security-groups answers"):
        api.load_snapshot(dump("a", g={"SecurityGroups": [body]}), NOON, settings)
    assert not settings.lake.exists()


def test_an_answer_that_does_not_fit_leaves_the_others_as_they_are(settings, dump) -> None:
    acl = {"NetworkAclId": "acl-1", "VpcId": "vpc-1"}
    api.load_snapshot(dump("a", g={"SecurityGroups": [group("sg-1")]}), NOON, settings)
    odd = group("sg-1", TCP | {"IpRanges": [{"CidrIp": "anywhere"}]})
    folder = dump("b", g={"SecurityGroups": [odd]}, acls={"NetworkAcls": [acl]})
    kept = api.load_snapshot(folder, NOON + HOUR, settings)
    ((scope, why),) = kept.incomplete
    assert scope.endswith("/describe-security-groups")
    assert "g.json: sg-1 is not what describe-security-groups answers (cidr 'anywhere')" in why
    assert len(asked(settings, "from network_acls")) == 1
    assert [row["valid_to"] for row in asked(settings, "from security_groups")] == [None]


def test_an_object_in_two_forms_is_named_and_the_others_are_loaded(settings, dump) -> None:
    told = {"GroupName": "a"}, {"GroupName": "b"}
    twice = [group("sg-1") | name for name in told]
    folder = dump("a", g={"SecurityGroups": [*twice, group("sg-2")]})
    kept = api.load_snapshot(folder, NOON, settings)
    ((scope, why),) = kept.incomplete
    assert scope.endswith("/describe-security-groups")
    assert why.endswith("g.json: sg-1 is there in two forms: save the answer again")
    assert [row["group_id"] for row in asked(settings, "from security_groups")] == ["sg-2"]


def test_an_object_on_two_pages_is_one(settings, dump) -> None:
    pages = {"page_1": {"SecurityGroups": [group("sg-1")], "NextToken": "x"}}
    pages |= {"page_2": {"SecurityGroups": [group("sg-1"), group("sg-2")]}}
    assert api.load_snapshot(dump("a", **pages), NOON, settings).incomplete == []
    assert len(asked(settings, "from security_groups")) == 2


def test_each_answer_has_the_time_that_is_written_beside_it(settings, dump) -> None:
    bodies = {"SecurityGroups": [group("sg-1")]}, {"NetworkAcls": []}
    folder = dump("a", g=bodies[0], acls=bodies[1])
    (folder / PLACE / "times.txt").write_text("2026-03-01T12:04:00Z 2026-03-01T12:05:00Z g.json\n")
    api.load_snapshot(folder, NOON, settings)
    rows = asked(settings, "select call, started, finished from observations order by call")
    minutes = [
        [(row[name] - NOON).seconds / 60 for name in ("started", "finished")] for row in rows
    ]
    assert minutes == [[0, 0], [4, 5]]
    (row,) = asked(settings, "from security_groups")
    assert row["valid_from"] == NOON + timedelta(minutes=5)


def test_answers_of_two_times_are_not_taken_for_one(settings, dump) -> None:
    for name, day in (("a/one", 1), ("a/two", 2)):
        folder = dump(name, **{f"g{day}": {"SecurityGroups": [group(f"sg-{day}")]}})
        at = f"2026-03-0{day}T12:00:00Z"
        (folder / PLACE / "times.txt").write_text(f"{at} {at} g{day}.json\n")
    with pytest.raises(BadInput, match="of one call at two times: load each folder by itself"):
        api.load_snapshot(folder.parent, NOON, settings)


def test_a_folder_of_several_snapshots_is_refused_and_they_are_named(settings, dump) -> None:
    for name in ("a/one", "a/two"):
        folder = dump(name, g={"SecurityGroups": [group("sg-1")]})
    told = ", ".join(str(folder.parent / name) for name in ("one", "two"))
    with pytest.raises(BadInput) as refused:
        api.load_snapshot(folder.parent, NOON, settings)
    assert str(refused.value) == (
        f"{folder.parent} holds several snapshots: load each by itself, at its own time: {told}"
    )
    assert api.load_snapshot(folder.parent / "one", NOON, settings).observations == 1


def test_folders_of_several_accounts_or_pages_are_one_snapshot(settings, dump) -> None:
    one = dump("a/one", g={"SecurityGroups": [group("sg-1")], "NextToken": "x"})
    two = dump("a/two", g={"SecurityGroups": [group("sg-2")]})
    elsewhere = two / PLACE.replace("047615872826", "320157496418") / "g.json"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text('{"SecurityGroups": [{"GroupId": "sg-3"}]}')
    assert api.load_snapshot(one.parent, NOON, settings).observations == 2
    assert len(asked(settings, "from security_groups")) == 3


def test_what_nothing_reads_is_named_with_its_file(settings, dump, caplog) -> None:
    folder = dump("a", g={"SecurityGroups": []}, one={"Foo": []}, two={"Foo": []}, pairs={"Bar": 1})
    show_snapshot(api.load_snapshot(folder, NOON, settings), False)
    place = folder / PLACE
    assert caplog.messages == [
        f"3 answers are not used yet: Bar of {place / 'pairs.json'}, "
        f"Foo of {place / 'one.json'} and 1 more"
    ]


ODD_TIMES = (
    b"yesterday\n",
    b"\xff",
    b"2026-03-01T12:04:00Z g.json\n",
    b"2026-03-01 2026-03-01 g.json\n",
    b"0001-01-01T00:00:00+14:00 0001-01-01T00:00:00+14:00 g.json\n",
    b"0001-01-01T00:00:00Z 0001-01-01T00:00:00Z g.json\n",
    b"2096-03-01T12:04:00Z 2096-03-01T12:04:00Z g.json\n",
)


@pytest.mark.parametrize("text", ODD_TIMES)
def test_times_that_cannot_be_read_are_named(settings, dump, text) -> None:
    folder = dump("a", g={"SecurityGroups": []})
    (folder / PLACE / "times.txt").write_bytes(text)
    ((file, why),) = api.load_snapshot(folder, NOON, settings).refused
    assert file.name == "times.txt"
    assert "they are taken to be of the time of --at" in why
    assert [row["finished"] for row in asked(settings, "from observations")] == [NOON]


def test_from_the_command_line_what_is_no_answer_is_said(dump, tmp_path) -> None:
    folder = dump("a", g={"SecurityGroups": [group("sg-\x1b[31m")]})
    (folder / PLACE / "x.json").write_text("{")
    ran = flowcause("snapshot", "load", folder, "--at", "2026-03-01T12:00Z", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "1 call observed, 1 row of inventory changed.\n")
    assert "x.json is not valid JSON" in ran.stderr
    said = refused(flowcause("snapshot", "load", folder, "--at", "2999-01-01", cwd=tmp_path))
    assert said == "flowcause: 2999-01-01 is yet to come: name a time that is past"
    listed = flowcause("sql", "select group_id from security_groups", cwd=tmp_path)
    assert "\x1b" not in listed.stdout


def test_a_snapshot_that_is_yet_to_come_is_told_of(dump, tmp_path) -> None:
    now, folder = datetime.now(UTC), dump("one", x={"SecurityGroups": [group("sg-1")]})
    settings = Settings(tmp_path / "lake")
    assert api.load_snapshot(folder, now, settings).ahead is None
    # Another machine, whose clock was fast, took this one.
    api.load_snapshot(folder, now + timedelta(days=1), settings)
    ran = flowcause("snapshot", "load", folder, "--at", "1h", cwd=tmp_path)
    assert f"the lake has a snapshot of {now + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}" in ran.stderr
    assert (ran.returncode, "1 call observed" in ran.stdout) == (0, True)


def test_odd_but_possible_answers_are_loaded(settings, dump) -> None:
    odd = {
        "NetworkInterfaces": [
            {"NetworkInterfaceId": "eni-1", "OwnerId": "047615872826"},
            {"NetworkInterfaceId": "eni-2", "Groups": None, "TagSet": [{"Key": "Owner"}]},
        ]
    }
    api.load_snapshot(dump("a", interfaces=odd), NOON, settings)
    rows = asked(settings, "from interfaces order by interface_id")
    assert [(row["interface_id"], row["group_count"]) for row in rows] == [
        ("eni-1", None),
        ("eni-2", None),
    ]


def test_subnet_and_table_associations_are_kept(settings, dump) -> None:
    acl = {
        "NetworkAclId": "acl-1",
        "VpcId": "vpc-1",
        "Associations": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}],
    }
    table = {
        "RouteTableId": "rtb-1",
        "VpcId": "vpc-1",
        "Associations": [{"Main": True, "AssociationState": {"State": "associated"}}],
        "Routes": [
            {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
            {"DestinationPrefixListId": "pl-1", "TransitGatewayId": "tgw-1", "State": "blackhole"},
        ],
    }
    folder = dump("a", acls={"NetworkAcls": [acl]}, tables={"RouteTables": [table]})
    api.load_snapshot(folder, NOON, settings)
    guarded = asked(settings, "from network_acl_associations order by subnet_id")
    assert [row["subnet_id"] for row in guarded] == ["subnet-1", "subnet-2"]
    (served,) = asked(settings, "from route_table_associations")
    assert (served["is_main"], served["subnet_id"]) == (True, None)
    routes = asked(settings, "from routes order by target")
    assert [(r["destination"] or r["destination_prefix_list_id"], r["target"]) for r in routes] == [
        ("10.0.0.0/16", "local"),
        ("pl-1", "tgw-1"),
    ]
