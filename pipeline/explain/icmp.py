"""A question with an ICMP type: rules for that type count as rules for all, the others not at all.

The records of flow logs have no type, so the stages judge for every type at once.
https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from dataclasses import replace

import polars as pl

from pipeline.attribution.changed import Change
from pipeline.engines import duckdb, queries
from pipeline.explain.question import Question

# What answers what is asked with: echo, timestamp and information requests have answers.
# https://www.iana.org/assignments/icmp-parameters/icmp-parameters.xhtml
# https://www.iana.org/assignments/icmpv6-parameters/icmpv6-parameters.xhtml
_ANSWERS: dict[tuple[int, int | None], int] = {(1, 8): 0, (1, 13): 14, (58, 128): 129}
_ALL = -1
_TYPED = {
    "security_group_rules": ("icmp_rules", ("from_port", "to_port")),
    "network_acl_entries": ("icmp_entries", ("icmp_type", "icmp_code")),
}


def answer(question: Question) -> Question:
    """Return a question about what answers: its type, None where nothing does, and any code."""
    answering = _ANSWERS.get((question.protocol, question.icmp_type))
    return replace(question, icmp_type=answering, icmp_code=None)


def changes(connection: duckdb.Connection, question: Question) -> list[Change]:
    """Return what makes rules for the type rules for every type; none where no type is given.

    `connection` has the stage `functions`.
    """
    if question.icmp_type is None:
        return []
    names = {"protocol": question.protocol, "type": question.icmp_type, "code": question.icmp_code}
    return [
        _changed(connection, table, name, columns, names)
        for table, (name, columns) in _TYPED.items()
    ]


def _changed(
    connection: duckdb.Connection,
    table: str,
    name: str,
    columns: tuple[str, ...],
    asked: dict[str, int | None],
) -> Change:
    rows = pl.DataFrame(duckdb.select(connection, queries.text("explain", name), asked))
    plain = rows.drop("is_for_it", "depends")
    fitting = plain.filter(rows["is_for_it"].fill_null(False))
    for_all = fitting.with_columns(pl.lit(_ALL, pl.Int32()).alias(column) for column in columns)
    return Change(table, for_all, plain.filter(~rows["depends"].fill_null(False)))
