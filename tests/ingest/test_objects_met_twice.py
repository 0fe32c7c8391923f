"""An object that is met twice, by two runs of a queue or below two prefixes, comes in once."""

import gzip
import json
import threading

import balance
import pytest
from crowd import Crowd

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.ingest import run
from pipeline.sources import aws, s3, sqs

OBJECTS = 24


class Queue:
    """A queue of moto's that tells of some objects in a bucket, and a lake that they go into."""

    def __init__(self, access, lake):
        self.settings, self.client = Settings(lake), aws.client(access, "sqs", "us-east-1")
        self.url = self.client.create_queue(QueueName="new")["QueueUrl"]
        self.source = Source(
            "sqs", self.url, regions=("us-east-1",), endpoint_url=access.endpoint_url
        )
        bucket = aws.client(access, "s3")
        bucket.create_bucket(Bucket="logs")
        self.events = []
        for number in range(OBJECTS):
            body = gzip.compress(f"interface-id start\neni-{number} 1772452800\n".encode())
            put = bucket.put_object(Bucket="logs", Key=f"{number}.gz", Body=body)
            told = {"key": f"{number}.gz", "size": len(body), "eTag": put["ETag"].strip('"')}
            record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}
            record["s3"] = {"bucket": {"name": "logs"}, "object": told}
            self.events.append(json.dumps({"Records": [record]}))

    def send(self):
        """Send an event of each object."""
        for event in self.events:
            self.client.send_message(QueueUrl=self.url, MessageBody=event)

    def ingest(self, progress=lambda summary: None):
        summary = api.ingest([self.source], self.settings, progress=progress)
        assert (summary.stopped, summary.failed) == ([], [])
        return summary

    def check(self):
        """Check that every object is in the lake once, and the queue is empty."""
        balance.check(self.settings.lake)
        rows = api.sql("select interface_id from flows", self.settings)["interface_id"]
        assert sorted(rows.to_pylist()) == sorted(f"eni-{n}" for n in range(OBJECTS))
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        left = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        assert set(left["Attributes"].values()) == {"0"}


@pytest.fixture
def queue(cloud, tmp_path, monkeypatch):
    monkeypatch.setattr(sqs, "WAIT_SECONDS", 0)
    return Queue(cloud, tmp_path / "lake")


def test_two_runs_at_once_on_a_queue_share_its_objects(queue, monkeypatch) -> None:
    monkeypatch.setattr(sqs, "MESSAGES", 10)
    queue.send()
    queue.send()
    both, summaries = Crowd(2), []

    def ingest():
        first = iter([both.join])
        summaries.append(queue.ingest(lambda summary: next(first, bool)()))

    runs = [threading.Thread(target=ingest) for _ in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert both.came_together()
    queue.check()
    assert sum(one.ingested for one in summaries) == OBJECTS
    assert sum(count for one in summaries for *_, count in one.statuses()) == OBJECTS


def test_what_another_run_commits_while_it_is_read_is_not_committed_again(
    queue, monkeypatch
) -> None:
    monkeypatch.setattr(run, "CHUNK_BYTES", 1)
    monkeypatch.setattr(sqs, "MESSAGES", OBJECTS)
    queue.send()
    others = []

    def meanwhile(summary):
        if summary.seen == OBJECTS and not others:
            queue.send()
            others.append(None)
            others.append(queue.ingest())

    mine = queue.ingest(meanwhile)
    assert (others[1].ingested, mine.ingested, len(mine.already)) == (OBJECTS, 0, OBJECTS)
    assert (mine.statuses(), mine.counts["flows"]) == ([], 0)
    queue.check()


def test_what_lies_below_two_prefixes_is_read_once(bucket, proxy, tmp_path) -> None:
    keys = ["AWSLogs/x_vpcflowlogs_1.log", "AWSLogs/more/x_vpcflowlogs_2.log", "other.log"]
    for number, key in enumerate(keys):
        bucket.put(key, f"interface-id start\neni-{number} 1772452800\n".encode())
    proxy.begin()
    sources = [
        Source("s3", f"s3://{bucket.name}/{prefix}", endpoint_url=proxy.endpoint)
        for prefix in ("AWSLogs/more/", "AWSLogs/", "")
    ]
    settings = Settings(tmp_path / "lake")
    summary = api.ingest(sources, settings)
    assert (summary.stopped, summary.ingested, len(summary.already)) == ([], 3, 3)
    assert sum(one.kind == "get" for one in proxy.requests) == 3
    balance.check(settings.lake)


def test_an_object_that_a_later_event_tells_of_again_is_not_read_again(queue, monkeypatch) -> None:
    monkeypatch.setattr(sqs, "MESSAGES", 10)
    read, real = [], s3._body
    monkeypatch.setattr(s3, "_body", lambda *asked: read.append(asked[1]) or real(*asked))
    queue.send()
    queue.send()
    queue.ingest()
    assert sorted(read) == sorted(f"{number}.gz" for number in range(OBJECTS))
    queue.check()
