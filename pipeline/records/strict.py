"""The fast path: the texts of one layout in one columnar read, or nothing where in any doubt.

polars pads short lines with NULL or "", takes two blanks for an empty field and passes over the
width of blank lines; each of these shows in the columns or is looked for in the bytes.
"""

from collections.abc import Collection
from datetime import datetime

import polars as pl

from pipeline.records.content import Content, octets
from pipeline.records.layout import NAME, Layout
from pipeline.records.settle import are_sound, faults, is_number, settle

_BYTE_ORDER_MARK = "\ufeff"
_DOUBTS = (b"\r", b"\t", b"\0")
# How gzip, zlib and zstd begin, and the byte order mark: polars takes these off.
_TAKEN = b"\x1fx(\xef"


def read(
    texts: list[Content], layout: Layout, headed: bool, now: datetime
) -> tuple[list[pl.DataFrame], list[Content]]:
    """Read texts of one layout: all begin with its header line, or none has one.

    Returns the table's rows, and the texts about which there is a doubt: a parse error, a count of
    rows that differs from that of the lines, an empty field, a value out of range. A batch that
    cannot be read is halved until the culprit stands alone.
    """
    rows = _columns(texts, layout, headed)
    if rows is not None and rows.height == sum(text.lines - headed for text in texts):
        return _sure(rows.hstack(_places(texts, headed)), texts, layout, now)
    if len(texts) == 1:
        return [], texts
    half = len(texts) // 2
    frames, doubtful = read(texts[:half], layout, headed, now)
    more, also_doubtful = read(texts[half:], layout, headed, now)
    return [*frames, *more], [*doubtful, *also_doubtful]


def _columns(texts: list[Content], layout: Layout, headed: bool) -> pl.DataFrame | None:
    """Return the fields of all texts, typed; None where any line needs a closer look."""
    header = " ".join(layout.names).encode()
    joined, headed = _joined(texts, header, headed)
    if any(mark in joined for mark in _DOUBTS):
        return None
    # A number that its own type cannot hold is a doubt like any other.
    numbers = {
        field.name: field.dtype if field.dtype == pl.Int32() else pl.Int64()
        for field in layout.known()
        if is_number(field)
    }
    try:
        rows = _parse(joined, headed, layout, numbers).with_columns(_last(layout, numbers))
    except pl.exceptions.PolarsError:
        return None
    if _has_empty_field(rows, joined, layout, numbers) or _has_odd_line(rows, numbers):
        return None
    return rows


def _joined(texts: list[Content], header: bytes, headed: bool) -> tuple[bytes, bool]:
    """Return the header and all lines that are none, each text's last one ended, and True.

    The header stands in front because polars unpacks or trims what begins in certain ways. A text
    by itself that does not is returned as it is, for it is large, with whether it has the header.
    """
    first = texts[0].data
    if len(texts) == 1 and first.endswith(b"\n") and (headed or first[0] not in _TAKEN):
        return first, headed
    start = len(header) + 1 if headed else 0
    bodies = [memoryview(text.data)[start:] for text in texts]
    ended = [(body, b"" if not body or body[-1] == ord("\n") else b"\n") for body in bodies]
    return b"".join([header, b"\n", *(part for pair in ended for part in pair)]), True


def _parse(
    joined: bytes, headed: bool, layout: Layout, numbers: dict[str, pl.DataType]
) -> pl.DataFrame:
    schema = {name: numbers.get(name, pl.String()) for name in layout.names}
    schema[layout.names[-1]] = pl.String()
    return pl.read_csv(
        joined,
        has_header=headed,
        separator=" ",
        quote_char=None,
        schema=schema,
        null_values=dict.fromkeys(layout.names[:-1], "-"),
        empty_string_is_null=False,
    )


def _last(layout: Layout, numbers: dict[str, pl.DataType]) -> pl.Expr:
    """Read the last column, which came as text so that padding shows: as an error, or as ""."""
    last = pl.col(layout.names[-1]).fill_null("")
    value = pl.when(last != "-").then(last)
    return value.cast(numbers.get(layout.names[-1], pl.String()))


def _has_empty_field(
    rows: pl.DataFrame, joined: bytes, layout: Layout, numbers: Collection[str]
) -> bool:
    """Tell whether some field is empty: between two blanks, before the first or after the last."""
    texts = [name for name in layout.names if name not in numbers]
    if texts and rows.select(pl.any_horizontal((pl.col(texts) == "").any())).item():
        return True
    missing = rows.select(pl.col(*numbers).null_count()).sum_horizontal().sum() if numbers else 0
    first = layout.names[0]
    return bool(missing) and (
        _has_two_blanks(joined) or (first in numbers and rows[first].null_count() > 0)
    )


def _has_two_blanks(joined: bytes) -> bool:
    """Tell whether two blanks stand together; in columns, for blanks are many in such text."""
    blank = octets(joined) == ord(" ")
    return bool((blank[1:] & blank[:-1]).any())


def _has_odd_line(rows: pl.DataFrame, numbers: Collection[str]) -> bool:
    """Tell whether some line may be a header, or begins with the mark of another file's start.

    Where a field is a number, no header was parsed as a record.
    """
    first = rows.columns[0]
    if first not in numbers and rows[first].str.starts_with(_BYTE_ORDER_MARK).any():
        return True
    words = (pl.col(name).str.contains(NAME).fill_null(False) for name in rows.columns)
    return not numbers and rows.select(pl.all_horizontal(words).any()).item()


def _sure(
    placed: pl.DataFrame, texts: list[Content], layout: Layout, now: datetime
) -> tuple[list[pl.DataFrame], list[Content]]:
    if are_sound(placed, layout, now):
        return [settle(placed, layout)], []
    wrong = [bad for bad, _ in faults(layout, now)]
    if not placed.select(pl.any_horizontal(bad.any() for bad in wrong)).item():
        return [settle(placed, layout)], []
    found = placed.filter(pl.any_horizontal(bad.fill_null(False) for bad in wrong))
    doubtful = set(found["object_id"].unique())
    kept = placed.filter(~pl.col("object_id").is_in(doubtful))
    return [settle(kept, layout)], [text for text in texts if text.object_id in doubtful]


def _places(texts: list[Content], headed: bool) -> pl.DataFrame:
    """Return object_id, object_time and line_number of every record, in the order of the texts."""
    objects = pl.DataFrame(
        {
            "object_id": [text.object_id for text in texts],
            "object_time": [text.time for text in texts],
            "first": [text.lines_before + headed + 1 for text in texts],
            "end": [text.lines_before + text.lines + 1 for text in texts],
        },
        schema_overrides={
            "object_time": pl.Datetime("us", "UTC"),
            "first": pl.Int64(),
            "end": pl.Int64(),
        },
    )
    numbered = objects.with_columns(line_number=pl.int_ranges("first", "end"))
    placed = numbered.drop("first", "end").explode("line_number", empty_as_null=False)
    events = [text.events for text in texts if text.events is not None]
    return placed.drop("line_number").hstack(pl.concat(events)) if events else placed
