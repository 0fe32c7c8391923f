"""What objects became: rows by table, rejected lines, and by object where its lines went."""

from collections.abc import Callable
from dataclasses import astuple, dataclass, field

import polars as pl

REJECTED = {
    "object_id": pl.String(),
    "line_number": pl.Int64(),
    "reason": pl.String(),
    "text": pl.String(),
    "event_id": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Where an object's lines went; lines = flows + rejected + headers + blanks + skipped."""

    lines: int
    flows: int
    rejected: int
    headers: int = 0
    blanks: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(slots=True)
class Decoded:
    """Rows by table, and by object its kind, counts, layouts and why it failed.

    Rows are kept in `frames`, or go to `keep` as they come, with their table. `withdrawn` are the
    objects that failed when rows of theirs had been added: those are no longer to be there.
    """

    keep: Callable[[str, pl.DataFrame], None] | None = None
    frames: list[tuple[str, pl.DataFrame]] = field(default_factory=list)
    rejections: list[pl.DataFrame] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)
    layouts: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    unknown_fields: set[str] = field(default_factory=set)

    @property
    def rejected(self) -> pl.DataFrame:
        """The rejected lines, with the columns of REJECTED; only some have an event_id."""
        return pl.concat([pl.DataFrame(schema=REJECTED), *self.rejections], how="diagonal")

    def add(self, table: str, rows: pl.DataFrame) -> None:
        """Keep rows of a table, or hand them on."""
        if self.keep is None:
            self.frames.append((table, rows))
        else:
            self.keep(table, rows)

    def reject(self, rows: pl.DataFrame) -> None:
        """Keep rejected lines."""
        self.rejections.append(apart(rows))

    def withdraw(self, object_id: str, reason: str) -> None:
        """Note that an object failed half-way; who has its rows is to take them out."""
        self.failed[object_id] = reason
        self.withdrawn.add(object_id)
        left = pl.col("object_id") != object_id
        self.frames = [(table, rows.filter(left)) for table, rows in self.frames]


def apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a few of many rows with memory of their own: a text is a view of all it was cut from.

    The old layout of Arrow has none of these views, so that each text is copied.
    """
    copied = pl.from_arrow(rows.to_arrow(compat_level=pl.CompatLevel.oldest()))
    assert isinstance(copied, pl.DataFrame)
    return copied


def nothing_read(rejected: pl.DataFrame) -> str:
    """Return why an object failed of which every line was rejected."""
    reason = rejected["reason"].mode().sort()[0]
    if rejected.height == 1:
        return f"its only line cannot be read: {reason}"
    return f"none of its {rejected.height:,} lines can be read: most often, {reason}"
