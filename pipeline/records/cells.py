"""CSV's rows and cells, found in columns; looked at one by one only where a quote or a line is odd.

A cell that has a comma, a quote or a newline stands in quotes, each quote in it twice. What else
Python's csv reads is read by it: https://www.rfc-editor.org/rfc/rfc4180#section-2
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import polars as pl
import pyarrow as pa

from pipeline.records import slices
from pipeline.records.content import octets

_COMMA, _QUOTE, _NEWLINE, _RETURN = b',"\n\r'


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of CSV: how many cells each has, none where the line is blank, and all cells in turn."""

    widths: pl.Series
    cells: pl.Series


def read(data: bytes) -> Iterator[Rows]:
    """Read rows piece by piece. Raises ValueError where quotes do not match."""
    return slices.pieces(data, 0, _after_line, _quickly, _slowly)


def check(data: bytes) -> None:
    """Raise ValueError where quotes do not match, which shows at the end of the data only."""
    if b'"' in data:
        for _ in slices.pieces(data, 0, _after_line, _surely, _slowly):
            pass


def _after_line(data: bytes, begin: int, size: int) -> int:
    """Return where a line ends within so many bytes, else the first; a cell may go on behind it."""
    end = begin + size
    if end >= len(data):
        return len(data)
    return data.rfind(b"\n", begin, end) + 1 or data.find(b"\n", end) + 1 or len(data)


def _quickly(data: bytes, begin: int, end: int) -> tuple[Rows, int] | None:
    """Return the rows that end within a piece; None where anything about them is odd."""
    found = _surely(data, begin, end)
    return None if found is None else (_rows(*found[0]), found[1])


def _surely(data: bytes, begin: int, end: int) -> tuple[tuple[pl.DataFrame, bytes], int] | None:
    """Return the marks of the rows that end within a piece, and their bytes; None where odd."""
    piece = data[begin:end]
    marks = _marks(piece if piece.endswith(b"\n") else piece + b"\n")
    newlines = marks.filter(pl.col("ends") & (pl.col("byte") == _NEWLINE))["at"]
    last = -1 if newlines.is_empty() else int(newlines[-1])
    if last < 0 or (end == len(data) and last + 1 < len(piece)):
        return None
    whole = piece[: last + 1] if last < len(piece) else piece + b"\n"
    marks = marks.head(int(marks["at"].search_sorted(last, side="right")))
    if _has_odd_quote(marks, whole) or _has_odd_return(marks, whole) or not _is_utf8(whole):
        return None
    return (marks, whole), min(begin + last + 1, end)


def _marks(piece: bytes) -> pl.DataFrame:
    """Return where commas, quotes and newlines are, and which of them end a cell."""
    column = octets(piece)
    at = _are_marks(column).arg_true()
    marks = pl.DataFrame({"at": at, "byte": column.gather(at)})
    quote = pl.col("byte") == _QUOTE
    inside = quote.cum_sum() & 1 == 1 if b'"' in piece else pl.lit(False)
    return marks.with_columns(inside=inside).with_columns(ends=~quote & ~pl.col("inside"))


def _are_marks(column: pl.Series) -> pl.Series:
    return (column == _COMMA) | (column == _QUOTE) | (column == _NEWLINE)


def _has_odd_quote(marks: pl.DataFrame, piece: bytes) -> bool:
    """Tell whether a quote stands neither at an edge of its cell nor beside another one."""
    if b'"' not in piece:
        return False
    column = octets(piece)
    quotes = marks.filter(pl.col("byte") == _QUOTE)
    before = quotes.filter(pl.col("inside") & (pl.col("at") > 0))["at"] - 1
    behind = quotes.filter(~pl.col("inside"))["at"] + 1
    # A carriage return behind it is odd by itself unless it is half of a line's end.
    odd = ~_are_marks(column.gather(behind)) & (column.gather(behind) != _RETURN)
    return bool(odd.any() or not _are_marks(column.gather(before)).all())


def _has_odd_return(marks: pl.DataFrame, piece: bytes) -> bool:
    """Tell whether a carriage return outside of quotes ends a line by itself."""
    if b"\r" not in piece:
        return False
    column = octets(piece)
    returns = (column == _RETURN).arg_true()
    lone = returns.filter(column.gather(returns + 1) != _NEWLINE)
    behind = marks["at"].search_sorted(lone)
    inside = marks["inside"].shift(1, fill_value=False).gather(behind)
    return not inside.all()


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _rows(marks: pl.DataFrame, piece: bytes) -> Rows:
    """Cut a piece into cells, once what ends them and the quotes around them are taken out of it.

    Of the marks only those inside quotes stay, and one of each two quotes there.
    """
    column = octets(piece)
    again = (pl.col("byte") == _QUOTE) & (pl.col("byte").shift(1) == _QUOTE)
    stays = pl.col("inside") & ((pl.col("byte") != _QUOTE) | (again & (pl.col("at").diff() == 1)))
    placed = marks.with_columns(stays=stays.fill_null(False))
    gone = (~pl.col("stays")).cum_sum().cast(pl.Int64())
    ends = placed.with_columns(gone=gone).filter("ends").select("at", "gone", "byte")
    returned = _returned(ends, column)
    left = ~_are_marks(column)
    left = left.scatter(placed.filter("stays")["at"], True)
    left = left.scatter(ends.filter(returned)["at"] - 1, False)
    at, half = ends["at"].cast(pl.Int64()), returned.cast(pl.Int64())
    # The mark that ends a cell is gone as well.
    cells = _texts(column.filter(left), at + 1 - ends["gone"] - half.cum_sum())
    line = ends["byte"] == _NEWLINE
    empty = at.diff().fill_null(at[0] + 1) - half == 1
    blank = line & line.shift(1, fill_value=True) & empty
    lasts = line.arg_true().cast(pl.Int64())
    widths = lasts.diff().fill_null(lasts[0] + 1) - blank.gather(lasts).cast(pl.Int64())
    return Rows(widths, cells.filter(~blank) if blank.any() else cells)


def _returned(ends: pl.DataFrame, column: pl.Series) -> pl.Series:
    """Tell which cells end with a carriage return that is half of a line's end."""
    before = column.gather(ends["at"].cast(pl.Int64()) - 1) == _RETURN
    return before & (ends["byte"] == _NEWLINE) & (ends["at"] > 0)


def _texts(left: pl.Series, places: pl.Series) -> pl.Series:
    """Return the texts that end at places of what are all their bytes."""
    edges = pl.concat([pl.Series([0]), places])
    texts = pa.Array.from_buffers(
        pa.large_string(), places.len(), [None, _values(edges, 8), _values(left, 1)]
    )
    return pl.Series("cell", pl.from_arrow(texts))


def _values(column: pl.Series, width: int) -> pa.Buffer:
    """Return the values of a column as they lie in memory; it may be part of a longer one."""
    array = column.to_arrow()
    return array.buffers()[1].slice(array.offset * width)


def _slowly(data: bytes, begin: int, end: int) -> Rows | None:
    text = data[begin:end].decode("utf-8", errors="replace")
    try:
        rows = [*csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        if end < len(data):
            return None
        raise ValueError(f"its CSV is damaged ({error}): download it again") from error
    widths = pl.Series([len(row) for row in rows], dtype=pl.Int64())
    return Rows(widths, pl.Series("cell", [*chain.from_iterable(rows)], dtype=pl.String()))
