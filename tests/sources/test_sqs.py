"""S3's events through a queue: read however they are wrapped, deleted once they are in the lake."""

import gzip
import json
from types import SimpleNamespace
from urllib.parse import quote_plus

import pytest
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from pipeline.errors import BadInput, SourceProblem
from pipeline.ingest import run
from pipeline.ingest.read import Terms
from pipeline.ingest.summary import Summary
from pipeline.lake import ledger
from pipeline.lake.catalog import create_lake
from pipeline.sources import aws, s3, s3_events, sqs
from pipeline.sources.objects import object_id
from pipeline.sources.s3_keys import Wanted

KEY = "AWSLogs/1/vpcflowlogs/eu-west-1/2026/03/01/1_vpcflowlogs_eu-west-1_fl-1_20260301T0000Z_0.log"
ODD = "odd/a b+c=ü%41.gz"
LOG = gzip.compress(b"interface-id start\neni-1 1772452800\n")


def notified(key, etag="e", size=1, name="ObjectCreated:Put"):
    told = {"key": quote_plus(key, safe="/"), "size": size, "eTag": etag}
    known = {name: value for name, value in told.items() if value is not None}
    record = {"eventSource": "aws:s3", "eventName": name, "s3": {"object": known}}
    record["s3"]["bucket"] = {"name": "logs"}
    return {"Records": [record]}


def bridged(key, etag="e", size=1, kind="Object Created"):
    told = {"key": key, "size": size, "etag": etag}
    detail = {"bucket": {"name": "logs"}, "object": told}
    return {"source": "aws.s3", "detail-type": kind, "detail": detail}


def published(event):
    return {"Type": "Notification", "TopicArn": "arn:aws:sns:::t", "Message": json.dumps(event)}


@pytest.fixture
def queue(cloud, monkeypatch):
    """A bucket, and a queue that is sent what is put into it."""
    monkeypatch.setattr(sqs, "WAIT_SECONDS", 0)
    aws.client(cloud, "s3").create_bucket(Bucket="logs")
    return Queue(cloud)


@pytest.fixture
def fifo(cloud, monkeypatch):
    """The like, with a queue that keeps the order of a group's messages."""
    monkeypatch.setattr(sqs, "WAIT_SECONDS", 0)
    aws.client(cloud, "s3").create_bucket(Bucket="logs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    return Queue(cloud, "new-objects.fifo", Attributes=attributes)


class Queue:
    def __init__(self, access, name="new-objects", **more):
        self.access, self.client = access, aws.client(access, "sqs")
        self.url = self.client.create_queue(QueueName=name, **more)["QueueUrl"]

    def put(self, key, data=LOG):
        told = aws.client(self.access, "s3").put_object(Bucket="logs", Key=key, Body=data)
        return {"key": key, "etag": told["ETag"].strip('"'), "size": len(data)}

    def send(self, *bodies, **more):
        for body in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            self.client.send_message(QueueUrl=self.url, MessageBody=text, **more)

    def rounds(self):
        return sqs.rounds(self.url, self.access)

    def left(self):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        return sum(map(int, told["Attributes"].values()))


def ids(objects):
    return {object_id(one.identity) for one in objects}


@pytest.mark.parametrize("form", [notified, bridged])
@pytest.mark.parametrize("wrapped", [lambda event: event, published])
@pytest.mark.parametrize("key", [KEY, ODD])
def test_an_event_and_a_listing_name_the_same_object(queue, form, wrapped, key):
    queue.send(wrapped(form(**queue.put(key))))
    (now,) = queue.rounds()
    (listed,) = s3.find("s3://logs", Wanted(), queue.access, False)
    (one,) = now.objects
    assert (one.identity, one.uri, one.size) == (listed.identity, listed.uri, listed.size)
    assert one.read() == LOG


def test_messages_are_deleted_once_their_objects_are_in_the_lake(queue, tmp_path):
    lake = create_lake(tmp_path / "lake")
    queue.send(notified(**queue.put(KEY)), notified("gone.gz"))
    for now in queue.rounds():
        assert queue.left() == 2
        run.ingest(lake, now.objects, Terms(), "run", Summary())
        assert now.settle(ledger.ingested(lake).ids) == []
    assert queue.left() == 1, "what failed stays for the redrive policy"


def test_a_message_of_many_objects_goes_when_all_are_there(queue):
    first, second = notified(**queue.put("a.gz")), notified(**queue.put("b.gz"))
    queue.send({"Records": first["Records"] + second["Records"]})
    (now,) = queue.rounds()
    now.settle(ids(now.objects[:1]))
    assert queue.left() == 1
    now.settle(ids(now.objects))
    assert queue.left() == 0


def test_events_of_no_flow_logs_are_deleted_and_counted(queue):
    queue.send(
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "logs"},
        notified(KEY, name="ObjectRemoved:Delete"),
        bridged(KEY, kind="Object Deleted"),
        notified("AWSLogs/1/elasticloadbalancing/eu-west-1/2026/03/01/x.log.gz"),
        published(notified("exports/aws-logs-write-test")),
        {"Records": []},
    )
    (now,) = queue.rounds()
    assert (now.objects, now.passed_over) == ([], 6)
    now.settle(set())
    assert queue.left() == 0


@pytest.mark.parametrize(
    "body",
    [
        "hello",
        "[]",
        "{}",
        "[" * 100_000,
        '{"Records": [1]}',
        '{"Records": [{"eventSource": "aws:sqs"}]}',
        '{"Type": "Notification", "TopicArn": "t", "Message": "x"}',
        json.dumps(bridged(["no", "key"])),
        json.dumps(notified(KEY)).replace('"logs"', '"lo/gs"'),
        json.dumps(notified(KEY)).replace("AWSLogs", "%ff"),
    ],
)
def test_what_cannot_be_read_stays_and_is_told(queue, body):
    queue.send(body)
    (now,) = queue.rounds()
    ((_, reason),) = now.unreadable
    assert reason in ("it is no event of S3", "it is not JSON, as every event of S3 is")
    now.settle(set())
    assert queue.left() == 1


def test_the_same_object_told_twice_is_read_once(queue):
    told = queue.put(KEY)
    queue.send(notified(**told), bridged(**told), notified(**told))
    (now,) = queue.rounds()
    assert len(now.objects) == 1
    now.settle(ids(now.objects))
    assert queue.left() == 0


@pytest.mark.parametrize("missing", [{"etag": None}, {"size": None}, {"etag": 'a" b'}])
def test_what_a_message_does_not_say_s3_is_asked_for(queue, missing):
    told = queue.put(KEY)
    queue.send(notified(**{**told, **missing}))
    (now,) = queue.rounds()
    (listed,) = s3.find("s3://logs", Wanted(), queue.access, False)
    assert [one.identity for one in now.objects] == [listed.identity]


@pytest.mark.parametrize("error", [ResponseParserError("cut"), HTTPError("cut")])
def test_an_object_of_which_s3_answers_nothing_fails_alone(queue, monkeypatch, error):
    def fail(bucket, operation, **asked):
        raise error

    queue.send(notified("a.gz", etag=None))
    monkeypatch.setattr(s3.Bucket, "call", fail)
    (now,) = queue.rounds()
    with pytest.raises(OSError):
        now.objects[0].read()


def test_an_object_that_is_gone_fails_alone(queue, tmp_path):
    queue.send(notified("gone.gz", etag=None), notified(**queue.put(KEY)))
    (now,) = queue.rounds()
    summary = Summary()
    run.ingest(create_lake(tmp_path / "lake"), now.objects, Terms(), "run", summary)
    assert summary.ingested == 1
    ((uri, reason),) = summary.failed
    assert (uri, reason[:35]) == ("s3://logs/gone.gz", "cannot be read: does not exist (404")


def test_rounds_are_bounded_by_messages_and_bytes_and_end_with_the_queue(queue, monkeypatch):
    queue.send(*(notified(f"{n}.gz", size=10) for n in range(25)))
    monkeypatch.setattr(sqs, "MESSAGES", 20)
    assert [len(now.objects) for now in queue.rounds()] == [20, 5]
    queue.send(*(notified(f"{n}.gz", size=10) for n in range(25)))
    monkeypatch.setattr(sqs, "ROUND_BYTES", 100)
    assert [len(now.objects) for now in queue.rounds()] == [10, 10, 5]


def test_a_message_that_comes_again_is_left_for_the_next_run(queue):
    queue.send(notified("gone.gz"))
    rounds = queue.rounds()
    (message,) = next(rounds).messages
    queue.client.change_message_visibility(
        QueueUrl=queue.url, ReceiptHandle=message.receipt, VisibilityTimeout=0
    )
    assert list(rounds) == []
    assert queue.left() == 1


def test_a_fifo_queue_is_emptied_a_round_after_the_other(fifo):
    for group in ("one", "two"):
        fifo.send(*(bridged(f"{group}/{n}.gz") for n in range(25)), MessageGroupId=group)
    found = []
    for now in fifo.rounds():
        found += [one.uri for one in now.objects]
        assert now.settle(ids(now.objects)) == []
    assert len(found) == len(set(found)) == 50
    assert fifo.left() == 0


def test_what_a_fifo_queue_holds_back_behind_a_failure_stays_there(fifo):
    fifo.send(*(bridged(f"one/{n}.gz") for n in range(12)), MessageGroupId="one")
    fifo.send(*(bridged(f"two/{n}.gz") for n in range(12)), MessageGroupId="two")
    found = []
    for now in fifo.rounds():
        found += [one.uri for one in now.objects]
        now.settle(ids(one for one in now.objects if not one.uri.endswith("one/3.gz")))
    assert len([uri for uri in found if "/one/" in uri]) == 10
    assert len([uri for uri in found if "/two/" in uri]) == 12
    assert fifo.left() == 3, "the one that failed, and the two behind it"


def test_a_fifo_queue_is_not_waited_for_in_the_midst_of_a_round(played, played_access):
    bodies = [{"MessageId": "m", "ReceiptHandle": "r", "Body": '{"Records": []}'}]
    for name, waits in (("q.fifo", [5, 0, 5]), ("q", [5, 5, 5])):
        played.clear()
        played.play("ReceiveMessage", {"Messages": bodies}, {})
        played.play("DeleteMessageBatch", {"Successful": []})
        for now in sqs.rounds(f"{played.endpoint}/123456789012/{name}", played_access):
            now.settle(set())
        asked = [told["WaitTimeSeconds"] for call, told in played.asked if "Receive" in call]
        assert asked == waits


@pytest.mark.parametrize("fault", [500, 503, "ThrottlingException", "RequestThrottled"])
def test_what_the_service_cannot_answer_is_asked_for_again(
    played, played_access, monkeypatch, fault
):
    pauses = []
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=pauses.append))
    monkeypatch.setattr("botocore.retries.bucket.TokenBucket._sleep_amount", lambda *_: 0)
    bodies = [{"MessageId": "m", "ReceiptHandle": "r", "Body": '{"Records": []}'}]
    played.play("ReceiveMessage", fault, {"Messages": bodies}, fault, {})
    played.play("DeleteMessageBatch", fault, {"Successful": []})
    (now,) = sqs.rounds(f"{played.endpoint}/123456789012/q", played_access)
    assert [one.message_id for one in now.messages] == ["m"]
    assert now.settle(set()) == []
    assert len(pauses) == 3


def test_what_could_not_be_deleted_is_told(played, played_access):
    url = f"{played.endpoint}/123456789012/q"
    bodies = [{"MessageId": "m", "ReceiptHandle": "r", "Body": '{"Records": []}'}]
    played.play("ReceiveMessage", {"Messages": bodies}, {})
    failed = {"Id": "0", "Code": "ReceiptHandleIsInvalid", "SenderFault": True}
    played.play("DeleteMessageBatch", {"Failed": [failed]})
    (now,) = sqs.rounds(url, played_access)
    (line,) = now.settle(set())
    assert line.startswith(
        "message m could not be deleted (ReceiptHandleIsInvalid): it comes again"
    )


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("sqs.eu-west-1.amazonaws.com", "eu-west-1"),
        ("sqs.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("sqs-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("vpce-1.sqs.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("eu-west-1.queue.amazonaws.com", "eu-west-1"),
        ("127.0.0.1:5000", None),
    ],
)
def test_the_queues_address_tells_its_region(host, region):
    assert sqs.region(f"https://{host}/123456789012/q") == region


def test_an_unknown_queue_is_named(queue):
    url = f"{queue.url}-2"
    with pytest.raises(SourceProblem, match=f"^queue {url}: does not exist "):
        list(sqs.rounds(url, queue.access))


def test_who_may_not_receive_is_told_the_permission(played, played_access):
    played.play("ReceiveMessage", "AccessDeniedException")
    with pytest.raises(SourceProblem, match="ask for sqs:ReceiveMessage"):
        list(sqs.rounds(f"{played.endpoint}/123456789012/q", played_access))


@pytest.mark.parametrize("url", ["new-objects", "arn:aws:sqs:eu-west-1:1:q", "https://host/"])
def test_what_is_no_queues_address_is_refused(url, cloud):
    with pytest.raises(BadInput, match="no queue's URL"):
        list(sqs.rounds(url, cloud))


def test_a_blank_in_a_key_is_a_plus_to_s3_and_a_blank_to_eventbridge():
    assert s3_events.read(json.dumps(notified("a b")))[0].key == "a b"
    assert s3_events.read(json.dumps(bridged("a+b")))[0].key == "a+b"
