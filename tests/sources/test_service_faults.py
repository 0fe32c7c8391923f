"""CloudWatch Logs and SQS through a proxy that breaks their answers: asked for again or named."""

import json
import re
from datetime import UTC, datetime, timedelta

import balance
import faults
import pytest

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.ingest.plan import Asked
from pipeline.sources import sqs
from pipeline.sources.log_groups import milliseconds

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REGION, GROUP = "eu-west-1", "/vpc/flow-logs"
KNOWN = {
    "logGroupName": GROUP,
    "creationTime": milliseconds(NOON),
    "arn": f"arn:aws:logs:{REGION}:123456789012:log-group:{GROUP}:*",
}
TEST_EVENT = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "logs"})
MESSAGES = {"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": TEST_EVENT}]}
# What says of itself that the connection broke, which is the same for all services.
BROKEN = ["reset", "cut", "stalled", "silent"]


def events(asked):
    """Return one event of the hour that is asked for."""
    event = {
        "logStreamName": "eni-1-all",
        "timestamp": asked["startTime"],
        "message": f"eni-1 {asked['startTime'] // 1000}",
        "ingestionTime": asked["startTime"],
        "eventId": f"{asked['startTime']:056d}",
    }
    return {"events": [event], "searchedLogStreams": []}


@pytest.fixture
def broken(played, played_access, monkeypatch):
    """The proxy before a CloudWatch Logs with a group and an SQS with a queue of a message."""
    faults.hurry(monkeypatch)
    monkeypatch.setattr(sqs, "WAIT_SECONDS", 0)
    played.play("DescribeLogGroups", {"logGroups": [KNOWN]})
    played.play("FilterLogEvents", events)
    # What an answer that broke brought is hidden for a while; another has the message again.
    played.play("ReceiveMessage", MESSAGES, MESSAGES, {})
    played.play("DeleteMessageBatch", {"Successful": [{"Id": "0"}], "Failed": []})
    with faults.before(played.endpoint) as proxy:
        yield proxy


def gone(played):
    return any(call == "DeleteMessageBatch" for call, _ in played.asked)


def read_group(proxy, folder, hours=3):
    source = Source(
        "cloudwatch",
        GROUP,
        regions=(REGION,),
        log_formats=("${interface-id} ${start}",),
        endpoint_url=proxy.endpoint,
    )
    asked = Asked(NOON, NOON + hours * timedelta(hours=1))
    summary = api.ingest([source], Settings(folder / "lake"), asked)
    balance.check(folder / "lake")
    return summary


def read_queue(proxy, folder):
    url = f"{proxy.endpoint}/123456789012/new-logs"
    source = Source("sqs", url, regions=(REGION,), endpoint_url=proxy.endpoint)
    return api.ingest([source], Settings(folder / "lake"))


def count(proxy, call):
    return sum(one.kind == call for one in proxy.requests)


def first(call, fault):
    """Break the first answer to a call."""
    met = []

    def plan(request):
        if request.kind != call or met:
            return None
        met.append(request)
        return fault

    return plan


@pytest.mark.parametrize("call", ["DescribeLogGroups", "FilterLogEvents"])
@pytest.mark.parametrize("name", [*BROKEN, "shortened", "empty"])
def test_a_log_group_whose_answer_breaks_is_asked_again(broken, tmp_path, call, name) -> None:
    read_group(broken, tmp_path / "undisturbed")
    asked = count(broken, call)
    broken.begin(first(call, faults.LISTING[name]))
    summary = read_group(broken, tmp_path)
    assert (summary.stopped, summary.failed, summary.seen_flows) == ([], [], 3)
    assert count(broken, call) == asked + 1


@pytest.mark.parametrize("name", [*BROKEN[:2], "shortened", "empty"])
def test_an_hour_whose_answer_stays_broken_is_named(broken, tmp_path, name) -> None:
    broken.begin(lambda one: faults.LISTING[name] if one.kind == "FilterLogEvents" else None)
    summary = read_group(broken, tmp_path, hours=1)
    ((uri, reason),) = summary.failed
    assert "from=2026-03-02T12%3A00%3A00" in uri
    assert reason.startswith(("cannot be read: no answer", "cannot be read: the answer was cut"))
    broken.begin()
    assert read_group(broken, tmp_path, hours=1).seen_flows == 1


@pytest.mark.parametrize("call", ["ReceiveMessage", "DeleteMessageBatch"])
@pytest.mark.parametrize("name", [*BROKEN, "shortened", "empty"])
def test_a_queue_whose_answer_breaks_is_asked_again(broken, played, tmp_path, call, name) -> None:
    broken.begin(first(call, faults.LISTING[name]))
    summary = read_queue(broken, tmp_path)
    assert (summary.stopped, summary.failed) == ([], [])
    assert gone(played)
    asked = {"ReceiveMessage": 3, "DeleteMessageBatch": 1}[call]
    assert count(broken, call) == asked + 1


@pytest.mark.parametrize("name", [*BROKEN[:2], "shortened", "empty"])
def test_a_queue_whose_answer_stays_broken_stops_it(broken, played, tmp_path, name) -> None:
    played.answers["ReceiveMessage"] = [MESSAGES]
    broken.begin(lambda one: faults.LISTING[name])
    (stopped,) = read_queue(broken, tmp_path).stopped
    said = f"queue {broken.endpoint}/123456789012/new-logs: (no answer|the answer was cut short)"
    assert re.match(said, str(stopped))
    assert not gone(played)
    broken.begin()
    played.answers["ReceiveMessage"] = [MESSAGES, {}]
    assert read_queue(broken, tmp_path).stopped == []
    assert gone(played), "what no run had was left for the next"
