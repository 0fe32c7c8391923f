"""What every source hands on: objects that can be read once, with what names them."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

# What an export task puts into its bucket to see whether it may.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html
WRITE_TEST = "aws-logs-write-test"
# <account>_vpcflowlogs_<region>_<flow-log-id>_YYYYMMDDTHHmmZ_<hash>.log.gz
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
_NAME_TIME = re.compile(r"_(\d{8}T\d{4})Z_[0-9a-f]+\.log")


@dataclass(frozen=True, slots=True)
class SourceObject:
    """One object of a source.

    `identity` is what makes it the same object another time (in S3 bucket, key and ETag); None
    where only its content says so. `size` is its bytes as stored, a guess where only reading tells.
    `window` is the times from and to which its events were asked for. `read` returns None where
    there turned out to be nothing, and the beginning alone of what is too much to be held at once;
    it raises OSError where this object fails, SourceProblem where all others would, too.
    """

    source: str
    uri: str
    size: int
    read: Callable[[], "bytes | Part | None"]
    identity: str | None = None
    etag: str | None = None
    version_id: str | None = None
    window: tuple[datetime, datetime] | None = None

    def name_time(self) -> datetime | None:
        """Return the time that AWS wrote into the object's name; None where there is none."""
        found = _NAME_TIME.search(self.uri)
        if found is None:
            return None
        try:
            return datetime.strptime(found[1], "%Y%m%dT%H%M").replace(tzinfo=UTC)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Part:
    """The beginning of an object, and the object that the rest of it is."""

    data: bytes
    rest: SourceObject


def object_id(identity: str) -> str:
    """Return the lake's name for an object: the first 32 hex digits of its identity's SHA-256."""
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
