"""New objects in S3, as its events tell of them through a queue of SQS.

Messages are received in rounds. A message goes from the queue when all its objects are in the
lake; what is not settled comes again when its visibility timeout has passed, and its queue's
redrive policy deals with what never is. A FIFO queue, which EventBridge can fill, holds back the
rest of a group until what was received of it is settled: a round is then ten messages of each.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
"""

import re
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn

from pipeline.errors import BadInput
from pipeline.sources import aws, s3_events
from pipeline.sources.access import Access
from pipeline.sources.insist import insisting, whole
from pipeline.sources.objects import SourceObject, object_id
from pipeline.sources.s3 import Bucket, source_object
from pipeline.sources.s3_events import Created
from pipeline.sources.s3_keys import is_log

# A round ends with so many messages or bytes of objects, or when the queue is empty: minutes of
# work at most, well within the time for which its messages are hidden from others. Should it take
# longer all the same, they come again and their objects are found to be in the lake.
MESSAGES = 500
ROUND_BYTES = 1024**3
HIDDEN_SECONDS = 1800
# Any wait at all has every server of the queue asked, so that an empty answer means no messages.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
WAIT_SECONDS = 5
_AT_ONCE = 10
# No answer with a message is shorter, in bytes: its ids alone are longer. One without is `{}`.
_MESSAGE = 64

_REGION = re.compile(r"\bsqs(?:-fips)?\.([a-z0-9-]+)\.|//([a-z0-9-]+)\.queue\.")


@dataclass(slots=True)
class Message:
    """A received message: how to delete it, and the identities of the objects it tells of."""

    message_id: str
    receipt: str
    identities: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Round:
    """Some messages of a queue and the objects they tell of, each once.

    `size` is the objects' bytes. `passed_over` counts messages that tell of no flow log: test
    events, removals, other keys. `unreadable` are messages, by id and reason, that are left in the
    queue.
    """

    queue: "Queue"
    messages: list[Message] = field(default_factory=list)
    found: dict[str, SourceObject] = field(default_factory=dict)
    size: int = 0
    passed_over: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    @property
    def objects(self) -> list[SourceObject]:
        """The objects to ingest."""
        return list(self.found.values())

    def settle(self, in_lake: Set[str]) -> list[str]:
        """Delete the messages whose objects are all in the lake, by their object_ids.

        Returns a line for each message that could not be deleted; it comes again and finds its
        objects there. Raises SourceProblem.
        """
        there = {identity for identity in self.found if object_id(identity) in in_lake}
        return self.queue.delete(one for one in self.messages if there.issuperset(one.identities))


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, and how it is reached."""

    url: str
    access: Access
    region: str | None

    def receive(self, wait: int) -> list[dict[str, Any]]:
        """Return the next messages, which are hidden from others for a while. Raises SourceProblem.

        What comes of an answer that broke is hidden too, and comes again after that while.
        """
        asked = {"WaitTimeSeconds": wait, "VisibilityTimeout": HIDDEN_SECONDS}
        answer = self._call(_received, "receive_message", MaxNumberOfMessages=_AT_ONCE, **asked)
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def _call(self, checked: Callable[[Any], Any], operation: str, **asked: Any) -> Any:
        """Make one call on the queue, until its answer passes the check. Raises SourceProblem."""
        with aws.told(f"queue {self.url}"):
            client = aws.client(self.access, "sqs", self.region)
            call = partial(getattr(client, operation), QueueUrl=self.url, **asked)
            return insisting(lambda: checked(call()))

    def delete(self, messages: Iterable[Message]) -> list[str]:
        """Delete messages, and return a line for each that could not be."""
        failed, all_of_them = [], list(messages)
        for first in range(0, len(all_of_them), _AT_ONCE):
            some = all_of_them[first : first + _AT_ONCE]
            entries = [{"Id": str(n), "ReceiptHandle": one.receipt} for n, one in enumerate(some)]
            answer = self._call(_deleted, "delete_message_batch", Entries=entries)
            failed += [
                f"message {some[int(one['Id'])].message_id} could not be deleted ({one['Code']}): "
                "it comes again, and the next run deletes it"
                for one in answer.get("Failed", ())
            ]
        return failed


def region(url: str) -> str | None:
    """Return the Region that a queue's URL names; None where it names none."""
    found = _REGION.search(url)
    return None if found is None else found[1] or found[2]


def rounds(url: str, access: Access, near: str | None = None) -> Iterator[Round]:
    """Yield rounds of a queue's messages until it is empty; settle each before the next.

    `near` is the Region where the URL names none. Raises BadInput for what is no URL of a queue,
    and SourceProblem.
    """
    if not re.fullmatch(r"https?://[^/\s]+/(?:[^/\s]+/)*[^/\s]+", url):
        raise BadInput(f"{url} is no queue's URL: write it as https://sqs.REGION.amazonaws.com/…")
    queue, seen = Queue(url, access, region(url) or near), set[str]()
    while True:
        now = _round(queue, seen)
        if now.messages or now.unreadable:
            yield now
        else:
            return


def _received(answer: Any) -> Any:
    """Return an answer with messages, or one that had none; the latter says nothing at all."""
    size = answer["ResponseMetadata"]["HTTPHeaders"].get("content-length")
    if size is not None and not 0 < int(size) < _MESSAGE:
        return whole(answer, "Messages")
    return answer


def _deleted(answer: Any) -> Any:
    return whole(answer, "Successful", "Failed")


def _round(queue: Queue, seen: set[str]) -> Round:
    """Receive a round's messages; one that comes again in the same run is left for the next."""
    now = Round(queue)
    while _takes_more(now) and (messages := queue.receive(_wait(now))):
        for one in messages:
            if one["MessageId"] not in seen:
                seen.add(one["MessageId"])
                _take(now, one)
    return now


def _wait(now: Round) -> int:
    """Return the seconds to wait for messages; what a FIFO queue holds back comes by none."""
    return 0 if now.messages and now.queue.url.endswith(".fifo") else WAIT_SECONDS


def _takes_more(now: Round) -> bool:
    messages = len(now.messages) + len(now.unreadable)
    return messages < MESSAGES and now.size < ROUND_BYTES


def _take(now: Round, told: dict[str, Any]) -> None:
    message = Message(told["MessageId"], told["ReceiptHandle"])
    try:
        created = s3_events.read(told["Body"])
    except ValueError as error:
        now.unreadable.append((message.message_id, str(error)))
        return
    objects = [_object(one, now.queue.access) for one in created if is_log(one.key)]
    now.passed_over += not objects
    for one in objects:
        identity = one.identity or one.uri
        message.identities.append(identity)
        if identity not in now.found:
            now.found[identity] = one
            now.size += one.size
    now.messages.append(message)


def _object(told: Created, access: Access) -> SourceObject:
    """Return the object as a listing of the bucket would, which S3 is asked for where need be."""
    bucket = Bucket(told.bucket, access, requester_pays=False)
    if told.etag is not None and told.size is not None:
        return source_object(bucket, told.key, f'"{told.etag}"', told.size)
    try:
        head = bucket.call("head_object", Key=told.key)
    except aws.FAILURES as error:
        uri = f"s3://{told.bucket}/{told.key}"
        return SourceObject("s3", uri, 0, partial(_fail, aws.said(error)))
    return source_object(bucket, told.key, head["ETag"], head["ContentLength"])


def _fail(reason: str) -> NoReturn:
    raise OSError(reason)
