"""Objects in S3: listed by many requests at once, read with retries, never short.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipeline.errors import BadInput, SourceProblem
from pipeline.sources import aws
from pipeline.sources.access import Access
from pipeline.sources.insist import BadBody, insisting, whole
from pipeline.sources.objects import Part, SourceObject
from pipeline.sources.s3_keys import Wanted, folders, is_day, is_in_time, is_log, may_hold

# The ETag of what was put in one piece, unless a KMS key or the customer's own encrypts it, and not
# in a directory bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
_MD5 = re.compile(r'"([0-9a-f]{32})"')
_URI = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, and how it is reached."""

    name: str
    access: Access
    requester_pays: bool

    def call(self, operation: str, **asked: Any) -> Any:
        """Make one S3 call on the bucket. Raises what boto3 raises."""
        payer = {"RequestPayer": "requester"} if self.requester_pays else {}
        method = getattr(aws.client(self.access, "s3"), operation)
        return method(Bucket=self.name, **payer, **asked)


def address(uri: str) -> tuple[str, str]:
    """Return the bucket and the prefix of `s3://bucket/prefix`. Raises BadInput."""
    found = _URI.fullmatch(uri)
    if found is None:
        raise BadInput(f"{uri} is no S3 address: write it as s3://bucket/prefix")
    return found[1], found[2] or ""


def find(uri: str, wanted: Wanted, access: Access, requester_pays: bool) -> list[SourceObject]:
    """List the logs below `s3://bucket/prefix`, in order of their keys.

    Folders that cannot hold what is wanted are not listed. Raises BadInput for what is no S3 URI,
    SourceProblem where the bucket cannot be listed.
    """
    name, prefix = address(uri)
    bucket = Bucket(name, access, requester_pays)
    entries = _walk(bucket, prefix, wanted)
    objects = (
        source_object(bucket, entry["Key"], entry["ETag"], entry["Size"])
        for entry in entries
        if is_log(entry["Key"], wanted.service)
    )
    found = (
        one for one in objects if is_in_time(one.name_time(), wanted) or one.uri in wanted.again
    )
    return sorted(found, key=lambda one: one.uri)


def holds(uri: str, access: Access, requester_pays: bool) -> bool:
    """Tell whether anything lies below `s3://bucket/prefix`. Raises BadInput and SourceProblem."""
    name, prefix = address(uri)
    bucket = Bucket(name, access, requester_pays)
    with aws.told(uri):
        page = insisting(lambda: _page(bucket, {"Prefix": prefix, "MaxKeys": 1}))
    return bool(page.get("Contents"))


def _walk(bucket: Bucket, prefix: str, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Yield the entries below a prefix, many folders listed at once, a day's without its hours."""
    again = folders(wanted.again, bucket.name)
    with ThreadPoolExecutor(aws.CONNECTIONS) as pool:
        try:
            waiting = {pool.submit(_listed, bucket, prefix, is_day(prefix))}
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for keys, below in map(Future.result, done):
                    yield from keys
                    waiting |= {
                        pool.submit(_listed, bucket, folder, is_day(folder))
                        for folder in below
                        if may_hold(folder, wanted, again)
                    }
        finally:
            pool.shutdown(cancel_futures=True)


def _listed(bucket: Bucket, prefix: str, flat: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """List one folder in full: its keys, and the folders in it, which a flat listing has none of.

    Keys come encoded, for a key may hold characters that XML cannot.
    """
    asked = {"Prefix": prefix} if flat else {"Prefix": prefix, "Delimiter": "/"}
    keys: list[dict[str, Any]] = []
    below: list[str] = []
    with aws.told(f"s3://{bucket.name}/{prefix}"):
        while True:
            page = insisting(lambda: _page(bucket, asked))
            keys += page.get("Contents", ())
            below += (one["Prefix"] for one in page.get("CommonPrefixes", ()))
            if not page.get("IsTruncated"):
                return keys, below
            asked["ContinuationToken"] = page["NextContinuationToken"]


def _page(bucket: Bucket, asked: dict[str, Any]) -> Any:
    return whole(bucket.call("list_objects_v2", **asked), "IsTruncated")


def source_object(bucket: Bucket, key: str, etag: str, size: int) -> SourceObject:
    """Return an object of a bucket; `etag` is in quotes, as S3 answers with it."""
    return SourceObject(
        source="s3",
        uri=f"s3://{bucket.name}/{key}",
        size=size,
        read=partial(_read, bucket, key, etag, size),
        # No bucket's name has a newline, and ETags are quoted: no two objects are mixed up.
        identity=f"s3\n{bucket.name}\n{etag}\n{key}",
        etag=etag.strip('"'),
    )


def _read(bucket: Bucket, key: str, etag: str, size: int) -> bytes | Part:
    """Read an object as it was listed. Raises OSError, and SourceProblem where all would fail."""
    try:
        return insisting(lambda: _body(bucket, key, etag, size))
    except (*aws.FAILURES, OSError) as error:
        if aws.is_fatal(error):
            raise SourceProblem(f"s3://{bucket.name}/{key}: {aws.said(error)}") from error
        raise OSError(_why(error)) from error


def _body(bucket: Bucket, key: str, etag: str, size: int) -> bytes | Part:
    answer = bucket.call("get_object", Key=key, IfMatch=etag)
    try:
        body: bytes = answer["Body"].read()
    except aws.FAILURES as error:
        raise BadBody(aws.said(error)) from error
    if len(body) != size:
        raise BadBody(f"{len(body)} bytes came of {size}")
    md5 = _MD5.fullmatch(etag)
    if md5 and _is_digest(bucket, answer) and _md5(body) != md5[1]:
        raise BadBody("its bytes are not those of its ETag: they were damaged on their way")
    version = answer.get("VersionId")
    return body if version is None else Part(body, version_id=version)


def _md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def _is_digest(bucket: Bucket, answer: dict[str, Any]) -> bool:
    """Tell whether an ETag that looks like one is the MD5 of the object."""
    plain = answer.get("ServerSideEncryption", "AES256") == "AES256"
    return plain and "SSECustomerAlgorithm" not in answer and not bucket.name.endswith("--x-s3")


def _why(error: Exception) -> str:
    if aws.code(error) in ("PreconditionFailed", "412"):
        return "it was replaced after it was listed: the next run reads the new one"
    if aws.code(error) == "InvalidObjectState":
        return "it is archived: restore it from Glacier, then run this again"
    return str(error) if isinstance(error, BadBody) else aws.said(error)
