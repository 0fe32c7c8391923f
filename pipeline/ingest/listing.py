"""What a run would read, listed without reading it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.config import Source
from pipeline.errors import BadInput, FlowcauseError, SourceProblem
from pipeline.ingest.plan import Asked
from pipeline.ingest.rounds import unread
from pipeline.lake.catalog import find_lake
from pipeline.sources.objects import SourceObject


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects that a run would read, and what would stop it at a source before its end."""

    objects: list[SourceObject] = field(default_factory=list)
    stopped: list[FlowcauseError] = field(default_factory=list)


def listing(path: Path, sources: Iterable[Source], asked: Asked, now: datetime) -> Listing:
    """List what is to be read of each source into the lake at `path`. Raises LakeProblem."""
    lake, listed = find_lake(path), Listing()
    for source in sources:
        try:
            listed.objects.extend(unread(lake, source, asked, now))
        except (SourceProblem, BadInput) as problem:
            listed.stopped.append(problem)
    return listed
