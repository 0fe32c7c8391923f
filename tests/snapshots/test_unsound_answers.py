"""Answers that lack lists, have objects of the wrong kind, or one object in two forms."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import BadInput

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACCOUNT = "047615872826"
TCP = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
RULE = TCP | {"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
OTHER = TCP | {"FromPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(tmp_path / "lake")


@pytest.fixture
def load(tmp_path, settings):
    """Return a function that loads answers by file name, some hours after noon."""

    def keep(hour: int, **bodies):
        folder = tmp_path / f"{hour}-{len(list(tmp_path.iterdir()))}"
        place = folder / "accounts" / ACCOUNT / "eu-west-1"
        place.mkdir(parents=True)
        for file, body in bodies.items():
            (place / f"{file}.json").write_text(json.dumps(body))
        return api.load_snapshot(folder, NOON + hour * HOUR, settings)

    return keep


def group(name: str, **lists) -> dict:
    return {"GroupId": name, "OwnerId": ACCOUNT, "VpcId": "vpc-1", **lists}


def vpc(name: str, *blocks, **more) -> dict:
    told = [{"CidrBlock": one, "CidrBlockState": {"State": state}} for one, state in blocks]
    return {"VpcId": name, "OwnerId": ACCOUNT, "CidrBlockAssociationSet": told, **more}


def table(*routes) -> dict:
    return {"RouteTableId": "rtb-1", "OwnerId": ACCOUNT, "VpcId": "vpc-1", "Routes": list(routes)}


def asked(settings: Settings, query: str) -> list[tuple]:
    return [tuple(row.values()) for row in api.sql(query, settings).to_pylist()]


@pytest.mark.parametrize(
    ("rows", "key", "whole", "without"),
    [
        (
            "security_group_rules",
            "SecurityGroups",
            group("sg-1", IpPermissions=[RULE], IpPermissionsEgress=[RULE]),
            group("sg-1"),
        ),
        (
            "routes",
            "RouteTables",
            table({"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}),
            {"RouteTableId": "rtb-1", "OwnerId": ACCOUNT, "VpcId": "vpc-1"},
        ),
        (
            "network_acl_entries",
            "NetworkAcls",
            {"NetworkAclId": "acl-1", "Entries": [{"RuleNumber": 100, "Egress": False}]},
            {"NetworkAclId": "acl-1", "Entries": None},
        ),
        (
            "network_acl_entries",
            "NetworkAcls",
            {"NetworkAclId": "acl-1", "Entries": [{"RuleNumber": 100, "Egress": False}]},
            {"NetworkAclId": "acl-1", "Entries": "?"},
        ),
        (
            "instances",
            "Reservations",
            {"Instances": [{"InstanceId": "i-1"}]},
            {"Instances": {}},
        ),
    ],
)
def test_a_list_that_is_not_there_ends_nothing(settings, load, rows, key, whole, without) -> None:
    load(0, x={key: [whole]}, y={"Vpcs": []})
    query = f"select count(*), count(valid_to) from {rows}"
    (before,) = asked(settings, query)
    load(1, x={key: [without]}, y={"Vpcs": []})
    assert before[0] > 0
    assert asked(settings, query) == [before]


@pytest.mark.parametrize("odd", [{}, "", 0, False, "?"], ids=repr)
def test_what_is_no_list_in_the_place_of_one_ends_nothing(settings, load, odd) -> None:
    load(0, x={"SecurityGroups": [group("sg-1", IpPermissions=[RULE])]})
    load(1, x={"SecurityGroups": [group("sg-1", IpPermissions=odd), group("sg-2")]})
    assert asked(settings, "select valid_to from security_group_rules") == [(None,)]


def test_a_list_that_is_there_and_empty_ends_what_was_in_it(settings, load) -> None:
    load(0, x={"SecurityGroups": [group("sg-1", IpPermissions=[RULE], IpPermissionsEgress=[RULE])]})
    load(1, x={"SecurityGroups": [group("sg-1", IpPermissions=[])]})
    query = "select direction, valid_to from security_group_rules order by all"
    assert asked(settings, query) == [("egress", None), ("ingress", NOON + HOUR)]
    ((told,),) = asked(
        settings, "select left_out from observations where finished > '2026-03-01T12:30Z'"
    )
    assert told == ["security_group_rules/sg-1/egress"]


def test_tags_that_aws_leaves_out_have_ended(settings, load) -> None:
    load(0, x={"Vpcs": [vpc("vpc-1", Tags=[{"Key": "Owner", "Value": "x"}])]})
    load(1, x={"Vpcs": [vpc("vpc-1")]})
    assert asked(settings, "select valid_to from tags") == [(NOON + HOUR,)]


@pytest.mark.parametrize(
    ("rows", "one", "two"),
    [
        (
            "security_group_rules",
            group("sg-1", IpPermissions=[RULE]),
            group("sg-1", IpPermissions=[OTHER]),
        ),
        (
            "routes",
            table({"DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayId": "tgw-1"}),
            table({"DestinationCidrBlock": "10.2.0.0/16", "VpcPeeringConnectionId": "pcx-1"}),
        ),
        (
            "route_table_associations",
            table() | {"Associations": [{"SubnetId": "subnet-1"}]},
            table() | {"Associations": [{"SubnetId": "subnet-2"}]},
        ),
    ],
)
def test_an_object_in_two_forms_has_no_rows(settings, load, rows, one, two) -> None:
    key = "SecurityGroups" if "GroupId" in one else "RouteTables"
    name = one.get("GroupId", "rtb-1")
    kept = load(0, a={key: [one]}, b={key: [two]}, y={"Vpcs": []})
    assert f"a.json: {name} is there in two forms" in kept.incomplete[0][1]
    assert asked(settings, f"from {rows}") == []


def test_a_route_of_a_transit_gateway_in_two_forms_leaves_its_table_unknown(settings, load) -> None:
    route = {"DestinationCidrBlock": "10.1.0.0/16", "State": "active"}
    routes = [route, route | {"State": "blackhole"}]
    kept = load(
        0, **{"search-transit-gateway-routes--tgw-rtb-1": {"Routes": routes}}, y={"Vpcs": []}
    )
    assert "10.1.0.0/16 is there in two forms" in kept.incomplete[0][1]
    assert asked(settings, "from transit_gateway_routes") == []


def test_what_is_there_in_one_form_twice_is_one(settings, load) -> None:
    told = group("sg-1", IpPermissions=[RULE, OTHER], IpPermissionsEgress=[])
    again = told | {"IpPermissions": [OTHER, RULE], "Unknown": 1}
    assert load(0, a={"SecurityGroups": [told]}, b={"SecurityGroups": [again]}).incomplete == []
    assert asked(settings, "select count(*) from security_group_rules") == [(2,)]


def test_one_object_in_two_forms_leaves_the_others(settings, load) -> None:
    load(0, x={"Vpcs": [vpc("vpc-1", CidrBlock="10.1.0.0/16"), vpc("vpc-4")]})
    twice = [vpc("vpc-1", CidrBlock=one) for one in ("10.1.0.0/16", "10.7.0.0/16")]
    load(1, x={"Vpcs": [*twice, vpc("vpc-2"), vpc("vpc-3")]})
    query = "select vpc_id, valid_from, valid_to from vpcs order by all"
    assert asked(settings, query) == [
        ("vpc-1", NOON, None),
        ("vpc-2", NOON + HOUR, None),
        ("vpc-3", NOON + HOUR, None),
        ("vpc-4", NOON, NOON + HOUR),
    ]


@pytest.mark.parametrize("port", ["x", "22", 22.9, True], ids=repr)
def test_one_object_with_a_value_of_the_wrong_kind_leaves_the_others(settings, load, port) -> None:
    rules = [RULE, RULE | {"FromPort": port}, RULE]
    groups = [group(f"sg-{n}", IpPermissions=[rule]) for n, rule in enumerate(rules)]
    kept = load(0, x={"SecurityGroups": groups})
    assert [
        row for (row,) in asked(settings, "select group_id from security_groups order by all")
    ] == [
        "sg-0",
        "sg-2",
    ]
    ((_, why),) = kept.incomplete
    assert why.endswith(
        "x.json: sg-1 is not what describe-security-groups answers "
        f"(from_port {port!r}): save the answer again"
    )


def test_an_answer_with_an_object_that_was_left_out_is_another_than_one_without(
    settings, load
) -> None:
    whole, broken = group("sg-1", IpPermissions=[RULE]), group("sg-2", IpPermissions=["x"])
    load(0, x={"SecurityGroups": [whole]})
    with pytest.raises(BadInput, match="another answer for"):
        load(0, x={"SecurityGroups": [whole, broken]})


def test_a_block_that_comes_and_went_is_in_both_states(settings, load) -> None:
    again = vpc("vpc-1", ("10.5.0.0/16", "disassociated"), ("10.5.0.0/16", "associated"))
    assert load(0, x={"Vpcs": [again, vpc("vpc-2")]}).incomplete == []
    assert asked(settings, "select state from vpc_cidrs order by state") == [
        ("associated",),
        ("disassociated",),
    ]
    assert asked(settings, "select count(*) from vpcs") == [(2,)]


@pytest.mark.parametrize("owner", [1, ["x"], {"a": 1}])
def test_an_object_without_an_id_or_an_owner_that_can_be_read(settings, load, owner) -> None:
    odd = {"GroupId": ["x"], "OwnerId": owner, "GroupName": "default"}
    kept = load(0, x={"SecurityGroups": [odd]}, y={"Vpcs": [vpc("vpc-1")]})
    ((scope, why),) = kept.incomplete
    assert scope.endswith("describe-security-groups")
    assert "x.json: it is not what describe-security-groups answers" in why
    assert asked(settings, "select count(*) from vpcs") == [(1,)]


def test_the_only_object_that_does_not_fit_is_refused(settings, load) -> None:
    with pytest.raises(BadInput, match=r"vpc-1 is not what describe-vpcs answers \(cidr '10\.0"):
        load(0, x={"Vpcs": [vpc("vpc-1", CidrBlock="10.0.0.0/33")]})
    assert not settings.lake.exists()


def test_a_group_has_its_other_vpcs_though_one_does_not_fit(settings, load) -> None:
    def told(vpc, state="associated"):
        return {"GroupId": "sg-1", "VpcId": vpc, "GroupOwnerId": "047615872826", "State": state}

    load(
        0, x={"SecurityGroupVpcAssociations": [told("vpc-1"), told("vpc-2"), told("vpc-3", ["x"])]}
    )
    query = "select vpc_id from security_group_vpcs order by all"
    assert asked(settings, query) == [("vpc-1",), ("vpc-2",)]
