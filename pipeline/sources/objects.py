"""What every source hands on: objects that can be read once, with what names them."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.records.content import LogGroup

# What an export task puts into its bucket to see whether it may.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html
WRITE_TEST = "aws-logs-write-test"
# <account>_vpcflowlogs_<region>_<flow-log-id>_YYYYMMDDTHHmmZ_<hash>.log.gz
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
# <account>_CloudTrail_<region>_YYYYMMDDTHHmmZ_<letters and digits>.json.gz
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
_NAME = re.compile(
    r"(?:_(fl-[0-9a-f]+))?_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[0-9A-Za-z]+\.", re.ASCII
)
# <stream>-<version>-YYYY-MM-DD-HH-MM-SS-<uuid>, and what ending the stream was told to add
# https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
_FIREHOSE = re.compile(r"/([\w.-]{1,64})-\d+-\d{4}(?:-\d\d){5}-[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True, slots=True)
class SourceObject:
    """One object of a source.

    `identity` is what makes it the same object another time (in S3 bucket, key and ETag); None
    where only its content says so. `size` is its bytes as stored; where only reading tells, it is
    `guessed`, and good for sharing out the reading alone. `retried` tells that it failed before,
    and may be known by another name now. `log_group` is the CloudWatch log group it was read from,
    `window` the times from and to which its events were asked for. `read` returns None where there
    turned out to be nothing, and the beginning alone of what is too much to be held at once; it
    raises OSError where this object fails, SourceProblem where all others would, too.
    """

    source: str
    uri: str
    size: int
    read: Callable[[], "bytes | Part | None"]
    identity: str | None = None
    etag: str | None = None
    log_group: LogGroup | None = None
    window: tuple[datetime, datetime] | None = None
    guessed: bool = False
    retried: bool = False

    def name_time(self) -> datetime | None:
        """Return the time that AWS wrote into the object's name; None where there is none."""
        found = _NAME.search(self.uri)
        if found is None:
            return None
        try:
            # strptime takes twenty times as long, which tells where objects are many and small.
            year, month, day, hour, minute = map(int, found.groups()[1:])
            return datetime(year, month, day, hour, minute, tzinfo=UTC)
        except ValueError:
            return None

    def flow_log_id(self) -> str | None:
        """Return the flow log that AWS wrote into the object's name; None where there is none."""
        found = _NAME.search(self.uri)
        return None if found is None else found[1]

    def delivery_stream(self) -> str | None:
        """Return the Firehose stream that the object's name begins with; None where none does."""
        found = _FIREHOSE.search(self.uri)
        return None if found is None else found[1]


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of an object: where more than bytes is to be told of it.

    `rest` is the object that the rest of it is, `version_id` S3's of the version that was read.
    """

    data: bytes
    rest: SourceObject | None = None
    version_id: str | None = None


def object_id(identity: str) -> str:
    """Return the lake's name for an object: the first 32 hex digits of its identity's SHA-256."""
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
