"""What a run of ingest did, counted as it goes."""

from collections import Counter
from dataclasses import dataclass, field

from pipeline.errors import FlowcauseError


@dataclass(slots=True)
class Summary:
    """What a run did, by objects and by lines.

    Of the objects found, each is ingested, already in the lake, failed, or turned out empty.
    `stopped` is what ended the run before its end.
    """

    found: int = 0
    ingested: int = 0
    empty: int = 0
    already: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    unknown_fields: set[str] = field(default_factory=set)
    stopped: FlowcauseError | None = None
