"""Reading: objects unpacked, decoded and laid down as files, which several threads do at once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

import polars as pl

from pipeline.ingest.groups import grouped
from pipeline.ingest.summary import tally
from pipeline.ingest.unpack import Fetched, Unpacked, unpack
from pipeline.lake.staging import Stage, Staged
from pipeline.records.content import Content
from pipeline.records.decode import decode
from pipeline.records.decoded import Decoded
from pipeline.records.formats import FlowLog
from pipeline.records.layout import Layout
from pipeline.sources.objects import SourceObject

# One object's text at most: a guard against gzip bombs, far above AWS's 75 MB of gzip an object.
OBJECT_BYTES = 2 * 1024**3
# Unpacked bytes that are decoded together: many small objects in one columnar read.
TOGETHER_BYTES = 16 * 1024 * 1024
# Rows that are worth a file of their own, in bytes of memory.
FILE_BYTES = 64 * 1024 * 1024

# What is not read piece by piece takes its size in memory and more, so that two of those would be
# too much.
_ALONE = Lock()

# Asked with an object's id and the object, it answers True to the first that asks for an id that
# the lake has not got.
Claim = Callable[[str, SourceObject], bool]


@dataclass(frozen=True, slots=True)
class Terms:
    """How objects are read: the layouts that lines without a header may have, as declared or by
    the flow logs known, and the bytes that an object may unpack to.
    """

    declared: Sequence[Layout] = ()
    flow_logs: Sequence[FlowLog] = ()
    most: int = OBJECT_BYTES


@dataclass(frozen=True, slots=True)
class Read:
    """Objects that were read together, and what became of them: files, and an account.

    `asked` are all that were to be read; `again` those of them that are known or read by another,
    `objects` the others that there turned out to be, without their bytes. `decoded` has no rows.
    """

    asked: Sequence[SourceObject]
    objects: list[Unpacked]
    again: list[SourceObject]
    rests: list[SourceObject]
    decoded: Decoded
    files: list[Staged]
    tallies: list[pl.DataFrame]

    def thinned(self, stage: Stage, left: Callable[[pl.DataFrame], pl.DataFrame]) -> "Read":
        """Return it with what is `left` of its rows and rejected lines."""
        files = stage.thin(self.files, left)
        decoded = replace(self.decoded, rejections=[left(self.decoded.rejected)])
        tallies = [tally(one.rows()) for one in files]
        return replace(self, files=files, tallies=tallies, decoded=decoded)


def read(
    asked: Sequence[SourceObject],
    fetched: Iterable[Fetched | None],
    claim: Claim,
    terms: Terms,
    stage: Stage,
    now: datetime,
) -> Read:
    """Unpack and decode objects and lay their rows down, save those that cannot be claimed.

    `fetched` is what came of those asked for. Raises LakeProblem, and what fetching raised.
    """
    laid = _Rows(stage)
    done = Read(asked, [], [], [], Decoded(laid.add), laid.files, laid.tallies)
    with closing(_unpacked(fetched, claim, terms.most, done)) as unpacked:
        for group in grouped(unpacked, lambda one: one.weight, TOGETHER_BYTES):
            contents = [_content(one) for one in group if one.error is None]
            decode(contents, now, terms.declared, terms.flow_logs, done.decoded)
            done.objects.extend(replace(one, data=b"", more=()) for one in group)
    laid.lay_down()
    others = ~pl.col("object_id").is_in(done.decoded.withdrawn)
    return done.thinned(stage, lambda rows: rows.filter(others)) if done.decoded.withdrawn else done


def _unpacked(
    fetched: Iterable[Fetched | None], claim: Claim, most: int, done: Read
) -> Generator[Unpacked]:
    """Yield the objects that are to be read, unpacked; the others are noted in `done`.

    One that is large as a whole is decoded before another such is unpacked: it ends its group, so
    that it is done with when the next object is asked for.
    """
    for came in fetched:
        if came is None:
            continue
        if came.rest is not None:
            done.rests.append(came.rest)
        one = came.identify()
        if not claim(one.object_id, one.found):
            done.again.append(one.found)
        elif came.stored is None:
            yield one
        else:
            with ExitStack() as held:
                yield unpack(one, came.stored, most, lambda: held.enter_context(_ALONE))


def _content(one: Unpacked) -> Content:
    found = one.found
    return Content(
        one.object_id,
        one.data,
        found.name_time(),
        more=one.more,
        flow_log_id=found.flow_log_id(),
        log_groups=frozenset([found.log_group] if found.log_group else []),
        delivery_stream=found.delivery_stream(),
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows on their way into files: held until they are worth one."""

    stage: Stage
    held: dict[str, list[pl.DataFrame]] = field(default_factory=lambda: defaultdict(list))
    sizes: Counter[str] = field(default_factory=Counter)
    files: list[Staged] = field(default_factory=list)
    tallies: list[pl.DataFrame] = field(default_factory=list)

    def add(self, table: str, rows: pl.DataFrame) -> None:
        self.held[table].append(rows)
        self.sizes[table] += int(rows.estimated_size())
        if self.sizes[table] >= FILE_BYTES:
            self._lay_down(table)

    def lay_down(self) -> None:
        for table in list(self.held):
            self._lay_down(table)

    def _lay_down(self, table: str) -> None:
        rows = pl.concat(self.held.pop(table), how="diagonal")
        del self.sizes[table]
        self.tallies.append(tally(rows))
        self.files.extend(self.stage.lay_down(table, rows))
