"""What S3 says of a new object in a message: by itself, through SNS or through EventBridge.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

# What can be one; anything else comes from no bucket.
_BUCKET = re.compile(r"[A-Za-z0-9._-]{3,255}")
_ETAG = re.compile(r"[!#-~]+")


@dataclass(frozen=True, slots=True)
class Created:
    """A new object; its ETag (without quotes) and size are None where the message has none."""

    bucket: str
    key: str
    etag: str | None
    size: int | None


def read(body: str) -> list[Created]:
    """Return the objects that a message's body says were created.

    A test event and events of another kind, as of a removal, say of none. Raises ValueError for
    what is no event of S3's.
    """
    try:
        return list(_created(json.loads(body)))
    except json.JSONDecodeError as error:
        raise ValueError("it is not JSON, as every event of S3 is") from error
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError("it is no event of S3") from error


def _created(said: Any) -> Iterator[Created]:
    if said.get("Type") == "Notification" and "TopicArn" in said:
        yield from _created(json.loads(said["Message"]))
    elif "Records" in said:
        for record in said["Records"]:
            yield from _notified(record)
    elif said.get("source") == "aws.s3":
        yield from _bridged(said)
    elif said.get("Event") != "s3:TestEvent":
        raise ValueError("it is no event of S3")


def _notified(record: Any) -> Iterator[Created]:
    """S3's own notifications have the key encoded as in a URL, a blank as a plus."""
    if record["eventSource"] != "aws:s3":
        raise ValueError("it is no event of S3")
    # ObjectCreated:Put; a message to test a topic's filter may have s3: before it.
    if record["eventName"].removeprefix("s3:").startswith("ObjectCreated:"):
        told = record["s3"]["object"]
        key = unquote_plus(told["key"], errors="strict")
        yield _one(record["s3"], key, told.get("eTag"))


def _bridged(event: Any) -> Iterator[Created]:
    """EventBridge has the key as it is."""
    if event["detail-type"] == "Object Created":
        told = event["detail"]["object"]
        yield _one(event["detail"], told["key"], told.get("etag"))


def _one(told: Any, key: Any, etag: Any) -> Created:
    bucket, size = told["bucket"]["name"], told["object"].get("size")
    if not (isinstance(key, str) and _BUCKET.fullmatch(bucket)):
        raise ValueError("it is no event of S3")
    told_etag = etag.strip('"') if isinstance(etag, str) else ""
    return Created(
        bucket,
        key,
        told_etag if _ETAG.fullmatch(told_etag) else None,
        size if type(size) is int and size >= 0 else None,
    )
