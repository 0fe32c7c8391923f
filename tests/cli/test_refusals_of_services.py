"""What CloudWatch Logs and SQS refuse: one line that names the group or queue and what to do."""

import json
import re

import faults
import pytest
import servers
from test_refusals import KMS

GROUP, REGION = "/vpc/flow-logs", "eu-west-1"
KNOWN = {
    "logGroupName": GROUP,
    "creationTime": 1772452800000,
    "retentionInDays": 1,
    "arn": f"arn:aws:logs:{REGION}:123456789012:log-group:{GROUP}:*",
}
EVENT = {
    "logStreamName": "eni-1-all",
    "timestamp": 1772452800000,
    "message": "eni-1 1772452800",
    "ingestionTime": 1772452800000,
    "eventId": "1",
}
MESSAGE = {"MessageId": "m", "ReceiptHandle": "r", "Body": '{"Event": "s3:TestEvent"}'}
EXPIRED = r"the AWS credentials have expired \(\w+\): log in again, then run this again$"
UNKNOWN_KEY = r"AWS does not accept the credentials \(\w+\): check the profile or access key$"
# The errors as the service's API names them, and the end of the line.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html
GROUPS = {
    "denied": ("AccessDeniedException", r"access denied .*: ask for logs:DescribeLogGroups$"),
    "expired": ("ExpiredTokenException", EXPIRED),
    "unknown key": ("UnrecognizedClientException", UNKNOWN_KEY),
    "wrong secret": ("InvalidSignatureException", UNKNOWN_KEY),
}
EVENTS = {
    "denied": ("AccessDeniedException", r"access denied .*: ask for logs:FilterLogEvents$"),
    "expired": ("ExpiredTokenException", EXPIRED),
    "gone": (
        "ResourceNotFoundException",
        r"does not exist \(ResourceNotFoundException\): check its name, account and Region$",
    ),
}
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
QUEUES = {
    "unknown": (
        "QueueDoesNotExist",
        r"does not exist \(QueueDoesNotExist\): check its name, account and Region$",
    ),
    "denied": ("AccessDeniedException", r"access denied .*: ask for sqs:ReceiveMessage$"),
    "expired": ("ExpiredTokenException", EXPIRED),
    "unknown key": ("InvalidClientTokenId", UNKNOWN_KEY),
    "KMS": ("KmsAccessDenied", r"the KMS key refuses .*: ask for kms:Decrypt on it$"),
}


@pytest.fixture
def cloudwatch(played, refusal):
    """Return a function that ingests the group and returns the one line on stderr."""
    played.play("DescribeLogGroups", {"logGroups": [KNOWN]})

    def said(*more, group=GROUP):
        told = ["--log-format", "${interface-id} ${start}", "--endpoint-url", played.endpoint]
        return refusal("ingest", "cloudwatch", group, "--region", REGION, *told, *more)

    return said


@pytest.fixture
def queue(played, refusal):
    """Return a function that ingests from the queue and returns its URL and the line on stderr."""

    def said():
        url = f"{played.endpoint}/123456789012/new-logs"
        told = ["--region", REGION, "--endpoint-url", played.endpoint]
        return url, refusal("ingest", "sqs", url, *told)

    return said


def test_a_log_group_that_is_not_there(played, cloudwatch) -> None:
    line = cloudwatch(group="/vpc/flow")
    assert line == (
        "flowcause: log group /vpc/flow, asked for with the usual credentials, does not exist in "
        "eu-west-1: check its name, account and Region"
    )


@pytest.mark.parametrize("name", GROUPS)
def test_log_groups_that_may_not_be_listed(played, cloudwatch, name) -> None:
    code, told = GROUPS[name]
    played.answers["DescribeLogGroups"] = [code]
    begin = f"flowcause: log group {GROUP} in {REGION}, asked for with the usual credentials: "
    assert re.match(f"{begin}{told}", cloudwatch())


@pytest.mark.parametrize("name", EVENTS)
def test_a_log_group_whose_events_may_not_be_read(played, cloudwatch, name) -> None:
    code, told = EVENTS[name]
    played.play("FilterLogEvents", code)
    begin = f"flowcause: log group {GROUP} of account 123456789012 in {REGION}: "
    assert re.match(f"{begin}{told}", cloudwatch())


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_that_may_not_be_read(played, queue, name) -> None:
    code, told = QUEUES[name]
    played.play("ReceiveMessage", code)
    url, line = queue()
    assert re.match(f"flowcause: queue {url}: {told}", line)


def test_a_queue_whose_messages_may_not_be_deleted(played, queue) -> None:
    played.play("ReceiveMessage", {"Messages": [MESSAGE]}, {})
    played.play("DeleteMessageBatch", "AccessDeniedException")
    url, line = queue()
    assert re.match(f"flowcause: queue {url}: access denied .*: ask for sqs:DeleteMessage$", line)


def test_an_object_whose_key_refuses_and_of_which_a_queue_tells(played, refusal) -> None:
    told = {"key": "a.log", "size": 40, "eTag": "0a"}
    event = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}
    event["s3"] = {"bucket": {"name": "refused"}, "object": told}
    body = json.dumps({"Records": [event]})
    played.play("ReceiveMessage", {"Messages": [MESSAGE | {"Body": body}]}, {})
    with faults.before(played.endpoint) as proxy:
        key = faults.Refusal(403, "AccessDenied", KMS)
        proxy.begin(lambda one: key if one.kind == "get" else None)
        url = f"{proxy.endpoint}/123456789012/new-logs"
        line = refusal("ingest", "sqs", url, "--region", REGION, "--endpoint-url", proxy.endpoint)
    assert line.startswith("flowcause: s3://refused/a.log: cannot be read: the KMS key refuses (")
    assert line.endswith("ask for kms:Decrypt on it")
    assert "DeleteMessageBatch" not in dict(played.asked), "it comes again"


@pytest.mark.parametrize("verb", ["cloudwatch", "queue"])
def test_a_service_without_credentials(verb, request, played, monkeypatch) -> None:
    said = request.getfixturevalue(verb)
    for name in servers.ENVIRON:
        monkeypatch.delenv(name)
    line = said()[1] if verb == "queue" else said()
    thing = f"queue {played.endpoint}" if verb == "queue" else f"log group {GROUP}"
    assert line.startswith(f"flowcause: {thing}")
    assert re.search(r": no AWS credentials \(.*\): set AWS_PROFILE or --profile, or log in$", line)
