"""Log groups, read from moto's server, and from one that plays what moto does not."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import SourceProblem
from pipeline.sources import aws, cloudwatch, insist
from pipeline.sources.objects import Part

# CloudWatch Logs takes no events older than 14 days, so the tests' hours are some of yesterday.
NOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
HOUR = timedelta(hours=1)
GROUP = "/vpc/flow-logs"
REGION = "eu-west-1"


def at(time):
    return int(time.timestamp() * 1000)


def put(access, stream, *times):
    client = aws.client(access, "logs", REGION)
    events = [{"timestamp": at(time), "message": f"{stream} {at(time)}"} for time in sorted(times)]
    client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    client.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)


@pytest.fixture
def group(cloud):
    aws.client(cloud, "logs", REGION).create_log_group(logGroupName=GROUP)
    return cloud


def found(access, since=NOON, until=NOON + 2 * HOUR, pattern=None):
    return cloudwatch.find(GROUP, since, until, access, REGION, pattern)


def events(data):
    return json.loads(data)["events"]


def test_an_hour_of_all_streams_is_an_object(group):
    put(group, "eni-1-all", NOON, NOON + HOUR / 2)
    put(group, "eni-2-all", NOON + HOUR / 4)
    first, second = found(group)
    told = events(first.read())
    assert [one["logStreamName"] for one in told] == ["eni-1-all", "eni-2-all", "eni-1-all"]
    assert [one["timestamp"] for one in told] == [at(NOON + HOUR * n / 4) for n in range(3)]
    assert len({one["eventId"] for one in told}) == 3
    assert second.read() is None, "there turned out to be nothing"


def test_windows_hold_their_beginning_and_not_their_end(group):
    put(group, "eni-1", NOON, NOON + HOUR, NOON + 2 * HOUR)
    assert [len(events(one.read())) for one in found(group)] == [1, 1]


def test_windows_are_whole_hours_cut_at_the_end(group):
    objects = found(group, NOON + HOUR / 3, NOON + 1.5 * HOUR)
    assert [one.window for one in objects] == [
        (NOON, NOON + HOUR),
        (NOON + HOUR, NOON + 1.5 * HOUR),
    ]
    assert objects[0].uri == found(group)[0].uri, "the same hour is the same window another time"
    stretch = cloudwatch.stretch(objects[1].uri)
    assert (stretch.account, stretch.region) == ("123456789012", REGION)
    assert (stretch.group, stretch.since) == ("vpc/flow-logs", NOON + HOUR)


def test_the_same_events_give_the_same_bytes(group):
    put(group, "eni-2", NOON)
    put(group, "eni-1", NOON)
    assert found(group)[0].read() == found(group)[0].read()


def test_without_a_beginning_all_that_the_group_holds_is_read(group):
    aws.client(group, "logs", REGION).put_retention_policy(logGroupName=GROUP, retentionInDays=3)
    until = NOON + 2 * HOUR
    objects = found(group, None, until)
    assert objects[0].window[0] == until - timedelta(days=3)


def test_a_pattern_is_passed_on_and_makes_another_read(group):
    put(group, "eni-1", NOON)
    put(group, "eni-2", NOON)
    object_, _ = found(group, pattern="eni-2")
    assert [one["logStreamName"] for one in events(object_.read())] == ["eni-2"]
    assert object_.uri == found(group)[0].uri + "&filter-pattern=eni-2"


def test_an_unknown_group_is_named(cloud):
    aws.client(cloud, "logs", REGION).create_log_group(logGroupName=f"{GROUP}-2")
    with pytest.raises(SourceProblem, match=f" does not exist in {REGION}: "):
        found(cloud)


# What moto does not do: pages, refusals.
ANSWERED = {
    "logGroupName": GROUP,
    "creationTime": at(NOON),
    "arn": f"arn:aws:logs:{REGION}:123456789012:log-group:{GROUP}:*",
}


def event(number):
    return {
        "logStreamName": "eni-1",
        "timestamp": at(NOON),
        "message": f"record {number}",
        "ingestionTime": at(NOON),
        "eventId": f"{number:056d}",
    }


@pytest.fixture
def played_group(played):
    played.play("DescribeLogGroups", {"logGroups": [ANSWERED]})
    return played


def test_empty_pages_are_not_the_end(played_group, played_access):
    played_group.play(
        "FilterLogEvents",
        {"events": [], "nextToken": "a"},
        {"events": [event(2)], "nextToken": "b"},
        {"events": [], "nextToken": "c"},
        {"events": [event(1)]},
    )
    told = events(found(played_access)[0].read())
    assert [one["message"] for one in told] == ["record 1", "record 2"]
    asked = [what for call, what in played_group.asked if call == "FilterLogEvents"]
    assert [what.get("nextToken") for what in asked] == [None, "a", "b", "c"]
    assert {(what["startTime"], what["endTime"]) for what in asked} == {
        (at(NOON), at(NOON + HOUR) - 1)
    }, "AWS's window holds both ends"


def test_throttling_is_waited_out(played_group, played_access):
    played_group.play("FilterLogEvents", "ThrottlingException", {"events": [event(1)]})
    assert len(events(found(played_access)[0].read())) == 1


def test_a_large_hour_comes_in_parts(played_group, played_access, monkeypatch):
    monkeypatch.setattr(cloudwatch, "PART_BYTES", 1)
    played_group.play(
        "FilterLogEvents",
        {"events": [event(1)], "nextToken": "a"},
        {"events": [event(2)], "nextToken": "b"},
        {"events": []},
    )
    first = found(played_access)[0].read()
    assert isinstance(first, Part)
    second = first.rest.read()
    assert isinstance(second, Part)
    assert first.rest.uri.endswith("&part=2")
    assert second.rest.read() is None
    given = events(first.data) + events(second.data)
    assert [one["message"] for one in given] == ["record 1", "record 2"]


# A 200 whose JSON broke off, which boto3 takes for an answer without a word.
BROKEN = json.dumps({"events": [event(1)], "searchedLogStreams": []}).encode()[:40]


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(insist, "_FIRST_PAUSE", 0)


@pytest.mark.parametrize("broken", [BROKEN, b"", b"{}", b'{"events": null}'])
def test_an_answer_that_broke_off_is_asked_for_again(played_group, played_access, hasty, broken):
    played_group.play("FilterLogEvents", broken, {"events": [event(1)]})
    assert len(events(found(played_access)[0].read())) == 1


def test_an_hour_whose_answers_stay_broken_is_no_empty_hour(played_group, played_access, hasty):
    played_group.play("FilterLogEvents", BROKEN)
    with pytest.raises(OSError, match="the answer was cut short: run this again"):
        found(played_access)[0].read()
    asked = [call for call, _ in played_group.asked if call == "FilterLogEvents"]
    assert len(asked) == 5


def test_a_broken_answer_about_groups_is_no_missing_group(played, played_access, hasty):
    played.play("DescribeLogGroups", b"{", {"logGroups": [ANSWERED]})
    assert len(found(played_access)) == 2


def test_the_same_page_for_ever_is_an_error_of_that_hour(played_group, played_access):
    played_group.play("FilterLogEvents", {"events": [event(1)], "nextToken": "a"})
    with pytest.raises(OSError, match="the same page again"):
        found(played_access)[0].read()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", "ask for logs:FilterLogEvents"),
        ("ResourceNotFoundException", "does not exist"),
        ("ExpiredTokenException", "have expired"),
        ("UnrecognizedClientException", "does not accept the credentials"),
        ("InvalidParameterException", "InvalidParameterException"),
    ],
)
def test_what_befalls_every_window_stops_the_run(played_group, played_access, code, said):
    played_group.play("FilterLogEvents", code)
    with pytest.raises(
        SourceProblem, match=rf"^log group {GROUP} of account \d+ in {REGION}: .*{said}"
    ) as error:
        found(played_access)[0].read()
    assert "\n" not in str(error.value)


def test_who_may_not_describe_groups_is_told_the_permission(played, played_access):
    played.play("DescribeLogGroups", "AccessDeniedException")
    with pytest.raises(SourceProblem, match="ask for logs:DescribeLogGroups"):
        found(played_access)


def test_no_credentials_are_said(played_group, played_access, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    aws.client.cache_clear()
    with pytest.raises(SourceProblem, match=r"no AWS credentials .*--profile"):
        found(played_access)
    aws.client.cache_clear()
