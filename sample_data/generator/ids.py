"""Who and where: accounts, Regions, times, and ids that follow from names.

Nothing here is real. An id is a digest of the object's name, so a plant can speak of names and the
same name always gives the same id, whatever else is added or taken away.
"""

import hashlib
from datetime import UTC, datetime

SHOP, DATA, PLATFORM, LOGISTICS = "047615872826", "320157496418", "598214073356", "741963025814"
# Owns a transit gateway that it shares; of its own account nobody has a snapshot.
CARRIER = "206718394552"
IRELAND, VIRGINIA = "eu-west-1", "us-east-1"
# Zone names mean other zones in other accounts; only the ids compare.
# https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
ZONE_IDS = {
    (SHOP, IRELAND): {"a": "euw1-az1", "b": "euw1-az2"},
    (DATA, IRELAND): {"a": "euw1-az2", "b": "euw1-az1"},
    (PLATFORM, IRELAND): {"a": "euw1-az1", "b": "euw1-az2"},
    (LOGISTICS, IRELAND): {"a": "euw1-az1", "b": "euw1-az2"},
    (SHOP, VIRGINIA): {"a": "use1-az4", "b": "use1-az6"},
    (DATA, VIRGINIA): {"a": "use1-az4", "b": "use1-az6"},
}
CREATED = "2025-11-04T09:12:33+00:00"


def digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def aws_id(prefix: str, name: str) -> str:
    """An id as AWS writes them: the kind, then 17 hex digits."""
    return f"{prefix}-0{digest(f'{prefix}/{name}', 16)}"


def number(text: str, below: int) -> int:
    """A number that follows from a name."""
    return int(digest(text, 12), 16) % below


def utc(text: str) -> int:
    """Seconds since 1970 of a time such as 2026-03-02T08:00Z."""
    return int(datetime.fromisoformat(text).timestamp())


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
