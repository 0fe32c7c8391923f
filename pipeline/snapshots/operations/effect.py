"""What is said of the operations of AWS's APIs: what they can do to which rows of the inventory."""

from dataclasses import dataclass

ADDED = "added"
REMOVED = "removed"
# Removed for that the operation says all that there is to be, and does not name the row.
LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Effect:
    """What some operations can do to a row.

    `operations` are their names, with a colon before the part of the request that does it, if only
    one does. `does` is ADDED, REMOVED, LEFT_OUT, or the columns that they can change: all of those
    that did are to be among them; `state=a|b` says to which values, `state=` to none. `by` is the
    column of the resource that they name, `of` those that tell the row from the others; both are
    the table's unless said. What a request leaves as it was it does not name: `told` says that it
    is to name what came, or changed. `undo` says that what it names is what was before.
    """

    operations: str
    does: str
    by: str = ""
    of: str = ""
    told: bool = False
    undo: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """What can happen to a table's rows: `known_by` tells one from the others, the resource first.

    `holds` is what else an operation says of a row, which must not contradict it.
    """

    known_by: str
    effects: tuple[Effect, ...]
    holds: str = ""


def created(known_by: str, adds: str, removes: str, *effects: Effect, holds: str = "") -> Rows:
    """Return what can happen to what is made by some operations, and deleted by others."""
    return Rows(known_by, (Effect(adds, ADDED), Effect(removes, REMOVED), *effects), holds)
