"""What changed between two snapshots, in words; and who changed it, by CloudTrail's events."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command import flowcause, refused

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import BadInput
from pipeline.lake.calls import CALLS
from pipeline.lake.catalog import create_lake
from pipeline.reports import differences
from pipeline.snapshots import keep
from pipeline.snapshots.answers import Answer
from pipeline.snapshots.load import observed

SAMPLE = Path(__file__).parents[2] / "sample_data"
ACCOUNT, REGION = "111111111111", "eu-west-1"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=2)
GROUP, OTHER = "sg-0123456789abcdef0", "sg-0123456789abcdef1"
TABLE, PEERING = "rtb-0123456789abcdef0", "pcx-0123456789abcdef0"
ERIN = f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/erin"


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "lake")


@pytest.fixture
def load(tmp_path, settings):
    """Return a function that loads answers by top-level key as of a time."""

    def loaded(at, account=ACCOUNT, **answers):
        place = tmp_path / f"{account}-{at:%H%M%S}" / "accounts" / account / REGION
        place.mkdir(parents=True)
        for key, objects in answers.items():
            whole = objects if isinstance(objects, dict) else {key: objects}
            (place / f"{key}.json").write_text(json.dumps(whole))
        api.load_snapshot(place.parents[2], at, settings)

    return loaded


@pytest.fixture
def trail(tmp_path, settings):
    """Return a function that loads events of CloudTrail."""

    def loaded(*events):
        folder = tmp_path / "trail"
        folder.mkdir(exist_ok=True)
        data = json.dumps({"Records": list(events)}).encode()
        (folder / f"{len(list(folder.iterdir()))}.json.gz").write_bytes(gzip.compress(data))
        return api.load_changes(folder, settings)

    return loaded


def said(settings, since=NOON, until=LATER):
    """Return the changes in a sentence each."""
    told, _ = api.compare_snapshots(since, until, settings)
    return [differences.sentence(one) for one in told.changes]


def lines(settings, since=NOON, until=LATER):
    """Return what is written of the changes, as a list in Markdown."""
    text = differences.markdown(*api.compare_snapshots(since, until, settings))
    return [line.replace("\\", "") for line in text.splitlines()]


def group(*cidrs, port=5432, name=GROUP):
    ranges = [{"CidrIp": cidr} for cidr in cidrs]
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}
    return {"GroupId": name, "OwnerId": ACCOUNT, "IpPermissions": [permission] if cidrs else []}


def described(cidr, description):
    told = group(cidr)
    told["IpPermissions"][0]["IpRanges"][0]["Description"] = description
    return told


def table(state="active"):
    told = {"DestinationCidrBlock": "10.2.0.0/16", "VpcPeeringConnectionId": PEERING}
    return {"RouteTableId": TABLE, "OwnerId": ACCOUNT, "Routes": [told | {"State": state}]}


def entry(action, number=80):
    told = {"RuleNumber": number, "RuleAction": action, "Protocol": "6", "Egress": False}
    ports = {"From": 443, "To": 445}
    return told | {"CidrBlock": "10.0.0.0/8", "PortRange": ports}


def acl(*entries):
    return {"NetworkAclId": "acl-1", "OwnerId": ACCOUNT, "Entries": list(entries)}


CHANGES = {
    "a rule that came": (
        {"SecurityGroups": [group()]},
        {"SecurityGroups": [group("10.1.0.0/16")]},
        [
            f"rule of group {GROUP}: tcp 5432 from 10.1.0.0/16 added",
        ],
    ),
    "a rule that went": (
        {"SecurityGroups": [group("10.1.0.0/16", "10.2.0.0/16")]},
        {"SecurityGroups": [group("10.1.0.0/16")]},
        [f"rule of group {GROUP}: tcp 5432 from 10.2.0.0/16 removed"],
    ),
    "a rule that is described otherwise": (
        {"SecurityGroups": [described("10.1.0.0/16", "old")]},
        {"SecurityGroups": [described("10.1.0.0/16", "new")]},
        [f"rule of group {GROUP}: tcp 5432 from 10.1.0.0/16: description old is now new"],
    ),
    "a route that became a blackhole": (
        {"RouteTables": [table()]},
        {"RouteTables": [table("blackhole")]},
        [f"route 10.2.0.0/16 to {PEERING} in {TABLE}: state active is now blackhole"],
    ),
    "a rule of an ACL that denies now": (
        {"NetworkAcls": [acl(entry("allow"))]},
        {"NetworkAcls": [acl(entry("deny"))]},
        [
            "ingress rule 80 of ACL acl-1: deny tcp 443-445 from 10.0.0.0/8: "
            "rule_action allow is now deny"
        ],
    ),
    "a group that went with its rules": (
        {"SecurityGroups": [group("10.1.0.0/16")]},
        {"SecurityGroups": []},
        [
            f"security group {GROUP} removed",
            f"rule of group {GROUP}: tcp 5432 from 10.1.0.0/16 removed",
        ],
    ),
    "nothing": (
        {"SecurityGroups": [group("10.1.0.0/16")]},
        {"SecurityGroups": [group("10.1.0.0/16")]},
        [],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_said_as_an_engineer_says_it(settings, load, name) -> None:
    before, after, sentences = CHANGES[name]
    load(NOON, **before)
    load(LATER, **after)
    assert said(settings) == sentences


def test_when_it_changed_is_told_as_closely_as_it_was_observed(settings, load) -> None:
    for minutes, cidrs in ((0, ()), (30, ()), (90, ("10.1.0.0/16",)), (120, ("10.1.0.0/16",))):
        load(NOON + timedelta(minutes=minutes), SecurityGroups=[group(*cidrs)])
    line = lines(settings)[-1]
    assert line.endswith("added after 2026-03-01T12:30:00Z and before 2026-03-01T13:30:00Z")


def test_what_was_first_asked_later_is_no_change(settings, load) -> None:
    load(NOON, SecurityGroups=[group("10.1.0.0/16")])
    load(LATER, SecurityGroups=[group("10.1.0.0/16")], RouteTables=[table()])
    assert lines(settings) == [
        "Nothing changed.",
        "",
        "1 call not compared, for the first time has no answer of it: first "
        f"{ACCOUNT}/{REGION}/describe-route-tables",
    ]


LIST = "pl-0123456789abcdef0"
OLD_LIST = {
    "PrefixListId": LIST,
    "PrefixListArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:prefix-list/{LIST}",
    "OwnerId": ACCOUNT,
}


def entries(cidr="192.0.2.0/24"):
    return {"Entries": {"PrefixListId": LIST, "Entries": [{"Cidr": cidr}]}}


def test_of_what_is_new_all_is_new(settings, load) -> None:
    load(NOON, PrefixLists=[OLD_LIST | {"PrefixListId": "pl-1"}])
    load(LATER, PrefixLists=[OLD_LIST], **entries())
    came = [line for line in lines(settings) if "192.0.2.0/24" in line]
    assert len(came) == 1
    assert came[0].endswith("added after 2026-03-01T12:00:00Z and before 2026-03-01T14:00:00Z")
    assert not any("not compared" in line for line in lines(settings))


def test_of_what_was_there_and_not_asked_nothing_is_new(settings, load) -> None:
    load(NOON, PrefixLists=[OLD_LIST])
    load(LATER, PrefixLists=[OLD_LIST], **entries())
    assert lines(settings)[0] == "Nothing changed."
    assert "1 call not compared" in lines(settings)[2]


def test_of_what_the_first_answer_left_out_nothing_is_new(settings, load) -> None:
    vpc = {"VpcId": "vpc-2", "OwnerId": ACCOUNT, "CidrBlock": "10.2.0.0/16"}
    others = [{"VpcId": "vpc-1", "OwnerId": ACCOUNT}]
    load(NOON, Vpcs=[*others, vpc | {"CidrBlock": "x"}])
    told = {"VpcId": "vpc-2", "EnableDnsSupport": {"Value": True}}
    load(LATER, Vpcs=[*others, vpc], EnableDnsSupport=told)
    assert not any("attribute" in line for line in said(settings))


def test_what_the_first_answer_left_out_is_not_new(settings, load) -> None:
    odd = group("10.1.0.0/16", name=OTHER)
    ranges = {"IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    broken = odd | {"IpPermissions": [{"IpProtocol": "tcp", "FromPort": "x"} | ranges]}
    load(NOON, SecurityGroups=[group("10.1.0.0/16"), broken])
    load(LATER, SecurityGroups=[group("10.1.0.0/16"), odd])
    told = lines(settings)
    assert told[0] == "Nothing changed."
    assert told[2] == (
        f"security_group_rules/{OTHER}/ingress of {ACCOUNT}/{REGION}/describe-security-groups and "
        "2 more not compared: every answer until the first time left it out"
    )


def test_what_an_earlier_answer_told_is_compared(settings, load) -> None:
    bare = group()
    del bare["IpPermissions"]
    load(NOON - timedelta(hours=1), SecurityGroups=[group()])
    load(NOON, SecurityGroups=[bare])
    load(LATER, SecurityGroups=[group("10.1.0.0/16")])
    assert said(settings) == [f"rule of group {GROUP}: tcp 5432 from 10.1.0.0/16 added"]


def test_what_was_refused_the_second_time_is_no_change(settings, load, tmp_path) -> None:
    load(NOON, SecurityGroups=[group("10.1.0.0/16")], RouteTables=[table()])
    load(LATER, RouteTables=[table()])
    assert said(settings) == []


def test_what_both_parties_see_is_said_once(settings, load) -> None:
    other = "222222222222"
    for at, status in ((NOON, "active"), (LATER, "deleted")):
        peering = {"VpcPeeringConnectionId": PEERING, "Status": {"Code": status}}
        for account in (ACCOUNT, other):
            load(at, account, VpcPeeringConnections=[peering])
    (line,) = lines(settings)
    assert line.startswith(f"- peering {PEERING}: status active is now deleted after ")


def test_nothing_of_the_data_is_markup_or_steers_a_terminal(settings, load, capsys) -> None:
    load(NOON, SecurityGroups=[group()])
    hostile = {"Key": "<b>*x*\x1b[31m", "Value": "[a](http://x)\n# y"}
    load(LATER, SecurityGroups=[group() | {"Tags": [hostile]}])
    told, by = api.compare_snapshots(NOON, LATER, settings)
    text = differences.markdown(told, by)
    assert "\x1b" not in text
    assert r"\<b\>\*x\*" in text
    assert r"\[a\]\(http://x\) \# y" in text
    assert text.count("\n") == 1


def test_the_first_time_is_to_be_the_earlier_one(settings, load) -> None:
    load(NOON, SecurityGroups=[])
    with pytest.raises(BadInput, match="2026-03-01T14:00Z is not before 2026-03-01T12:00Z"):
        api.compare_snapshots(LATER, NOON, settings)


def event(name="RevokeSecurityGroupIngress", minutes=60, number=1, **more):
    cidr = more.pop("cidr", "10.1.0.0/16")
    ranges = {"items": [{"cidrIp": cidr}]}
    permission = {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "ipRanges": ranges}
    asked = {"groupId": GROUP, "ipPermissions": {"items": [permission]}}
    at = NOON + timedelta(minutes=minutes)
    return {
        "eventID": f"{number}",
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "192.0.2.1",
        "userIdentity": {"type": "AssumedRole", "arn": ERIN, "accountId": ACCOUNT},
        "requestParameters": asked,
        "responseElements": None,
        "readOnly": False,
        "recipientAccountId": ACCOUNT,
    } | more


@pytest.fixture
def removed(settings, load):
    load(NOON, SecurityGroups=[group("10.1.0.0/16", "10.2.0.0/16")])
    load(LATER, SecurityGroups=[group("10.2.0.0/16")])
    return settings


REMOVED = f"- rule of group {GROUP}: tcp 5432 from 10.1.0.0/16 removed"
UNKNOWN = f"{REMOVED} after 2026-03-01T12:00:00Z and before 2026-03-01T14:00:00Z"


def test_the_event_behind_a_change_says_when_and_who(removed, trail) -> None:
    assert trail(event()) == (1, [])
    by = f"by {ERIN} (RevokeSecurityGroupIngress)"
    assert lines(removed) == [f"{REMOVED} at 2026-03-01T13:00:00Z {by}"]
    assert trail(event()) == (0, []), "an event comes once"


NOT_BEHIND = {
    "before": event(minutes=-1),
    "after": event(minutes=121),
    "failed": event(errorCode="Client.UnauthorizedOperation"),
    "that makes": event("AuthorizeSecurityGroupIngress"),
    "of its tags": event("DeleteTags"),
    "of another": event(requestParameters={"groupId": OTHER}),
}


@pytest.mark.parametrize("name", NOT_BEHIND)
def test_an_event_that_cannot_have_done_it_is_not_named(removed, trail, name) -> None:
    trail(NOT_BEHIND[name])
    assert lines(removed) == [UNKNOWN]


def test_of_two_events_that_one_is_behind_it_which_names_the_rule(removed, trail) -> None:
    trail(event(minutes=30), event(minutes=60, number=2, cidr="10.3.0.0/16"))
    assert "at 2026-03-01T12:30:00Z by" in lines(removed)[0]


def test_where_two_are_even_none_is_named(removed, trail) -> None:
    trail(event(minutes=30), event(minutes=60, number=2))
    assert lines(removed) == [f"{UNKNOWN}, by one of 2 events"]


def test_an_event_that_names_only_the_group_is_likely(removed, trail) -> None:
    by_id = {"groupId": GROUP, "securityGroupRuleIds": {"items": ["sgr-0123456789abcdef0"]}}
    trail(event(requestParameters=by_id))
    assert lines(removed)[0].startswith(f"{REMOVED}, likely at 2026-03-01T13:00:00Z by ")


def test_an_event_while_the_earlier_observation_went_on_may_be_behind_it(settings, trail) -> None:
    call = next(call for call in CALLS if call.key == "SecurityGroups")
    lake = create_lake(settings.lake)
    for minutes, cidrs in ((0, ("10.1.0.0/16",)), (120, ())):
        started = NOON + timedelta(minutes=minutes, microseconds=5)
        times = {"started": started, "finished": started + timedelta(minutes=5)}
        told = Answer(Path("x"), call, ACCOUNT, REGION, None, [group(*cidrs)], **times)
        keep.keep(lake, observed([told], started), f"{minutes}")
    trail(event(minutes=0))
    told = lines(settings, NOON + timedelta(hours=1), NOON + timedelta(hours=3))
    (line,) = [line for line in told if "rule of" in line]
    assert line.startswith(f"{REMOVED} at 2026-03-01T12:00:00Z by ")


def rule_id(own="sgr-0123456789abcdef0", cidr="10.1.0.0/16"):
    told = {"SecurityGroupRuleId": own, "GroupId": GROUP, "GroupOwnerId": ACCOUNT}
    ports = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    return told | ports | {"IsEgress": False, "CidrIpv4": cidr}


def test_an_event_that_names_the_rule_by_its_id_is_surely_behind_it(removed, load, trail) -> None:
    other = "sgr-0123456789abcdef1"
    load(NOON + timedelta(minutes=1), SecurityGroupRules=[rule_id(), rule_id(other, "10.2.0.0/16")])
    for number, (one, minutes) in enumerate({"sgr-0123456789abcdef0": 30, other: 60}.items()):
        asked = {"groupId": GROUP, "securityGroupRuleIds": {"items": [one]}}
        trail(event(minutes=minutes, number=number, requestParameters=asked))
    assert lines(removed)[0].startswith(f"{REMOVED} at 2026-03-01T12:30:00Z by {ERIN}")


def test_what_only_reads_or_is_of_other_services_is_passed_over(trail) -> None:
    old = event("DescribeSecurityGroups", number=3)
    del old["readOnly"]
    others = event(number=2, eventSource="s3.amazonaws.com")
    assert trail(event(readOnly=True), others, old) == (0, [])


DAMAGED = {
    "no json": b"{",
    "no list": b'{"Records": 1}',
    "no object": b"[1]",
    "a cut gzip": gzip.compress(b'{"Records": []}')[:-4],
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_named_and_the_others_are_read(settings, trail, tmp_path, name) -> None:
    (tmp_path / "trail").mkdir()
    damaged = tmp_path / "trail" / "damaged.json"
    damaged.write_bytes(DAMAGED[name])
    new, (line,) = trail(event())
    assert new == 1
    assert line.startswith(f"{damaged} is no file of CloudTrail's: ")
    loaded = flowcause("snapshot", "changes", "load", damaged.parent, cwd=tmp_path)
    assert (loaded.returncode, loaded.stdout) == (2, "0 events of changes kept.\n")
    assert "damaged.json is no file of CloudTrail's: " in loaded.stderr


BAD_RECORDS = {
    "no object": 1,
    "no event": {"a": 1},
    "no name": {"eventID": "1"},
    "a name that is none": event("x", eventName=7),
    "no time": {k: v for k, v in event().items() if k != "eventTime"},
    "a time that is none": event(eventTime="x"),
    "a time before all": event(eventTime="0001-01-01T00:00:00+14:00"),
    "an id that is none": event(number="1\ud800"),
    "a principal that is none": event(userIdentity={"arn": [1]}),
    "an identity that is none": event(userIdentity="erin"),
    "a service that is none": event(eventSource=["ec2.amazonaws.com"]),
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_a_record_that_is_no_event_is_named_and_the_others_are_kept(trail, name) -> None:
    new, (line,) = trail(event(number=7), BAD_RECORDS[name], event(number=8))
    assert new == 2
    assert "0.json.gz: record 2 is no event: " in line


def test_a_field_that_an_event_lacks_is_named(trail) -> None:
    assert trail(BAD_RECORDS["no time"])[1][0].endswith("record 1 is no event: it has no eventTime")


def test_many_records_that_are_no_events_are_counted(trail) -> None:
    new, wrong = trail(event(), *[{}] * 1000)
    assert (new, len(wrong)) == (1, 6)
    assert wrong[-1].endswith("0.json.gz: 995 more records are no events")


def test_cloudtrail_tells_times_in_utc(settings, trail) -> None:
    trail(event(eventTime="2026-03-01T13:00:00"))
    (row,) = api.sql("select event_time from changes", settings).to_pylist()
    assert row["event_time"] == NOON + timedelta(hours=1)


def test_a_folder_without_files_of_cloudtrails_is_refused(settings, tmp_path) -> None:
    digests = tmp_path / "AWSLogs" / ACCOUNT / "CloudTrail-Digest"
    digests.mkdir(parents=True)
    (digests / "digest.json").write_text("{}")
    with pytest.raises(BadInput, match="holds no file of CloudTrail's"):
        api.load_changes(tmp_path, settings)


def test_the_rule_that_the_sample_removes_is_attributed_to_its_event(tmp_path) -> None:
    for arguments in (
        ["load", SAMPLE / "snapshots/day-one", "--at", "2026-03-01T22:00Z"],
        ["load", SAMPLE / "snapshots/day-two", "--at", "2026-03-03T00:00Z"],
        ["changes", "load", SAMPLE / "trail"],
    ):
        assert flowcause("snapshot", *arguments, cwd=tmp_path).returncode == 0
    ran = flowcause("snapshot", "diff", "2026-03-02", "2026-03-04", cwd=tmp_path)
    assert ran.stdout.count("\n") == 6
    assert (
        "rule of group sg-0b40aa4e4515c6a36: tcp 5439 from 10.10.10.0/24 removed at "
        "2026-03-02T23:58:41Z by arn:aws:sts::320157496418:assumed-role/network-admin/erin "
        "(RevokeSecurityGroupIngress)\n"
    ) in ran.stdout
    told = ["snapshot", "diff", "2026-03-02", "2026-03-04", "--format", "json"]
    rows = json.loads(flowcause(*told, cwd=tmp_path).stdout)
    (rule,) = [row for row in rows if row["table"] == "security_group_rules"]
    assert (rule["change"], rule["is_sure"], rule["after"]) == ("removed", True, None)
    assert rule["before"]["cidr"] == "10.10.10.0/24"
    assert "is not before" in refused(flowcause("snapshot", "diff", "1h", "2h", cwd=tmp_path))
