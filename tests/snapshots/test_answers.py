"""AWS CLI answers in files: which call they are of, and whose view."""

import json
import re

import pytest
from botocore.loaders import Loader

from pipeline.errors import BadInput
from pipeline.snapshots.answers import find

GROUP = {"GroupId": "sg-1", "OwnerId": "047615872826", "IpPermissions": []}
ARN = "arn:aws:ec2:eu-west-1:047615872826:security-group/sg-1"
ACL = {"NetworkAclId": "acl-1", "OwnerId": "047615872826", "Entries": []}
MANAGED = {"PrefixListId": "pl-1", "PrefixListArn": "arn:aws:ec2:eu-west-1:aws:prefix-list/pl-1"}
PLACE = "accounts/047615872826/eu-west-1"


def write(folder, name, body) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body if isinstance(body, str) else json.dumps(body))


def only(folder):
    found = find(folder)
    assert (found.unused, found.refused) == ([], [])
    (answer,) = found.answers
    return answer


def test_an_answer_is_known_by_its_key_whatever_its_name(tmp_path) -> None:
    write(tmp_path, f"{PLACE}/some thing.json", {"SecurityGroups": [GROUP]})
    answer = only(tmp_path)
    assert answer.call.name == "describe-security-groups"
    assert (answer.account_id, answer.region) == ("047615872826", "eu-west-1")


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ({"PrefixLists": [MANAGED]}, "describe-managed-prefix-lists"),
        ({"PrefixLists": [{"PrefixListId": "pl-2", "Cidrs": []}]}, "describe-prefix-lists"),
    ],
)
def test_calls_that_share_a_key_are_told_by_their_objects(tmp_path, body, call) -> None:
    write(tmp_path, f"{PLACE}/x.json", body)
    assert only(tmp_path).call.name == call


def test_an_empty_shared_key_is_told_by_the_files_name_or_refused(tmp_path) -> None:
    write(tmp_path, f"{PLACE}/describe-prefix-lists.json", {"PrefixLists": []})
    assert only(tmp_path).call.name == "describe-prefix-lists"
    write(tmp_path, f"{PLACE}/other.json", {"PrefixLists": []})
    found = find(tmp_path)
    assert len(found.answers) == 1
    ((file, why),) = found.refused
    assert file.name == "other.json"
    assert re.search(r"other\.json may be the answer of .* or .*name the file", why)


def test_objects_without_what_marks_them_are_told_by_the_files_name(tmp_path) -> None:
    write(tmp_path, f"{PLACE}/describe-prefix-lists.json", {"PrefixLists": [{"PrefixListId": "x"}]})
    assert only(tmp_path).call.name == "describe-prefix-lists"


def test_the_subject_is_in_the_files_name_or_beside_the_list(tmp_path) -> None:
    entries = {"Entries": [{"Cidr": "10.0.0.0/8"}]}
    name = "get-managed-prefix-list-entries--pl-0a.json"
    write(tmp_path, f"{PLACE}/{name}", entries)
    assert only(tmp_path).subject == "pl-0a"
    write(tmp_path, f"{PLACE}/{name}", entries | {"PrefixListId": "pl-0b"})
    assert only(tmp_path).subject == "pl-0b"
    (tmp_path / PLACE / name).unlink()
    write(tmp_path, f"{PLACE}/entries.json", entries)
    with pytest.raises(BadInput, match="does not say what it is about"):
        find(tmp_path)


def test_an_id_may_have_two_dashes_in_a_row(tmp_path) -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:047615872826:targetgroup/shop--{}/0a"
    for colour in ("blue", "green"):
        name = f"describe-target-health--{arn.format(colour).replace('/', '%2F')}"
        write(tmp_path, f"{PLACE}/{name}.json", {"TargetHealthDescriptions": []})
    subjects = {answer.subject for answer in find(tmp_path).answers}
    assert subjects == {arn.format("blue"), arn.format("green")}


def test_what_follows_an_id_in_a_files_name_is_a_page_or_a_part(tmp_path) -> None:
    entries = {"Entries": [{"Cidr": "10.0.0.0/8"}]}
    write(tmp_path, f"{PLACE}/get-managed-prefix-list-entries--pl-0a--2.json", entries)
    name = "describe-vpc-attribute--vpc-1--enableDnsSupport"
    write(tmp_path, f"{PLACE}/{name}.json", {"EnableDnsSupport": {"Value": True}})
    assert {answer.subject for answer in find(tmp_path).answers} == {"pl-0a", "vpc-1"}


def test_the_view_is_told_by_the_objects_where_no_folder_says_it(tmp_path) -> None:
    write(tmp_path, "groups.json", {"SecurityGroups": [GROUP | {"SecurityGroupArn": ARN}]})
    answer = only(tmp_path)
    assert (answer.account_id, answer.region) == ("047615872826", "eu-west-1")


def test_a_zone_tells_the_region(tmp_path) -> None:
    interface = {"NetworkInterfaceId": "eni-1", "OwnerId": "047615872826"}
    zoned = interface | {"AvailabilityZone": "us-gov-west-1b"}
    write(tmp_path, "x.json", {"NetworkInterfaces": [zoned]})
    assert only(tmp_path).region == "us-gov-west-1"


def test_neighbours_in_the_folder_tell_where_the_objects_do_not(tmp_path) -> None:
    write(tmp_path, "groups.json", {"SecurityGroups": [GROUP | {"SecurityGroupArn": ARN}]})
    write(tmp_path, "acls.json", {"NetworkAcls": [ACL]})
    write(tmp_path, "peerings.json", {"VpcPeeringConnections": []})
    answers = find(tmp_path).answers
    assert {(a.account_id, a.region) for a in answers} == {("047615872826", "eu-west-1")}


def test_a_view_that_nothing_tells_is_refused_by_name(tmp_path) -> None:
    write(tmp_path, "acls.json", {"NetworkAcls": [ACL]})
    with pytest.raises(BadInput, match=r"acls\.json: its Region cannot be told"):
        find(tmp_path)
    write(tmp_path, "eu-west-1/acls.json", {"NetworkAcls": []})
    (tmp_path / "acls.json").unlink()
    with pytest.raises(BadInput, match=r"acls\.json: its account cannot be told; put it below"):
        find(tmp_path)


def test_the_folder_says_who_asked_and_the_object_whose_it_is(tmp_path) -> None:
    shared = GROUP | {"OwnerId": "999999999999"}
    write(tmp_path, f"{PLACE}/x.json", {"SecurityGroups": [shared]})
    answer = only(tmp_path)
    assert answer.account_id == "047615872826"
    from pipeline.snapshots.shapes import tables_of

    assert tables_of([answer])["security_groups"]["account_id"].to_list() == ["999999999999"]


def test_answers_of_another_account_than_their_folder_says_are_refused(tmp_path) -> None:
    other = "999999999999"
    default = GROUP | {"GroupId": "sg-0d", "GroupName": "default", "OwnerId": other}
    write(tmp_path, f"{PLACE}/groups.json", {"SecurityGroups": [default]})
    write(tmp_path, f"{PLACE}/acls.json", {"NetworkAcls": [ACL]})
    write(tmp_path, f"accounts/{other}/eu-west-1/groups.json", {"SecurityGroups": [default]})
    found = find(tmp_path)
    assert [answer.account_id for answer in found.answers] == [other]
    assert {file.name for file, _ in found.refused} == {"groups.json", "acls.json"}
    assert all(
        f"has sg-0d, the default group of a VPC of {other}: put it below accounts/{other}/" in why
        for _, why in found.refused
    )


def test_two_accounts_side_by_side_in_a_folder_are_told_by_their_objects(tmp_path) -> None:
    default = GROUP | {"GroupName": "default"}
    write(tmp_path, "eu-west-1/a.json", {"SecurityGroups": [default]})
    write(tmp_path, "eu-west-1/b.json", {"SecurityGroups": [default | {"OwnerId": "9" * 12}]})
    found = find(tmp_path)
    assert found.refused == []
    assert [answer.account_id for answer in found.answers] == ["047615872826", "9" * 12]


def test_neighbours_of_another_account_are_no_neighbours(tmp_path) -> None:
    default = GROUP | {"GroupName": "default", "OwnerId": "9" * 12}
    write(tmp_path, f"{PLACE}/a.json", {"SecurityGroups": [GROUP | {"GroupName": "default"}]})
    write(tmp_path, f"{PLACE}/b.json", {"SecurityGroups": [default]})
    found = find(tmp_path)
    assert [answer.file.name for answer in found.answers] == ["a.json"]
    assert [file.name for file, _ in found.refused] == ["b.json"]


@pytest.mark.parametrize("owner", [1, None, ["x"], "AWS"])
def test_an_owner_that_is_no_account_tells_nothing_of_its_folder(tmp_path, owner) -> None:
    odd = {"GroupId": ["x"], "OwnerId": owner, "GroupName": "default"}
    write(tmp_path, f"{PLACE}/a.json", {"SecurityGroups": [odd]})
    write(tmp_path, f"{PLACE}/b.json", {"NetworkAcls": [ACL]})
    assert len(find(tmp_path).answers) == 2


def test_a_folder_outside_the_loaded_one_tells_no_region(tmp_path) -> None:
    zoned = {"SubnetId": "subnet-1", "OwnerId": "047615872826", "AvailabilityZone": "us-east-1a"}
    write(tmp_path, "my-project-1/dump/x.json", {"Subnets": [zoned]})
    assert only(tmp_path / "my-project-1" / "dump").region == "us-east-1"
    assert only(tmp_path / "my-project-1").region == "us-east-1", "no Region is called like it"
    write(tmp_path, f"{PLACE}/deeper/y.json", {"NetworkAcls": []})
    assert only(tmp_path / PLACE / "deeper").region == "eu-west-1"
    assert only(tmp_path / PLACE).region == "eu-west-1"


def test_every_region_may_be_the_name_of_a_folder(tmp_path) -> None:
    partitions = Loader().load_data("partitions")["partitions"]
    regions = [one for told in partitions for one in told["regions"] if "global" not in one]
    for region in regions:
        write(tmp_path, f"accounts/047615872826/{region}/x.json", {"NetworkAcls": []})
    assert {answer.region for answer in find(tmp_path).answers} == set(regions)


def test_answers_of_no_use_yet_are_listed(tmp_path) -> None:
    write(tmp_path, f"{PLACE}/x.json", {"SecurityGroups": []})
    write(tmp_path, f"{PLACE}/y.json", {"KeyPairs": []})
    unused = find(tmp_path).unused
    assert [(file.name, key) for file, key in unused] == [("y.json", "KeyPairs")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{", "is not valid JSON"),
        ("\x00\x01", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[]", "to be one JSON object"),
        ('{"Subnets": [{"SubnetId": "\\ud800"}]}', "is not valid JSON .*surrogates"),
        ('{"\\uD800x": []}', "is not valid JSON .*surrogates"),
        ('{"VpcId": "\\udfff", "EnableDnsSupport": {"Value": true}}', "is not valid JSON"),
        ({"SubnetId": "\U0001f600"}, "no known AWS CLI answer"),
        ('"text"', "to be one JSON object"),
        ({"SecurityGroups": ["x"]}, "to be a list of objects"),
        ({"SecurityGroups": {}}, "no known AWS CLI answer"),
        ({"Other": []}, "no known AWS CLI answer"),
        ({}, "no known AWS CLI answer"),
    ],
)
def test_what_is_no_answer_is_refused_by_name(tmp_path, body, said) -> None:
    write(tmp_path, f"{PLACE}/x.json", body)
    with pytest.raises(BadInput, match=said) as refusal:
        find(tmp_path)
    assert "\n" not in str(refusal.value)


def test_what_is_no_answer_is_named_and_the_others_are_read(tmp_path) -> None:
    write(tmp_path, f"{PLACE}/acls.json", {"NetworkAcls": [ACL]})
    write(tmp_path, f"{PLACE}/cut.json", '{"NetworkAcls": [')
    write(tmp_path, f"{PLACE}/texts.json", {"Subnets": ["x"]})
    write(tmp_path, f"{PLACE}/entries.json", {"Entries": [{"Cidr": "10.0.0.0/8"}]})
    found = find(tmp_path)
    assert [answer.file.name for answer in found.answers] == ["acls.json"]
    assert {file.name for file, _ in found.refused} == {"cut.json", "texts.json", "entries.json"}


def test_a_folder_that_is_missing_or_empty_is_refused(tmp_path) -> None:
    with pytest.raises(BadInput, match="is no folder"):
        find(tmp_path / "gone")
    with pytest.raises(BadInput, match="no known AWS CLI answer"):
        find(tmp_path)
