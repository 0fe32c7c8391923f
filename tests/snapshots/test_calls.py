"""The calls as declared, against AWS's own model of its API, and answers that moto cannot give."""

import json
import re
from functools import cache
from pathlib import Path

import boto3
import golden
import pytest

from pipeline.lake.calls import CALLS
from pipeline.snapshots.answers import find
from pipeline.snapshots.policy import policy
from pipeline.snapshots.shapes import tables_of

CALL_IDS = [" ".join([call.name, *map(str, call.asked.values())]) for call in CALLS]
PLACE = "accounts/047615872826/eu-west-1"
TABLE = "tgw-rtb-0a1b2c3d4e5f60718"
ARN = "arn:aws:elasticloadbalancing:eu-west-1:047615872826:loadbalancer/app/shop/50dc6c495c0c9188"


@cache
def client(service):
    return boto3.client(service, "eu-west-1", aws_access_key_id="x", aws_secret_access_key="y")


def model(call):
    api = client(call.service).meta.method_to_api_mapping[call.operation]
    return client(call.service).meta.service_model.operation_model(api)


@pytest.mark.parametrize("call", CALLS, ids=CALL_IDS)
def test_a_call_and_its_parameters_are_those_of_the_api(call) -> None:
    asked = model(call).input_shape
    told = {*call.asked, *([call.about.parameter] if call.about else [])}
    assert set(asked.required_members) <= told <= set(asked.members)
    assert call.action.endswith(f":{model(call).name}")
    if call.about:
        (source,) = (one for one in CALLS if one.name == call.about.call)
        for path in (call.about.field, *(path for path, _ in call.about.where)):
            assert follow(model(source).output_shape.members[source.key].member, path)


@pytest.mark.parametrize("call", CALLS, ids=CALL_IDS)
def test_every_field_that_is_kept_is_one_of_the_api(call) -> None:
    answer = model(call).output_shape
    first = answer if call.whole else answer.members[call.key].member
    first = first.members[call.inside].member if call.inside else first
    assert all(mark in first.members for mark in call.marks)
    for shape in call.shapes:
        levels = [first]
        for step in filter(None, shape.path.split(".")):
            inner = follow(levels[-1], step.rstrip("?*~").replace("/", "."))
            levels.append(inner.value if step.endswith("*") else inner.member)
        for column, place in shape.values.items():
            for one in place.removeprefix("#").split("|"):
                if one[0] not in "=@":
                    level, _, path = one.partition(".")
                    assert follow(levels[int(level)], path), (shape.table, column)


def follow(shape, path):
    """Return the shape of a field; raises KeyError where the API has none of that name."""
    for name in filter(None, path.split(".")):
        shape = shape.members[name]
    return shape


def rows(folder, table, name, body):
    """Return the rows of a table in one answer, without what they have from their file."""
    (folder / PLACE).mkdir(parents=True, exist_ok=True)
    (folder / PLACE / f"{name}.json").write_text(json.dumps(body))
    found = find(folder)
    assert (found.unused, found.refused) == ([], [])
    (answer,) = found.answers
    return tables_of([answer])[table].drop("account_id", "region", "scope").to_dicts()


def test_a_route_of_a_transit_gateway_has_a_row_an_attachment(tmp_path) -> None:
    attached = [
        {"TransitGatewayAttachmentId": f"tgw-attach-{n}", "ResourceId": f"vpn-{n}"} for n in "12"
    ]
    routes = [
        {"DestinationCidrBlock": "10.1.0.0/16", "State": "active"}
        | {"TransitGatewayAttachments": attached},
        {"DestinationCidrBlock": "10.9.0.0/16", "State": "blackhole"},
    ]
    name = f"search-transit-gateway-routes--{TABLE}"
    found = rows(tmp_path, "transit_gateway_routes", name, {"Routes": routes})
    assert {row["transit_gateway_route_table_id"] for row in found} == {TABLE}
    assert [(row["destination"], row["resource_id"], row["state"]) for row in found] == [
        ("10.1.0.0/16", "vpn-1", "active"),
        ("10.1.0.0/16", "vpn-2", "active"),
        ("10.9.0.0/16", None, "blackhole"),
    ]


def test_routes_that_aws_told_a_part_of_are_no_whole_answer(tmp_path) -> None:
    (tmp_path / PLACE).mkdir(parents=True)
    body = {"Routes": [], "AdditionalRoutesAvailable": True, "TransitGatewayRouteTableId": TABLE}
    (tmp_path / PLACE / "search-transit-gateway-routes.json").write_text(json.dumps(body))
    (answer,) = find(tmp_path).answers
    assert (answer.subject, answer.more) == (TABLE, True)


def test_each_attribute_of_a_vpc_is_an_answer_of_its_own(tmp_path) -> None:
    body = {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": False}}
    name = "describe-vpc-attribute--vpc-1--enableDnsSupport"
    assert rows(tmp_path, "vpc_attributes", name, body) == [
        {"vpc_id": "vpc-1", "attribute": "enableDnsSupport", "is_on": False}
    ]
    other = {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}}
    (tmp_path / PLACE / "hostnames.json").write_text(json.dumps(other))
    scopes = {answer.scope.rpartition("/")[2] for answer in find(tmp_path).answers}
    assert scopes == {"enableDnsSupport", "enableDnsHostnames"}


def test_a_firewall_has_a_row_an_endpoint(tmp_path) -> None:
    ready = {"Attachment": {"SubnetId": "subnet-1", "EndpointId": "vpce-1", "Status": "READY"}}
    body = {
        "Firewall": {"FirewallArn": "arn:aws:network-firewall:eu-west-1:1:firewall/f"},
        "FirewallStatus": {"SyncStates": {"eu-west-1a": ready, "eu-west-1b": {}}},
    }
    found = rows(tmp_path, "network_firewall_endpoints", "x", body)
    assert [(row["vpc_endpoint_id"], row["status"]) for row in found] == [
        ("vpce-1", "READY"),
        (None, None),
    ]


def test_ids_of_route_53_are_the_same_in_every_table(tmp_path) -> None:
    zone = {"Id": "/hostedzone/Z1", "Name": "a.example."}
    body = {"HostedZone": zone, "VPCs": [{"VPCId": "vpc-1", "VPCRegion": "eu-west-1"}]}
    (row,) = rows(tmp_path, "hosted_zone_vpcs", "get-hosted-zone", body)
    assert row == {"hosted_zone_id": "Z1", "vpc_id": "vpc-1", "vpc_region": "eu-west-1"}
    (answer,) = find(tmp_path).answers
    assert (answer.subject, answer.region) == ("Z1", "global")


def test_an_id_with_slashes_is_in_the_name_of_a_file(tmp_path) -> None:
    name = f"describe-target-health--{ARN.replace('/', '%2F')}"
    body = {"TargetHealthDescriptions": [{"Target": {"Id": "i-1", "Port": 80}}]}
    (row,) = rows(tmp_path, "targets", name, body)
    assert (row["target_group_arn"], row["target_id"]) == (ARN, "i-1")


def test_a_listener_has_a_row_a_target_group(tmp_path) -> None:
    def forward(*groups):
        return {"ForwardConfig": {"TargetGroups": [{"TargetGroupArn": one} for one in groups]}}

    one = {"Type": "forward", "TargetGroupArn": "tg-1", **forward("tg-1")}
    two = {"Type": "forward", **forward("tg-1", "tg-2")}
    none = {"Type": "redirect"}
    body = [
        {"ListenerArn": f"l-{n}", "DefaultActions": [a]} for n, a in enumerate((one, two, none))
    ]
    name = f"describe-listeners--{ARN.replace('/', '%2F')}"
    found = rows(tmp_path, "load_balancer_listeners", name, {"Listeners": body})
    assert [(row["listener_arn"], row["target_group_arn"]) for row in found] == [
        ("l-0", "tg-1"),
        ("l-1", "tg-1"),
        ("l-1", "tg-2"),
        ("l-2", None),
    ]


def test_block_public_access_is_told_by_an_object_of_its_own(tmp_path) -> None:
    told = {"InternetGatewayBlockMode": "block-ingress", "State": "update-complete"}
    body = {"VpcBlockPublicAccessOptions": told}
    (row,) = rows(tmp_path, "block_public_access", "x", body)
    assert row["internet_gateway_block_mode"] == "block-ingress"


def test_the_policy_allows_the_calls_and_nothing_else() -> None:
    golden.check("docs/snapshot-policy.json", policy())
    (statement,) = json.loads(policy())["Statement"]
    assert set(statement["Action"]) == {call.action for call in CALLS}
    assert all(re.search(r":(Describe|Get|List|Search)", one) for one in statement["Action"])
    assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
    page = (Path(__file__).parents[2] / "docs" / "snapshots.md").read_text(encoding="utf-8")
    assert "(snapshot-policy.json)" in page


def test_the_page_of_calls_is_the_golden_one() -> None:
    lines = ["# The calls of a snapshot", ""]
    lines += ["Generated from the code by `make goldens`. What each fills is in", ""]
    lines[-1:] = ["[the tables of the lake](tables.md).", "", "| call | asked for each | fills |"]
    lines += ["|--|--|--|"]
    for call in CALLS:
        each = f"`{call.about.field}` of `{call.about.call}`" if call.about else ""
        part = "".join(f" ({value})" for value in call.asked.values() if isinstance(value, str))
        tables = ", ".join(f"`{name}`" for name in dict.fromkeys(s.table for s in call.shapes))
        lines.append(f"| `{call.service} {call.name}`{part} | {each} | {tables} |")
    golden.check("docs/calls.md", "\n".join(lines) + "\n")
