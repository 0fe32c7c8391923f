"""A header line: which fields a text's lines have, in which order, and whose they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.errors import BadInput
from pipeline.records import fields
from pipeline.records.fields import Field

NAME = r"^[a-z][a-z0-9-]*$"
# A stored format may have several blanks or line breaks between its fields.
_DECLARED = re.compile(r"\$\{([a-z0-9-]+)\}")
DEFAULT = tuple(field.name for field in fields.VPC_FIELDS if field.since == 2)
_TRANSIT_GATEWAY_ONLY = {field.name for field in fields.TRANSIT_GATEWAY_FIELDS}


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of a header, in the order in which its lines have them."""

    names: tuple[str, ...]

    @property
    def table(self) -> str:
        """The table of the lines: any field that only transit gateways have tells theirs."""
        return "flows" if _TRANSIT_GATEWAY_ONLY.isdisjoint(self.names) else "transit_gateway_flows"

    def known(self) -> list[Field]:
        """Return the fields that the table has columns for."""
        found = (fields.known(self.table, name) for name in self.names)
        return [field for field in found if field is not None]

    def unknown(self) -> list[str]:
        """Return the names that the table has no column for, which go to `overflow`."""
        return [name for name in self.names if fields.known(self.table, name) is None]


def declared(log_format: str) -> Layout:
    """Return the layout of a flow log's LogFormat, `${version} ${account-id} ...`, or of `default`.

    Raises BadInput where it names no field, or one twice.
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    """
    names = tuple(_DECLARED.findall(log_format))
    if log_format.strip() == "default":
        names = DEFAULT
    if not is_flow_log(names):
        raise BadInput(
            f"{log_format!r} is no log format{_why(names)}: write it as the flow log has it, like "
            "'${version} ${account-id} ${interface-id}', or 'default'"
        )
    return Layout(names)


def _why(names: Sequence[str]) -> str:
    twice = [name for name in names if names.count(name) > 1]
    unknown = [name for name in names if name not in fields.names()]
    if twice:
        return f", for it has {twice[0]} twice"
    return f", for AWS has no field {unknown[0]}" if unknown else ""


def is_header(tokens: pl.Expr) -> pl.Expr:
    """Tell header lines from records by their words, given as a list column.

    A header's words are all different, look like field names, and most of them are.
    """
    words = tokens.list.eval(pl.element().str.contains(NAME)).list.all()
    named = tokens.list.eval(pl.element().is_in(fields.names())).list.sum()
    return (
        words & (tokens.list.n_unique() == tokens.list.len()) & (named * 2 > tokens.list.len())
    ).fill_null(False)


def is_flow_log(names: Sequence[str]) -> bool:
    """Tell a flow log's columns: they differ, are written like fields, and most of them are."""
    known = sum(name in fields.names() for name in names)
    words = all(re.fullmatch(NAME, name) for name in names)
    return words and len(set(names)) == len(names) and known * 2 > len(names)


def header(line: str) -> Layout | None:
    """Return the layout that a line declares; None where it is no header."""
    names = line.split()
    return Layout(tuple(names)) if is_flow_log(names) else None


def first_line(data: bytes) -> str:
    """Return a text's first line, without its newline."""
    end = data.find(b"\n")
    return data[: end if end >= 0 else None].decode("utf-8", errors="replace")


def plainly(
    line: str, declared: Layout | None, others: Sequence[Layout]
) -> tuple[Layout | None, bool]:
    """Return the only layout that a text can have, and whether its first line is the header.

    `declared` is what the first line declares, `others` are those that lines without a header may
    have. None is returned where there are several, or the header is oddly written.
    """
    if declared is None:
        return (others[0] if len(others) == 1 else None), False
    return (declared if " ".join(declared.names) == line else None), True
